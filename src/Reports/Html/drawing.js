'use strict';

// Draws the series of a figure into a uPlot's canvas.
const Drawing = (() => {
  // As in Palette.cs.
  const dashes = [[], [5, 1.5], [1.5, 1.5], [7, 1.5, 1.5, 1.5], [3, 1]];
  const colours = 7;

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colourOf = (index) => style(`--series-${index % colours}`);
  const dashOf = (index) => dashes[index % dashes.length];

  function line(context, at, series, ratio) {
    context.setLineDash(dashOf(series.dash).map((length) => length * 1.5 * ratio));
    context.beginPath();
    let open = false;
    series.x.forEach((x, index) => {
      const y = series.y[index];
      if (y === null) {
        open = false;
        return;
      }
      const point = at(x, y);
      if (open) context.lineTo(...point);
      else context.moveTo(...point);
      open = true;
    });
    context.stroke();
  }

  function points(context, at, series, ratio) {
    const size = 2 * ratio;
    series.x.forEach((x, index) => {
      if (series.y[index] === null) return;
      const [left, top] = at(x, series.y[index]);
      context.fillRect(left - size / 2, top - size / 2, size, size);
    });
  }

  function marks(context, at, series, ratio) {
    const size = 4 * ratio;
    context.beginPath();
    series.x.forEach((x, index) => {
      const [left, top] = at(x, series.y[index]);
      context.moveTo(left - size, top - size * 2.2);
      context.lineTo(left + size, top - size * 2.2);
      context.lineTo(left, top - size * 0.6);
      context.closePath();
    });
    context.stroke();
  }

  function bars(context, at, series, ratio) {
    const size = 3 * ratio;
    context.beginPath();
    series.x.forEach((x, index) => {
      const [left, bottom] = at(x, series.low[index]);
      const [, top] = at(x, series.high[index]);
      context.moveTo(left, bottom);
      context.lineTo(left, top);
      for (const end of [bottom, top]) {
        context.moveTo(left - size, end);
        context.lineTo(left + size, end);
      }
    });
    context.stroke();
  }

  const shapes = { Line: line, Points: points, Marks: marks, Bars: bars };

  // What lies outside the plot is not drawn.
  function clipped(plot, draw) {
    const context = plot.ctx;
    const { left, top, width, height } = plot.bbox;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    draw(context, (x, y) => [plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true)]);
    context.restore();
  }

  return {
    colourOf,
    dashOf,
    style,
    series(plot, list) {
      clipped(plot, (context, at) => {
        for (const series of list) {
          context.strokeStyle = context.fillStyle = colourOf(series.colour);
          context.globalAlpha = series.weak && series.shape === 'Line' ? 0.5 : 1;
          context.lineWidth = 1.5 * devicePixelRatio;
          context.setLineDash([]);
          shapes[series.shape](context, at, series, devicePixelRatio);
        }
      });
    },
    // Stretches that are narrower than a pixel would colour all of the plot.
    spans(plot, list) {
      clipped(plot, (context) => {
        const { top, height } = plot.bbox;
        context.globalAlpha = 0.18;
        for (const span of list) {
          const from = plot.valToPos(span.from, 'x', true);
          const to = plot.valToPos(span.to, 'x', true);
          if (to - from < 1) continue;
          context.fillStyle = colourOf(span.colour);
          context.fillRect(from, top, to - from, height);
        }
      });
    },
  };
})();
