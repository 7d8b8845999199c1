// A chart: lines or stacked steps, axes with units, and a cursor that a mouse, a finger and the arrow keys move.

import { el, setAttribute, setText, svg } from "./dom.js";
import { linear, logarithmic } from "./scale.js";

const margin = { left: 52, right: 10, top: 10, bottom: 24 };

/**
 * Options: title, unit (for the axis), series [{name, style, read}], format (value → text), axisFormat; kind "lines" or "steps" (stacked);
 * area (first series is filled), scale "linear" or "log", least, most; at (point → number on the x axis), ticks ([from, to, count] → numbers),
 * tick (number → text), label (point → the tip's heading), gap (x distance that breaks a line), nothing (text while there are no figures).
 */
export class Chart {
  constructor(options) {
    this.options = { kind: "lines", scale: "linear", least: 1, axisFormat: options.format, gap: () => Infinity, ...options };
    this.points = [];
    this.domain = [0, 1];
    this.cursor = -1;
    this.build();
  }

  /** Shows these points, from domain[0] to domain[1]. */
  update(points, domain) {
    const held = this.cursor >= 0 ? this.options.at(this.points[this.cursor]) : null;
    this.points = points;
    this.domain = domain;
    if (held !== null) {
      // The cursor stays at its time while the chart moves on below it.
      this.cursor = this.nearest(held);
    }

    this.draw();
  }

  build() {
    const { title, unit, series } = this.options;
    this.grid = svg("g");
    this.marks = svg("g");
    this.front = svg("g");
    this.svg = svg("svg", { "aria-hidden": "true" }, this.grid, this.marks, this.front);
    this.paths = series.map((one) => this.options.kind === "steps"
      ? svg("path", { class: `f${one.style}` }) : svg("path", { class: `line s${one.style}` }));
    this.area = this.options.area ? svg("path", { class: `area f${series[0].style}` }) : null;
    this.marks.append(...(this.area ? [this.area] : []), ...this.paths);
    this.empty = el("p", { class: "nothing" }, "…");
    this.tip = el("div", { class: "tip", hidden: true });
    this.plot = el("div", {
      class: "plot", role: "slider", tabindex: "0", "aria-label": `${title}, ${unit}. Arrow keys read values.`,
      "aria-valuemin": "0", "aria-valuemax": "0", "aria-valuenow": "0", "aria-valuetext": "no figures yet",
    }, this.svg, this.empty, this.tip);
    this.note = el("span", { class: "hint" }, unit);
    const legend = el("ul", { class: "legend", "aria-hidden": "true" }, ...(series.length > 1
      ? series.map((one) => el("li", {}, this.sample(one), one.name)) : []));
    this.element = el("figure", { class: "chart" },
      el("figcaption", {}, el("h3", {}, title), this.note, legend), this.plot);
    this.listen();
  }

  sample(one) {
    return this.options.kind === "steps"
      ? svg("svg", { viewBox: "0 0 20 8", "aria-hidden": "true" }, svg("rect", { width: 20, height: 8, rx: 2, class: `f${one.style}` }))
      : svg("svg", { viewBox: "0 0 20 8", "aria-hidden": "true" }, svg("path", { d: "M1 4H19", class: `line s${one.style}` }));
  }

