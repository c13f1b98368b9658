'use strict';

// Where axes have ticks and what they say. The same rules as AxisTicks.cs, for any part of an axis.
const Ticks = (() => {
  // As the tables write numbers.
  const number = (value, digits = 9) => String(Number(value.toPrecision(digits)));

  const short = (value, step) => {
    const size = Math.abs(value);
    const [unit, name] = size >= 1e9 ? [1e9, ' G'] : size >= 1e6 ? [1e6, ' M'] : size >= 1e4 ? [1e3, ' k'] : [1, ''];
    // As many decimals as tell neighbours apart: 1.234 5 s, not 1.2 s twice.
    const decimals = step ? Math.min(9, Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9))) : 9;
    return String(Number((value / unit).toFixed(decimals))) + name;
  };

  const percent = (place) => number(100 - 100 / place, 9);

  function linear(min, max, most) {
    const rough = (max - min) / most;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.9999) * power;
    const ticks = [];
    for (let index = Math.ceil(min / step - 1e-6); index * step <= max * (1 + 1e-12); index++) {
      ticks.push({ value: index * step, label: short(index * step, step) });
    }
    return ticks;
  }

  function logarithmic(min, max, most) {
    const decades = Math.log10(max / min);
    if (decades < 0.7) return linear(min, max, most);
    const labelled = decades * 3 <= most ? [1, 2, 5] : decades * 2 <= most ? [1, 3] : [1];
    const every = Math.max(1, Math.ceil(decades / most));
    const ticks = [];
    for (let decade = Math.floor(Math.log10(min)); decade <= Math.log10(max); decade++) {
      for (let digit = 1; digit <= 9; digit++) {
        const value = digit * 10 ** decade;
        if (value < min * 0.9999 || value > max * 1.0001) continue;
        ticks.push({ value, label: labelled.includes(digit) && decade % every === 0 ? short(value) : '' });
      }
    }
    return ticks;
  }

  function percentiles(min, max, most) {
    const decades = Math.log10(max / min);
    if (decades < 0.3) return linear(min, max, most).map((tick) => ({ value: tick.value, label: percent(tick.value) }));
    const inner = decades * 3 <= most ? [2, 5] : [];
    const every = Math.max(1, Math.ceil(decades / most));
    const ticks = [];
    for (let decade = Math.floor(Math.log10(min)); decade <= Math.log10(max); decade++) {
      for (let digit = 1; digit <= 9; digit++) {
        const value = digit * 10 ** decade;
        if (value < min * 0.9999 || value > max * 1.0001) continue;
        const half = value === 2 && most > 5;
        const shown = digit === 1 ? decade % every === 0 : half || inner.includes(digit);
        ticks.push({ value, label: shown ? percent(value) : '' });
      }
    }
    return ticks;
  }

  return {
    of(axis, min, max, most) {
      if (!(max > min)) return [];
      if (axis.scale === 'Percentile') return percentiles(min, max, most);
      return axis.scale === 'Log' ? logarithmic(min, max, most) : linear(min, max, most);
    },
    // A value for the readout and the table.
    text(axis, value) {
      return axis.scale === 'Percentile' ? percent(value) : number(value);
    },
  };
})();
