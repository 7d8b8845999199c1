// Looks for one object by its key.

import * as api from "./api.js";
import { byId, el } from "./dom.js";
import * as format from "./format.js";

const media = ["hbm", "dram", "ssd"];

export class Search {
  /** `found` is called with the names of the segments that hold the object. */
  constructor(found) {
    this.found = found;
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.find(byId("key").value);
    });
  }

  async find(key) {
    this.found([]);
    try {
      this.show(key, await api.queryKey(key));
    } catch (error) {
      if (error.answer?.valid === false) {
        this.show(key, error.answer);
        return;
      }

      byId("found").replaceChildren(el("p", { class: "error" }, error instanceof api.TokenWanted
        ? "A token is needed for this." : `Not looked up: ${error.message}.`));
    }
  }

  show(key, object) {
    if (!object.valid && !object.size) {
      byId("found").replaceChildren(el("p", {}, "No object has the key ", el("span", { class: "mono" }, key), "."));
      return;
    }

    const places = (object.blobs ?? []).map((blob) => `rank-${blob.rank}-${mediumName(blob.medium)}`);
    const links = places.map((name) => el("a", { href: "#segment-" + name }, format.segmentName(name)));
    byId("found").replaceChildren(el("div", { class: "object" },
      el("p", { class: "mono" }, key),
      el("dl", {},
        el("dt", {}, "Size"), el("dd", {}, `${format.bytes(object.size)} (${format.count(object.size)} bytes)`),
        el("dt", {}, "State"), el("dd", {}, object.valid ? "readable" : "not readable yet"),
        el("dt", {}, places.length === 1 ? "Replica" : "Replicas"), el("dd", {}, ...links))));
    this.found(places);
  }
}

const mediumName = (medium) => typeof medium === "number" ? media[medium] ?? "ssd" : String(medium).toLowerCase();
