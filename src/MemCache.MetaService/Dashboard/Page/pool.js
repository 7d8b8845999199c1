// The pool map: each segment of each host, how full and how scattered it is.

import { byId, el, reconcile, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";

const denseFrom = 33;
const tones = { ok: "good", restoring: "warn", draining: "warn", drained: "quiet" };
const words = { ok: "in use", restoring: "coming back", draining: "draining", drained: "drained" };

export class Pool {
  /** `drain` is called with a segment that is to be drained. */
  constructor(drain) {
    this.drain = drain;
    this.root = byId("pool");
  }

  update(overview) {
    this.readOnly = overview.read_only;
    const hosts = new Map();
    for (const segment of overview.segments) {
      hosts.set(segment.host, [...(hosts.get(segment.host) ?? []), segment]);
    }

    this.root.classList.toggle("dense", overview.segments.length >= denseFrom);
    setText(byId("pool-hint"), overview.segments.length === 0 ? "No rank has joined yet: start an engine with memory to give." : "");
    reconcile(this.root, [...hosts], ([host]) => host, () => this.makeHost(), (node, [host, segments]) => {
      setText(node.querySelector("h3"), hostName(host, segments));
      reconcile(node.querySelector("ul"), segments, (one) => one.segment, (one) => this.makeSegment(one), (tile, one) => this.show(tile, one));
    });
  }

  /** Shows where an object lies. */
  highlight(names) {
    for (const tile of this.root.querySelectorAll(".segment")) {
      tile.classList.toggle("found", names.includes(tile.dataset.key));
    }
  }

  makeHost() {
    return el("section", { class: "host" }, el("h3"), el("ul", { class: "segments" }));
  }

  makeSegment(segment) {
    const medium = el("span", {}, segment.medium.toUpperCase());
    const button = el("button", { type: "button", class: "small", "aria-label": `Drain ${format.segmentName(segment.segment)}` }, "Drain");
    const tile = el("li", { class: "segment", id: "segment-" + segment.segment },
      el("header", {}, el("h4", {}, `rank ${segment.rank}`, medium), el("span", { class: "badge" })),
      el("div", { class: "bar", role: "meter", "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": `Fill of ${format.segmentName(segment.segment)}` },
        el("div", { class: "part used" }), el("div", { class: "part scattered" })),
      el("p", { class: "fill" }, el("b"), el("span")),
      el("footer", {}, el("p", { class: "muted" }, el("span"), el("span")), button));
    button.addEventListener("click", () => {
      if (!isBusy(tile.segment)) {
        this.drain(tile.segment);
      }
    });
    return tile;
  }

  show(tile, segment) {
    tile.segment = segment;
    const free = segment.capacity_bytes - segment.used_bytes;
    const scattered = Math.max(0, free - segment.largest_free_bytes);
    // Allocators round the longest run down: below one percent there is nothing to see.
    const fragmentation = free > 0 && scattered / free > 0.01 ? scattered / free : 0;
    const fill = segment.capacity_bytes > 0 ? segment.used_bytes / segment.capacity_bytes : 0;
    const badge = tile.querySelector(".badge");
    setText(badge, words[segment.state] ?? segment.state);
    setAttribute(badge, "data-tone", tones[segment.state] ?? "quiet");
    tile.querySelector(".used").style.width = `${fill * 100}%`;
    tile.querySelector(".scattered").style.width = fragmentation > 0 ? `${(scattered / segment.capacity_bytes) * 100}%` : "0";
    const bar = tile.querySelector(".bar");
    setAttribute(bar, "aria-valuenow", Math.round(fill * 100));
    setAttribute(bar, "aria-valuetext", `${format.percent(fill)}, fragmentation ${format.percent(fragmentation)}`);
    setText(tile.querySelector(".fill b"), format.percent(fill));
    setText(tile.querySelector(".fill span"), `${format.bytes(segment.used_bytes)} of ${format.bytes(segment.capacity_bytes)}`);
    const [blobs, scatter] = tile.querySelectorAll("footer span");
    setText(blobs, `${format.count(segment.blobs)} blobs`);
    setText(scatter, `${format.percent(fragmentation)} scattered`);
    setAttribute(tile, "title", `${segment.segment}: ${format.count(segment.blobs)} blobs, ${format.count(segment.free_runs)} free runs, `
      + `longest ${format.bytes(segment.largest_free_bytes)}, fragmentation ${format.percent(fragmentation)}`);
    const button = tile.querySelector("button");
    // A focused button is not taken from under who has it: Tab would begin at the top again.
    button.disabled = this.readOnly;
    button.hidden = isBusy(segment) && document.activeElement !== button;
    setAttribute(button, "aria-disabled", isBusy(segment));
    button.title = this.readOnly ? "This MetaService only shows: it is in read-only mode" : "";
  }
}

const isBusy = (segment) => segment.state === "draining" || segment.state === "drained";

function hostName(host, segments) {
  const address = segments.map((segment) => segment.address.replace(/^tcp:\/\//, "").replace(/:\d+$/, "")).find(Boolean);
  const name = address ? `Host ${address}` : `Host ${host || "unknown"}`;
  return `${name} · ${segments.length} ${segments.length === 1 ? "segment" : "segments"}`;
}
