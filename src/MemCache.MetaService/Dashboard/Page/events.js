// Recent events, newest first, in words.

import { byId, el } from "./dom.js";
import * as format from "./format.js";

const shownMax = 200;

const say = {
  started: (f) => ["good", "start", `MetaService ${(f.Version ?? "").split("+")[0]} started`],
  joined: (f) => f.Rank === "none" ? ["quiet", "join", `a client without memory joined (process ${f.ProcessId})`]
    : ["good", "join", `${rank(f.Rank)} joined with ${format.bytes(Number(f.DataBytes))} (process ${f.ProcessId})`],
  join_refused: (f) => ["warn", "refused", `a join was refused: ${f.Status}, ${f.Reason}`],
  left: (f) => ["quiet", "leave", f.Rank === "none" ? "a client without memory left" : `${rank(f.Rank)} left`],
  lost: (f) => ["bad", "loss", `${f.Rank === "none" ? "a client without memory" : rank(f.Rank)} is lost: ${causes[f.Cause] ?? f.Cause}`],
  restored: (f) => ["good", "back", `${rank(f.Rank)} brought back ${format.count(Number(f.Count))} replicas`],
  drain_began: (f) => ["warn", "drain", `draining ${names(f.Segments)}: ${format.count(Number(f.Remaining))} blobs`],
  drain_ended: (f) => [f.State === "Done" ? "good" : f.State === "Failed" ? "bad" : "quiet", "drain",
    `${f.Job} is ${f.State.toLowerCase()}: ${format.count(Number(f.Moved))} moved, ${format.count(Number(f.Remaining))} left. ${f.Error}`],
  reloaded: () => ["quiet", "config", "configuration reloaded"],
  reload_failed: (f) => ["bad", "config", `configuration not reloaded: ${f.Problem}`],
  stood_still: (f) => ["warn", "pause", `this process stood still for ${format.duration(Number(f.Milliseconds))}`],
  tls_failed: () => ["bad", "tls", "looking after certificates failed"],
  eviction_began: (f) => ["warn", "eviction", `eviction begins: ${format.percent(Number(f.UsedBytes) / Number(f.CapacityBytes))} of the memory is used`],
  eviction_ended: (f) => ["quiet", "eviction", `eviction has ended: ${format.count(Number(f.Count))} objects in ${format.duration(Number(f.Seconds) * 1000)}`],
  rejecting_began: () => ["bad", "full", "puts are refused: eviction finds nothing that may go"],
  rejecting_ended: (f) => ["quiet", "full", `puts are accepted again; ${format.count(Number(f.Count))} were refused`],
};

const causes = {
  ConnectionClosed: "its process is gone", ConnectionRefused: "its connection was closed here", Silent: "it fell silent",
  JoinedAgain: "it joined another time",
};

const rank = (text) => (text ?? "").replace("rank-", "rank ");
const names = (text) => (text ?? "").split(", ").map(format.segmentName).join(", ");

export class Events {
  constructor() {
    this.instance = "";
    this.lastId = 0;
    this.list = byId("events");
  }

  /** Whether there is something new to ask for. */
  isBehind(overview) {
    if (overview.instance !== this.instance) {
      // Another MetaService counts from one again; what the one before said stays on the page.
      [this.instance, this.lastId] = [overview.instance, 0];
    }

    return overview.last_event > this.lastId;
  }

  add(answer) {
    if (answer.instance !== this.instance) {
      return;
    }

    for (const event of answer.events.filter((one) => one.id > this.lastId)) {
      this.list.prepend(line(event));
    }

    this.lastId = Math.max(this.lastId, answer.last_id);
    while (this.list.children.length > shownMax) {
      this.list.lastElementChild.remove();
    }

    byId("no-events").hidden = this.list.children.length > 0;
    this.list.hidden = this.list.children.length === 0;
  }
}

function line(event) {
  const [tone, label, text] = say[event.kind]?.(event.fields) ?? [event.level === "info" ? "quiet" : "bad", event.kind, event.text];
  return el("li", { title: event.text },
    el("time", { datetime: new Date(event.time_ms).toISOString() }, format.moment(event.time_ms)),
    el("p", {}, el("span", { class: "badge", "data-tone": tone }, label), text));
}
