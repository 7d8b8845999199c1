// Asks the MetaService once a second and shows what it says.

import * as api from "./api.js";
import { Charts, History, Tiles } from "./charts.js";
import { announce, byId, setAttribute, setText } from "./dom.js";
import { Drains } from "./drain.js";
import { Events } from "./events.js";
import * as format from "./format.js";
import { Pool } from "./pool.js";
import { Search } from "./search.js";

const intervalMs = 1000;
const slowestMs = 5000;
const curveMs = 10000;
const largePool = 128;

class App {
  constructor() {
    this.histories = Object.fromEntries(["5m", "1h", "24h"].map((range) => [range, new History(range)]));
    this.charts = new Charts();
    this.tiles = new Tiles();
    this.events = new Events();
    this.drains = new Drains(() => this.now());
    this.pool = new Pool((segment) => this.drains.ask(segment));
    this.search = new Search((names) => this.pool.highlight(names));
    this.range = "5m";
    this.failures = 0;
    this.reachedMs = 0;
    this.curveAskedMs = 0;
    byId("ranges").addEventListener("change", (event) => this.choose(event.target.value));
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    byId("token-dialog").querySelector("form").addEventListener("submit", () => this.takeToken());
    byId("forget-token").addEventListener("click", () => this.forgetToken());
  }

  choose(range) {
    this.range = range;
    this.charts.update(this.histories[range]);
    this.now();
  }

  /** Asks at once, not at the next second. */
  now() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(), 0);
  }

  async turn() {
    clearTimeout(this.timer);
    if (this.isAsking || document.hidden) {
      this.again = true;
      return;
    }

    this.isAsking = true;
    this.again = false;
    let waitMs = intervalMs;
    try {
      await this.ask();
      this.reached();
      waitMs = this.overview.segments.length > largePool ? slowestMs : intervalMs;
    } catch (error) {
      waitMs = this.failed(error);
    }

    this.isAsking = false;
    if (waitMs !== null) {
      this.timer = setTimeout(() => this.turn(), this.again ? 0 : waitMs);
    }
  }

  async ask() {
    const ranges = [...new Set(["5m", this.range])].filter((range) => this.histories[range].isDue(Date.now()));
    const [overview] = await Promise.all([api.overview(), ...ranges.map((range) => this.askHistory(range))]);
    this.overview = overview;
    if (this.events.isBehind(overview)) {
      this.events.add(await api.events(this.events.lastId));
    }

    if (Date.now() - this.curveAskedMs >= curveMs) {
      this.curveAskedMs = Date.now();
      await this.askCurve();
    }

    this.show(overview);
  }

  async askHistory(range) {
    const history = this.histories[range];
    history.askedMs = Date.now();
    history.add(await api.history(range, history.after));
  }

  async askCurve() {
    try {
      this.charts.curve.update(await api.missRatioCurve());
    } catch (error) {
      if (!(error instanceof api.Refused)) {
        throw error;
      }

      this.charts.curve.absent(/^it answers/.test(error.message) ? "This MetaService estimates no curve" : error.message);
    }
  }

  show(overview) {
    this.tiles.update(overview, this.histories["5m"]);
    this.charts.update(this.histories[this.range]);
    this.pool.update(overview);
    this.drains.update(overview);
    setText(byId("leader"), overview.leader_address.replace(/^tcp:\/\//, "") || "none");
    setText(byId("epoch"), String(overview.epoch));
    setText(byId("uptime"), format.duration(overview.uptime_ms));
    setText(byId("version"), overview.version);
  }

  reached() {
    if (this.failures > 0) {
      announce("The MetaService is reachable again");
    }

    this.failures = 0;
    this.reachedMs = Date.now();
    byId("banner").hidden = true;
    document.body.classList.remove("stale");
    this.state("good", this.overview.role === "leader" ? "serving" : this.overview.role);
    byId("forget-token").hidden = !api.token();
    setText(byId("forget-token"), "Forget token");
    setText(byId("updated"), `as of ${format.time(this.reachedMs)}${this.overview.read_only ? " · read-only mode" : ""}`);
  }

  state(tone, text) {
    const status = byId("status");
    setText(status, text);
    setAttribute(status, "data-tone", tone);
  }

  /** How long to wait; null: until there is a token. */
  failed(error) {
    if (error instanceof api.TokenWanted) {
      this.state("warn", "token needed");
      setText(byId("token-error"), error.message);
      // Whoever closes the question finds it here again.
      byId("forget-token").hidden = false;
      setText(byId("forget-token"), "Enter token");
      if (!byId("token-dialog").open) {
        byId("token-dialog").showModal();
      }

      return null;
    }

    if (!(error instanceof api.Unreachable) && !(error instanceof api.Refused)) {
      console.error(error);
    }

    this.failures++;
    const since = this.reachedMs > 0 ? ` What you see is of ${format.time(this.reachedMs)}.` : "";
    setText(byId("banner"), `The MetaService is not reachable: ${error.message}.${since} Trying again every few seconds.`);
    byId("banner").hidden = false;
    document.body.classList.toggle("stale", this.reachedMs > 0);
    this.state("bad", "not reachable");
    return Math.min(slowestMs, intervalMs * this.failures);
  }

  takeToken() {
    api.setToken(byId("token").value.trim());
    byId("token").value = "";
    this.now();
  }

  forgetToken() {
    api.setToken(null);
    this.now();
  }
}

/** Follows the system until somebody chooses. */
function theme() {
  const themes = ["system", "light", "dark"];
  const button = byId("theme");
  const root = document.documentElement;
  const show = () => setText(button, `Theme: ${root.dataset.theme ?? "system"}`);
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme ?? "system") + 1) % themes.length];
    if (next === "system") {
      delete root.dataset.theme;
    } else {
      root.dataset.theme = next;
    }

    try {
      localStorage.setItem("mmc-theme", next);
    } catch {
      // Storage is forbidden: the choice lives as long as this page.
    }

    show();
  });
  show();
}

theme();
new App().now();
