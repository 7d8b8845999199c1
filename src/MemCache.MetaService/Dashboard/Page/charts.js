// The charts of the page and the history behind them.

import { Chart } from "./chart.js";
import { byId, el, setText, svg } from "./dom.js";
import * as format from "./format.js";
import { timeTicks } from "./scale.js";

const spans = { "5m": 300000, "1h": 3600000, "24h": 86400000 };
const stepOf = { "5m": 1000, "1h": 10000, "24h": 60000 };

/** One range's points as the server knows them; only what is new is asked for. */
export class History {
  constructor(range) {
    this.range = range;
    this.points = [];
    this.now = 0;
  }

  get after() {
    return this.points.at(-1)?.time_ms ?? 0;
  }

  /** Whether a new point can be there. */
  isDue(now) {
    return this.now === 0 || now - (this.askedMs ?? 0) >= stepOf[this.range] * 0.95;
  }

  add(answer) {
    this.now = answer.now_ms;
    const names = Object.keys(answer.columns);
    const fresh = answer.columns.time_ms.map((_, index) =>
      Object.fromEntries(names.map((name) => [name, answer.columns[name][index]])));
    const oldest = this.now - spans[this.range] * 1.02;
    this.points = [...this.points, ...fresh].filter((point) => point.time_ms >= oldest);
  }
}

export class Charts {
  constructor() {
    this.range = "5m";
    const gap = () => stepOf[this.range] * 3.5;
    const width = () => stepOf[this.range];
    const column = (name, style, key) => ({ name, style, read: (point) => point[key] });
    const overTime = {
      at: (point) => point.time_ms, gap, width, ticks: timeTicks,
      tick: (at) => format.hours(at), label: (point) => format.moment(point.time_ms),
      nothing: "Figures come within seconds",
    };
    const ratio = { most: 1, least: 1, format: format.percent, axisFormat: (value) => `${Math.round(value * 100)} %` };
    this.charts = [
      new Chart({
        ...overTime, title: "Throughput", unit: "keys a second", format: format.rate, axisFormat: format.short,
        series: [column("get", 1, "get_keys_per_second"), column("put", 2, "put_keys_per_second"), column("exists", 3, "exist_keys_per_second")],
      }),
      new Chart({
        ...overTime, title: "Latency", unit: "in the MetaService, log scale", scale: "log", format: format.microseconds,
        nothing: "No requests in this time",
        series: [column("get p50", 1, "get_p50_us"), column("get p99", 2, "get_p99_us"), column("put p99", 4, "put_p99_us"), column("exists p99", 3, "exist_p99_us")],
      }),
      new Chart({
        ...overTime, ...ratio, title: "Hit ratio", unit: "share of keys that were there", nothing: "No key was asked for in this time",
        series: [column("get", 1, "lookup_hit_ratio"), column("exists", 3, "exist_hit_ratio")],
      }),
      new Chart({
        ...overTime, ...ratio, title: "Fill", unit: "share of the pool's memory", area: true,
        series: [{ name: "used", style: 1, read: (point) => point.capacity_bytes > 0 ? point.used_bytes / point.capacity_bytes : null }],
      }),
      new Chart({
        ...overTime, title: "Evictions", unit: "objects a second, by cause", kind: "steps", format: format.rate, axisFormat: format.short,
        series: [column("above the watermark", 1, "evicted_watermark_per_second"), column("a put found no space", 2, "evicted_reserve_per_second")],
      }),
    ];
    this.curve = new Curve();
    byId("charts").append(...this.charts.map((chart) => chart.element), this.curve.element);
  }

  update(history) {
    this.range = history.range;
    const domain = [history.now - spans[history.range], history.now];
    this.charts.forEach((chart) => chart.update(history.points, domain));
  }
}

/** What other sizes of the pool would hit. */
class Curve {
  constructor() {
    this.chart = new Chart({
      title: "Miss-ratio curve", unit: "hit ratio by pool size, estimated", most: 1, least: 1,
      format: format.percent, axisFormat: (value) => `${Math.round(value * 100)} %`, area: true,
      at: (point) => Math.log2(point.capacity_factor),
      ticks: (from, to, countMax) => countMax < 6 ? [-2, 0, 1, 2, 3] : [-2, -1, 0, 1, 2, 3],
      tick: (at) => `${2 ** at}×`,
      label: (point) => `${format.bytes(point.capacity_bytes)} (${point.capacity_factor}×)`,
      series: [{ name: "hit ratio", style: 1, read: (point) => point.hit_ratio }],
      nothing: "The curve comes when enough has been asked for",
      fixed: (chart) => mark(chart),
    });
    this.element = this.chart.element;
  }

