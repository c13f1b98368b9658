'use strict';

// Makes the page's plots zoomable: by dragging, by buttons, and by keys on a plot that has the focus.
(() => {
  const keysHelp = 'Keys: plus and minus zoom, arrows move, 0 shows all.';

  function element(name, attributes = {}, text = '') {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  }

  // A scale's values as places and back: zooming is even on places.
  const place = (axis, value) => (axis.scale === 'Linear' ? value : Math.log10(value));
  const value = (axis, at) => (axis.scale === 'Linear' ? at : 10 ** at);

  // The part of an axis that holds the values, with a margin where the axis has no limit of its own.
  function extent(axis, values) {
    const shown = values.filter((one) => one !== null && (axis.scale === 'Linear' || one > 0));
    let from = axis.min ?? shown.reduce((low, one) => Math.min(low, one), Infinity);
    let to = axis.max ?? shown.reduce((high, one) => Math.max(high, one), -Infinity);
    if (!Number.isFinite(from) || !Number.isFinite(to)) [from, to] = [1, 2];
    if (from >= to) [from, to] = axis.scale === 'Linear' ? [from - 1, from + 1] : [from / 2, from * 2];
    const margin = (place(axis, to) - place(axis, from)) * 0.04;
    return [
      axis.min === undefined ? value(axis, place(axis, from) - margin) : from,
      axis.max === undefined ? value(axis, place(axis, to) + margin) : to,
    ];
  }

  class ZoomablePlot {
    constructor(block) {
      this.figure = JSON.parse(block.querySelector('script').textContent);
      this.holder = block.querySelector('.canvas');
      this.readout = block.querySelector('.readout');
      this.hidden = new Set();
      this.showAll();
      this.makeLegend(block.querySelector('.legend'));
      this.makePlot();
      this.listen();
      this.makeTable(block.querySelector('details'));
    }

    get shown() {
      return this.figure.series.filter((series) => !this.hidden.has(this.keyOf(series)));
    }

    // Weak parts and bars go with the line that they belong to.
    keyOf(series) {
      return series.name;
    }

    showAll() {
      this.all = extent(this.figure.x, this.figure.series.flatMap((series) => series.x));
      this.x = this.all;
      this.fitHeight();
    }

    // Vertically, what is in view.
    fitHeight() {
      const [from, to] = this.x;
      const values = this.shown.flatMap((series) =>
        series.x.flatMap((x, index) =>
          x < from || x > to ? [] : [series.y[index], series.low?.[index] ?? null, series.high?.[index] ?? null]));
      this.y = extent(this.figure.y, values);
    }

    makePlot() {
      const ticks = new Map();
      const axis = (name, meaning, side, spacing) => ({
        label: meaning.scale === 'Percentile' ? `${meaning.label} (%)` : meaning.label,
        labelSize: 22,
        font: '12px system-ui, sans-serif',
        labelFont: '13px system-ui, sans-serif',
        stroke: () => Drawing.style('--ink'),
        size: side === 3 ? 64 : 36,
        side,
        splits: (plot, index, min, max) => {
          const length = (side === 3 ? plot.bbox.height : plot.bbox.width) / devicePixelRatio;
          ticks.set(name, Ticks.of(meaning, min, max, Math.max(2, Math.floor(length / spacing))));
          return ticks.get(name).map((tick) => tick.value);
        },
        values: () => ticks.get(name).map((tick) => tick.label),
        filter: (plot, splits) => splits,
        grid: {
          stroke: () => Drawing.style('--grid'),
          width: 1,
          filter: (plot, splits) => splits.map((at, index) => (ticks.get(name)[index].label ? at : null)),
        },
        ticks: { stroke: () => Drawing.style('--line'), width: 1, size: 5 },
      });
      const scale = (meaning, range) => ({ time: false, auto: false, distr: meaning.scale === 'Linear' ? 1 : 3, log: 10, range });
      this.plot = new uPlot(
        {
          ...this.size(),
          legend: { show: false },
          padding: [8, 28, 0, 0],
          scales: { x: scale(this.figure.x, () => this.x), y: scale(this.figure.y, () => this.y) },
          axes: [axis('x', this.figure.x, 2, 62), axis('y', this.figure.y, 3, 34)],
          series: [{}, { paths: () => null, points: { show: false } }],
          cursor: { drag: { x: true, y: true, uni: 24, setScale: false }, points: { show: false }, dataIdx: () => null },
          hooks: {
            drawClear: [(plot) => Drawing.spans(plot, this.figure.spans.filter((span) => this.shown.some((series) => series.colour === span.colour)))],
            draw: [(plot) => Drawing.series(plot, this.shown)],
            setSelect: [(plot) => this.zoomTo(plot.select)],
            setCursor: [(plot) => this.tell(plot.cursor)],
          },
        },
        // The figure's own columns are drawn by Drawing: uPlot gives axes, cursor and canvas.
        [this.all, [null, null]],
        this.holder);
      this.noteShown();
    }

    // For tests, and for whoever looks at the page's inside.
    noteShown() {
      [this.holder.dataset.from, this.holder.dataset.to] = this.x;
    }

    size() {
      const width = Math.max(260, this.holder.clientWidth);
      return { width, height: Math.round(Math.min(380, Math.max(240, width * 0.5))) };
    }

    show(x, y) {
      this.x = x;
      if (y) this.y = y;
      else this.fitHeight();
      this.redraw();
      this.readout.textContent =
        `Shown: ${this.figure.x.label} ${x.map((one) => Ticks.text(this.figure.x, Number(one.toPrecision(6)))).join(' to ')}`;
    }

    redraw() {
      this.plot.batch(() => {
        this.plot.setScale('x', { min: this.x[0], max: this.x[1] });
        this.plot.setScale('y', { min: this.y[0], max: this.y[1] });
      });
      this.plot.redraw(false, true);
      this.noteShown();
    }

    zoomTo(area) {
      const wide = area.width > 3 && area.width < this.plot.over.clientWidth;
      const high = area.height > 3 && area.height < this.plot.over.clientHeight;
      if (!wide && !high) return;
      const x = wide ? [this.plot.posToVal(area.left, 'x'), this.plot.posToVal(area.left + area.width, 'x')] : this.x;
      const y = high ? [this.plot.posToVal(area.top + area.height, 'y'), this.plot.posToVal(area.top, 'y')] : undefined;
      this.plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.show(x, y);
    }

    // Part of the view's width to cut off or to add at both ends.
    zoom(part) {
      const axis = this.figure.x;
      const [from, to] = this.x.map((one) => place(axis, one));
      const by = (to - from) * part;
      const [lowest, highest] = this.all.map((one) => place(axis, one));
      if ((to - from) - 2 * by < (highest - lowest) * 1e-9) return;
      const wider = [Math.max(lowest, from + by), Math.min(highest, to - by)];
      this.show(wider.map((one) => value(axis, one)));
    }

    move(horizontal, vertical) {
      const moved = (axis, range, part) => {
        const [from, to] = range.map((one) => place(axis, one));
        return [from, to].map((one) => value(axis, one + (to - from) * part));
      };
      const x = moved(this.figure.x, this.x, horizontal);
      // Not beyond what there is.
      if (x[0] < this.all[0] || x[1] > this.all[1]) return this.show(horizontal ? this.atEdge(horizontal) : this.x, moved(this.figure.y, this.y, vertical));
      this.show(x, vertical ? moved(this.figure.y, this.y, vertical) : undefined);
    }

    atEdge(direction) {
      const axis = this.figure.x;
      const [from, to] = this.x.map((one) => place(axis, one));
      const [lowest, highest] = this.all.map((one) => place(axis, one));
      const edge = direction < 0 ? [lowest, lowest + to - from] : [highest - (to - from), highest];
      return edge.map((one) => value(axis, one));
    }

    listen() {
      const actions = {
        '+': () => this.zoom(0.25),
        '=': () => this.zoom(0.25),
        '-': () => this.zoom(-0.5),
        '0': () => { this.showAll(); this.show(this.x); },
        ArrowLeft: () => this.move(-0.2, 0),
        ArrowRight: () => this.move(0.2, 0),
        ArrowUp: () => this.move(0, 0.2),
        ArrowDown: () => this.move(0, -0.2),
      };
      this.holder.tabIndex = 0;
      this.holder.setAttribute('role', 'application');
      this.holder.setAttribute('aria-label', `Plot: ${this.figure.title}. ${keysHelp}`);
      this.holder.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || !actions[event.key]) return;
        event.preventDefault();
        actions[event.key]();
      });
      this.holder.addEventListener('dblclick', actions['0']);
      const buttons = element('div', { class: 'zoom', role: 'group', 'aria-label': `Zoom of ${this.figure.title}` });
      for (const [key, name, sign] of [['+', 'Zoom in', '+'], ['-', 'Zoom out', '−'], ['0', 'Show all', 'All']]) {
        const button = element('button', { type: 'button', 'aria-label': name, title: `${name} (key ${key})` }, sign);
        button.addEventListener('click', actions[key]);
        buttons.append(button);
      }
      this.holder.before(buttons);
      new ResizeObserver(() => {
        const size = this.size();
        if (size.width !== this.plot.width) this.plot.setSize(size);
      }).observe(this.holder);
    }

    // The point nearest to the pointer.
    tell(cursor) {
      if (cursor.left < 0) return;
      let nearest = 20;
      let text = '';
      for (const series of this.shown) {
        if (series.shape === 'Bars') continue;
        series.x.forEach((x, index) => {
          const y = series.y[index];
          if (y === null || x < this.x[0] || x > this.x[1]) return;
          const distance = Math.hypot(this.plot.valToPos(x, 'x') - cursor.left, this.plot.valToPos(y, 'y') - cursor.top);
          if (distance >= nearest) return;
          nearest = distance;
          text = `${series.name}. ${this.figure.x.label}: ${Ticks.text(this.figure.x, x)}; ${this.figure.y.label}: ${Ticks.text(this.figure.y, y)}`;
        });
      }
      if (text) this.readout.textContent = text;
    }

    makeLegend(holder) {
      const named = this.figure.series.filter((series, index, all) => all.findIndex((other) => this.keyOf(other) === this.keyOf(series)) === index);
      if (named.length < 2) return;
      for (const series of named) {
        const button = element('button', { type: 'button', 'aria-pressed': 'true', class: `colour-${series.colour % 7}` });
        button.append(this.symbol(series), document.createTextNode(series.name));
        button.addEventListener('click', () => {
          const shown = button.getAttribute('aria-pressed') === 'true';
          button.setAttribute('aria-pressed', String(!shown));
          if (shown) this.hidden.add(this.keyOf(series));
          else this.hidden.delete(this.keyOf(series));
          this.redraw();
        });
        holder.append(button);
      }
    }

    symbol(series) {
      const image = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      for (const [key, text] of Object.entries({ viewBox: '0 0 26 10', width: 26, height: 10, 'aria-hidden': 'true' })) image.setAttribute(key, text);
      const path = document.createElementNS(image.namespaceURI, 'path');
      path.setAttribute('d', { Points: 'M11 3h4v4h-4z', Marks: 'M9 2h8l-4 6z' }[series.shape] ?? 'M0 5H26');
      path.setAttribute('class', series.shape);
      if (series.shape === 'Line') path.setAttribute('stroke-dasharray', Drawing.dashOf(series.dash).map((length) => length * 1.5).join(' '));
      image.append(path);
      return image;
    }

    // Made when it is opened: thousands of rows that nobody looks at would slow the page down.
    makeTable(details) {
      details.addEventListener('toggle', () => {
        const holder = details.querySelector('div');
        if (!details.open || holder.firstChild) return;
        const { x, y, series: all, title } = this.figure;
        const bounded = all.some((series) => series.low);
        const table = element('table');
        table.append(element('caption', {}, title));
        const head = table.createTHead().insertRow();
        for (const name of ['Series', x.label, y.label, ...(bounded ? ['Lower bound', 'Upper bound'] : [])]) {
          head.append(element('th', { scope: 'col' }, name));
        }
        const body = table.createTBody();
        for (const series of all) {
          series.x.forEach((at, index) => {
            if (series.y[index] === null) return;
            const row = body.insertRow();
            row.append(element('th', { scope: 'row' }, series.name));
            const cells = [Ticks.text(x, at), Ticks.text(y, series.y[index])];
            if (bounded) cells.push(...[series.low, series.high].map((column) => (column ? Ticks.text(y, column[index]) : '')));
            for (const cell of cells) row.insertCell().textContent = cell;
          });
        }
        holder.append(table);
      });
    }
  }

  const plots = [...document.querySelectorAll('figure.plot')].map((block) => new ZoomablePlot(block));
  document.documentElement.classList.add('live');

  const redrawAll = () => plots.forEach((one) => one.plot.redraw(false, true));
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', redrawAll);
  const toggle = document.querySelector('button.theme');
  toggle.hidden = false;
  toggle.addEventListener('click', () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches;
    root.dataset.theme = isDark ? 'light' : 'dark';
    redrawAll();
  });
})();