  listen() {
    new ResizeObserver(() => this.draw()).observe(this.plot);
    this.plot.addEventListener("pointermove", (event) => this.point(event));
    this.plot.addEventListener("pointerdown", (event) => this.point(event));
    this.plot.addEventListener("pointerleave", () => this.move(-1));
    this.plot.addEventListener("blur", () => this.move(-1));
    this.plot.addEventListener("keydown", (event) => this.key(event));
  }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    const share = (event.clientX - box.left - margin.left) / Math.max(1, box.width - margin.left - margin.right);
    this.move(this.nearest(this.domain[0] + share * (this.domain[1] - this.domain[0])));
  }

  key(event) {
    const last = this.points.length - 1;
    const from = this.cursor < 0 ? last + 1 : this.cursor;
    const to = {
      ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: Math.min(last, from + 1), ArrowUp: Math.min(last, from + 1),
      PageUp: from - 10, PageDown: from + 10, Home: 0, End: last,
    }[event.key];
    if (event.key === "Escape") {
      this.move(-1);
    } else if (to !== undefined && last >= 0) {
      event.preventDefault();
      this.move(Math.max(0, Math.min(last, to)));
    }
  }

  nearest(x) {
    let best = -1;
    let distance = Infinity;
    this.points.forEach((point, index) => {
      const away = Math.abs(this.options.at(point) - x);
      if (away < distance) {
        [best, distance] = [index, away];
      }
    });
    return best;
  }

  move(index) {
    if (this.cursor !== index) {
      this.cursor = index;
      this.drawCursor();
    }
  }

  draw() {
    const box = this.plot.getBoundingClientRect();
    if (box.width < 80) {
      return;
    }

    this.size = { width: box.width, height: box.height };
    setAttribute(this.svg, "viewBox", `0 0 ${box.width} ${box.height}`);
    const rows = this.options.series.map((one) => this.points.map((point) => one.read(point)));
    const stacked = this.options.kind === "steps" ? stack(rows) : rows;
    const values = stacked.flat().filter(Number.isFinite);
    this.empty.hidden = values.length > 0;
    setText(this.empty, values.length > 0 ? "" : this.options.nothing ?? "Nothing to show yet");
    this.scale = this.options.scale === "log" && values.length > 0
      ? logarithmic(Math.min(...values), Math.max(...values))
      : linear(Math.max(0, ...values), this.options.least, this.options.most);
    this.stacked = stacked;
    this.drawAxes(values.length > 0);
    this.drawMarks();
    this.drawCursor();
  }

  x(value) {
    const [from, to] = this.domain;
    return margin.left + ((value - from) / Math.max(1e-9, to - from)) * (this.size.width - margin.left - margin.right);
  }

  y(value) {
    return this.size.height - margin.bottom - this.scale.place(value) * (this.size.height - margin.bottom - margin.top);
  }

  drawAxes(hasValues) {
    const right = this.size.width - margin.right;
    const nodes = [];
    for (const tick of hasValues ? this.scale.ticks : []) {
      const y = this.y(tick);
      nodes.push(
        svg("path", { d: `M${margin.left} ${y}H${right}`, class: tick === this.scale.ticks[0] ? "grid base" : "grid" }),
        svg("text", { x: margin.left - 7, y: y + 4, "text-anchor": "end" }, tidy(this.options.axisFormat(tick))));
    }

    const countMax = Math.max(2, Math.floor((right - margin.left) / 64));
    for (const tick of this.options.ticks(this.domain[0], this.domain[1], countMax)) {
      const x = this.x(tick);
      const anchor = x < margin.left + 14 ? "start" : x > right - 14 ? "end" : "middle";
      nodes.push(svg("text", { x, y: this.size.height - 6, "text-anchor": anchor }, this.options.tick(tick)));
    }

    this.grid.replaceChildren(...nodes);
  }

  drawMarks() {
    const base = this.size.height - margin.bottom;
    this.paths.forEach((path, row) => setAttribute(path, "d", this.options.kind === "steps"
      ? this.steps(this.stacked[row], row > 0 ? this.stacked[row - 1] : null) : this.lines(this.stacked[row]).map(drawLine).join("")));
    if (this.area) {
      setAttribute(this.area, "d", this.lines(this.stacked[0])
        .map((line) => `${drawLine(line)}V${base}H${line[0][0].toFixed(1)}Z`).join(""));
    }
  }

  /** Runs of points without a gap. */
  lines(row) {
    const lines = [];
    let before = null;
    row.forEach((value, index) => {
      const at = this.options.at(this.points[index]);
      if (Number.isFinite(value)) {
        if (before === null || at - before > this.options.gap()) {
          lines.push([]);
        }

        lines.at(-1).push([this.x(at), this.y(value)]);
        before = at;
      }
    });
    return lines;
  }

  steps(row, below) {
    const width = Math.max(1, this.x(this.domain[0] + this.options.width()) - this.x(this.domain[0]));
    return row.map((value, index) => {
      const low = this.y(below ? below[index] : 0);
      const high = this.y(value);
      const x = this.x(this.options.at(this.points[index])) - width;
      return low - high < 0.2 ? "" : `M${x.toFixed(1)} ${low.toFixed(1)}V${high.toFixed(1)}h${width.toFixed(1)}V${low.toFixed(1)}Z`;
    }).join("");
  }

  drawCursor() {
    const point = this.points[this.cursor];
    this.tip.hidden = !point || !this.size;
    const last = this.points.length - 1;
    setAttribute(this.plot, "aria-valuemax", Math.max(0, last));
    setAttribute(this.plot, "aria-valuenow", Math.max(0, point ? this.cursor : last));
    const spoken = point ?? this.points[last];
    setAttribute(this.plot, "aria-valuetext", spoken ? this.speak(spoken) : "no figures yet");
    if (!point || !this.size) {
      this.front.replaceChildren(...this.fixed());
      return;
    }

    const x = this.x(this.options.at(point));
    const dots = this.options.series.map((one, row) => [this.stacked[row][this.cursor], one])
      .filter(([value]) => Number.isFinite(value))
      .map(([value, one]) => svg("circle", { cx: x, cy: this.y(value), r: 4, class: `dot f${one.style}` }));
    this.front.replaceChildren(
      ...this.fixed(), svg("path", { d: `M${x} ${margin.top}V${this.size.height - margin.bottom}`, class: "cursor" }), ...dots);
    this.fillTip(point);
    const space = this.size.width - this.tip.offsetWidth;
    const left = x + 14 < space ? x + 14 : x - 14 - this.tip.offsetWidth;
    this.tip.style.transform = `translate(${Math.max(0, Math.min(space, left))}px, ${margin.top}px)`;
  }

  fixed() {
    return this.size && this.points.length > 0 && this.options.fixed ? this.options.fixed(this) : [];
  }

  fillTip(point) {
    const rows = this.options.series.flatMap((one) =>
      [el("dt", {}, this.sample(one), one.name), el("dd", {}, this.options.format(one.read(point)))]);
    this.tip.replaceChildren(el("b", {}, this.options.label(point)), el("dl", {}, ...rows));
  }

  speak(point) {
    const values = this.options.series.map((one) => `${one.name} ${this.options.format(one.read(point)).replace("–", "none")}`);
    return `${this.options.label(point)}: ${values.join(", ")}`;
  }
}

// 2.50 k is 2.5 k at an axis.
const tidy = (text) => text.replace(/(\.\d*?)0+(?!\d)/, "$1").replace(/\.(?!\d)/, "");

function drawLine(line) {
  const places = line.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  // A point without neighbours is a dot: a line of no length with round ends.
  return places.length === 1 ? `M${places[0]}h.01` : "M" + places.join("L");
}

function stack(rows) {
  const sums = rows[0].map(() => 0);
  return rows.map((row) => row.map((value, index) => (sums[index] += value ?? 0)));
}
