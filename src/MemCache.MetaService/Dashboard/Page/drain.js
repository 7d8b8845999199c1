// Starting, watching and cancelling drain jobs.

import * as api from "./api.js";
import { announce, byId, el, reconcile, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";

const tones = { pending: "quiet", running: "warn", done: "good", failed: "bad", cancelled: "quiet" };
const shownMax = 8;

export class Drains {
  /** `changed` is called when a job was begun or cancelled. */
  constructor(changed) {
    this.changed = changed;
    this.states = new Map();
    this.dialog = byId("drain-dialog");
    byId("drain-no").addEventListener("click", () => this.dialog.close());
    this.dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin();
    });
  }

  /** Asks before anything happens. The safe answer has the focus. */
  ask(segment) {
    this.segment = segment;
    setText(byId("drain-title"), `Drain ${format.segmentName(segment.segment)}?`);
    setText(byId("drain-text"), `It holds ${format.count(segment.blobs)} blobs, ${format.bytes(segment.used_bytes)}. `
      + "Nothing new is placed there from now on, until the job is cancelled or the rank joins again.");
    setText(byId("drain-error"), "");
    this.dialog.querySelector("input[value=move]").checked = true;
    this.dialog.showModal();
    byId("drain-no").focus();
  }

  async begin() {
    const button = byId("drain-yes");
    button.disabled = true;
    try {
      const policy = this.dialog.querySelector("input[name=policy]:checked").value;
      const job = await api.beginDrain([this.segment.segment], policy);
      this.dialog.close();
      announce(`${job.job_id} has begun`);
      this.changed();
    } catch (error) {
      setText(byId("drain-error"), error instanceof api.TokenWanted ? "A token is needed for this." : `Not begun: ${error.message}.`);
    } finally {
      button.disabled = false;
    }
  }

  async cancel(job, node) {
    try {
      await api.cancelDrain(job);
      announce(`${job} is cancelled`);
      this.changed();
    } catch (error) {
      setText(node.querySelector(".error"), `Not cancelled: ${error.message}.`);
    }
  }

  update(overview) {
    const jobs = overview.drain_jobs.slice(-shownMax).reverse();
    byId("no-drains").hidden = jobs.length > 0;
    reconcile(byId("drains"), jobs, (job) => job.job_id, (job) => this.make(job), (node, job) => this.show(node, job, overview.read_only));
  }

  make(job) {
    const button = el("button", { type: "button", class: "small" });
    const node = el("li", { class: "job" },
      el("header", {}, el("b", {}, job.segments.map(format.segmentName).join(", ")), el("span", { class: "badge" })),
      el("progress", { max: "1", value: "0", "aria-label": `Progress of ${job.job_id}` }),
      el("footer", {}, el("span", { class: "muted" }), button),
      el("p", { class: "error" }));
    button.addEventListener("click", () => this.cancel(job.job_id, node));
    return node;
  }

  show(node, job, readOnly) {
    const badge = node.querySelector(".badge");
    setText(badge, job.state);
    setAttribute(badge, "data-tone", tones[job.state] ?? "quiet");
    const all = job.moved_objects + job.remaining_objects;
    setAttribute(node.querySelector("progress"), "value", job.state === "done" ? 1 : all > 0 ? job.moved_objects / all : 0);
    setText(node.querySelector("footer .muted"), job.policy === "drop" && job.state === "done" ? "emptied"
      : `${format.count(job.moved_objects)} moved (${format.bytes(job.moved_bytes)}), ${format.count(job.remaining_objects)} left`);
    if (job.error) {
      setText(node.querySelector(".error"), job.error);
    }

    this.showButton(node.querySelector("button"), job, readOnly);
    const before = this.states.get(job.job_id);
    if (before && before !== job.state) {
      announce(`Drain of ${job.segments.map(format.segmentName).join(", ")}: ${job.state}`);
    }

    this.states.set(job.job_id, job.state);
  }

  showButton(button, job, readOnly) {
    const isActive = job.state === "pending" || job.state === "running";
    setText(button, isActive ? "Cancel" : "Use again");
    setAttribute(button, "aria-label", `${isActive ? "Cancel" : "Use again:"} drain of ${job.segments.map(format.segmentName).join(", ")}`);
    button.disabled = readOnly;
    button.hidden = !isActive && job.state !== "done";
  }
}
