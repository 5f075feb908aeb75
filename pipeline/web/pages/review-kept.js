// What the guards against invented text kept back, and lines that the technician took out or somebody deleted: whatever was
// said after all is brought back, with its translation.

import { ask } from "./review-asked.js";
import { clock } from "./review-list.js";
import { button, said } from "./review-side.js";
import { newId } from "./review-whose.js";
import { byId } from "./page.js";

export class KeptBack {
  constructor(desk) {
    this._desk = desk;
    this._dialog = byId("kept");
    this._dialog.addEventListener("close", () => desk.field.node.focus());
    byId("kept-open").addEventListener("click", () => this.open());
    desk.edits.addEventListener("done", (event) => ["delete", "restore", "undo"].includes(event.detail.did) && this.renew());
    desk.feed.addEventListener("killed", () => desk.feed.ready && this.renew());
  }

  /** How many there are, in the page's head; none, and nothing is shown. */
  async renew() {
    const { found } = await ask("/api/suppressed");
    const taken = [...this._desk.feed.killed.values()].filter((cue) => !this._desk.cues.get(cue.id));
    this._all = [...(found ?? []).filter((one) => !one.restored), ...taken].sort((a, b) => a.start - b.start);
    byId("kept-open").hidden = !this._all.length;
    const deleted = this._all.filter((one) => one.deleted).length;
    const told = [[this._all.length - deleted, "kept back"], [deleted, "deleted"]].filter(([count]) => count);
    byId("kept-open").textContent = told.map((one) => one.join(" ")).join(", ");
    if (this._dialog.open) this._draw();
  }

  open() {
    if (!this._all?.length) return this._desk.tell("Nothing was kept back or deleted.");
    this._draw();
    this._dialog.showModal();
  }

  _draw() {
    if (!this._all.length) return this._dialog.close();
    byId("kept-list").replaceChildren(...this._all.map((one) => this._row(one)));
    byId("kept-list").querySelector("button").focus();
  }

  _row(one) {
    const row = said("li", "");
    row.append(
      said("span", clock(one.start)), said("q", one.text), said("small", one.reason ?? "taken out by the technician"),
      button("Hear it", () => this._desk.player.play(Math.max(0, one.start - 0.5), one.end + 0.5)),
      button("Bring it back", (event) => this._bring(one, event.currentTarget)),
    );
    return row;
  }

  async _bring(one, pressed) {
    if (one.reason === undefined) return this._desk.ask("restore", [], [one], "Brought back");
    if (one.deleted) return this._desk.ask("restore", [], [{ ...one, sentences: [], flags: [] }], "Brought back"); // the server knows
    pressed.disabled = true;
    const id = newId();
    const { found, why } = await ask("/api/suppressed", { kept: one.id, id });
    pressed.disabled = false;
    if (!found) return this._desk.tell(why, "refused");
    const lacking = Object.entries(found.lacking).map(([lang, said]) => `${lang}: ${said}`);
    this._desk.tell(lacking.length ? `Brought back without a translation. ${lacking.join("; ")}` : "Brought back");
    this._desk.player.seek(one.start);
  }
}