  update(curve) {
    this.chart.update(curve.points ?? [], [-2, 3]);
  }

  absent(reason) {
    this.chart.options.nothing = reason;
    this.chart.update([], [-2, 3]);
  }
}

// A ring around the present size.
function mark(chart) {
  const here = chart.points.find((point) => point.capacity_factor === 1);
  return here ? [svg("circle", { cx: chart.x(0), cy: chart.y(here.hit_ratio), r: 6, class: "here" })] : [];
}

/** The figures at the top. */
export class Tiles {
  constructor() {
    this.tiles = new Map();
  }

  update(overview, history) {
    const points = history.points;
    const last = points.at(-1);
    const capacity = overview.media.reduce((sum, medium) => sum + medium.capacity_bytes, 0);
    const used = overview.media.reduce((sum, medium) => sum + medium.used_bytes, 0);
    const fill = capacity > 0 ? used / capacity : null;
    const hits = recentRatio(points);
    this.set("Memory", format.percent(fill), `${format.bytes(used)} of ${format.bytes(capacity)}`,
      points.map((point) => point.capacity_bytes > 0 ? point.used_bytes / point.capacity_bytes : null), 1);
    this.set("Objects", format.count(overview.objects), `${format.count(overview.reservations)} being written`,
      points.map((point) => point.objects));
    this.set("Hit ratio", format.percent(hits), hits === null ? "no gets in the last minute" : "gets, last minute",
      points.map((point) => point.lookup_hit_ratio), 1);
    this.set("Requests", format.rate(last?.requests_per_second), "a second",
      points.map((point) => point.requests_per_second));
    this.set("Get latency", format.microseconds(lastKnown(points, "get_p99_us")), "p99, MetaService",
      points.map((point) => point.get_p99_us));
    const ranks = new Set(overview.segments.map((segment) => segment.rank)).size;
    const hosts = new Set(overview.segments.map((segment) => segment.host)).size;
    this.set("Ranks", format.count(ranks), `${hosts} ${hosts === 1 ? "host" : "hosts"}, ${format.count(overview.sessions)} clients`,
      points.map((point) => point.sessions));
  }

  set(name, figure, under, values, top) {
    let tile = this.tiles.get(name);
    if (!tile) {
      tile = { figure: el("p", { class: "figure" }), under: el("p", { class: "under" }), line: svg("path", { class: "spark" }) };
      const graph = svg("svg", { viewBox: "0 0 100 26", preserveAspectRatio: "none", "aria-hidden": "true" }, tile.line);
      byId("tiles").append(el("li", { class: "tile" }, el("h3", {}, name), tile.figure, tile.under, graph));
      this.tiles.set(name, tile);
    }

    setText(tile.figure, figure);
    setText(tile.under, under);
    tile.line.setAttribute("d", spark(values.slice(-120), top));
  }
}

function lastKnown(points, name) {
  return points.slice(-10).findLast((point) => point[name] !== null)?.[name];
}

function recentRatio(points) {
  let [hits, keys] = [0, 0];
  for (const point of points.slice(-60)) {
    if (point.lookup_hit_ratio !== null) {
      hits += point.lookup_hit_ratio * point.get_keys_per_second;
      keys += point.get_keys_per_second;
    }
  }

  return keys > 0 ? hits / keys : null;
}

function spark(values, top) {
  const known = values.filter((value) => value !== null);
  const high = top ?? Math.max(1e-9, ...known);
  let path = "";
  let pen = "M";
  values.forEach((value, index) => {
    if (value === null) {
      pen = "M";
    } else {
      path += `${pen}${(100 - (values.length - 1 - index) * (100 / 119)).toFixed(2)} ${(24 - (value / high) * 22).toFixed(1)}`;
      pen = "L";
    }
  });
  return path;
}
