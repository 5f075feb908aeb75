// What the guards against invented text kept back, and lines that the technician took out or somebody deleted: whatever was
// said after all is brought back, with its translation.

import { button, said } from "./dom.js";
import { ask, LATE, write } from "./review-server.js";
import { newId } from "./review-whose.js";
import { WENT_ON } from "./review-turn.js";
import { byId } from "./page.js";
import { exact } from "./times.js";

export class KeptBack {
  constructor(desk) {
    /** `_found`: what guards kept back; null: nobody knows yet. */
    Object.assign(this, { _desk: desk, _dialog: byId("kept"), _asked: 0, _renewal: null, _found: null, _all: [] });
    this._dialog.addEventListener("close", () => desk.field.node.focus());
    byId("kept-open").addEventListener("click", () => this.open());
    desk.edits.addEventListener("done", (event) => ["delete", "restore", "undo"].includes(event.detail.did) && this.renew());
    desk.feed.addEventListener("killed", () => desk.feed.ready && this.renew());
  }

  /** How many there are, in the page's head; none, and nothing is shown. Gives why that is not known; empty: it is. */
  renew() {
    return (this._renewal = this._ask());
  }

  async _ask() {
    const asked = ++this._asked;
    const { found, why } = await ask("/api/suppressed");
    if (asked !== this._asked) return this._renewal;
    this._found = found ?? this._found;
    const taken = [...this._desk.feed.killed.values()].filter((cue) => !this._desk.cues.get(cue.id));
    this._all = [...(this._found ?? []).filter((one) => !one.restored), ...taken].sort((a, b) => a.start - b.start);
    byId("kept-open").hidden = !this._all.length;
    const deleted = this._all.filter((one) => one.deleted).length;
    const told = [[this._all.length - deleted, "kept back"], [deleted, "deleted"]].filter(([count]) => count);
    byId("kept-open").textContent = told.map((one) => one.join(" ")).join(", ");
    if (this._dialog.open) this._draw();
    return why;
  }

  async open() {
    const asked = this._found ? "" : this.renew();
    const still = await this._desk.turn.still(asked);
    const why = (await asked) || (still ? "" : WENT_ON);
    if (why) return this._desk.tell(why, "refused");
    if (!this._all.length) return this._desk.tell("Nothing was kept back or deleted.");
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
      said("span", exact(one.start)), said("q", one.text), said("small", one.reason ?? "taken out by the technician"),
      button("Hear it", () => this._desk.player.play(Math.max(0, one.start - 0.5), one.end + 0.5)),
      button("Bring it back", (event) => this._bring(one, event.currentTarget)),
    );
    return row;
  }

  /** A line that was taken out is there again; one that was taken out live is in every language, as on the console. */
  back(out) {
    const { feed, cues } = this._desk;
    const others = [...feed.killed.values()].filter(({ id, kill }) => kill === out.kill && id !== out.id && !cues.get(id));
    const said = others.some(({ lang }) => lang !== out.lang) ? "Brought back in every language" : "Brought back";
    for (const one of [...others, out]) this._desk.ask("restore", [], [one], said); // each is refused for itself
  }

  async _bring(one, pressed) {
    if (one.reason === undefined) return this.back(one);
    if (one.deleted) return this._desk.ask("restore", [], [{ ...one, sentences: [], flags: [] }], "Brought back"); // the server knows
    pressed.disabled = true;
    const id = newId();
    const { found, why } = await write(this._desk.feed, "/api/suppressed", { kept: one.id, id }, { patience: LATE });
    pressed.disabled = false;
    if (!found) return this._desk.tell(why, "refused");
    const lacking = Object.entries(found.lacking).map(([lang, said]) => `${lang}: ${said}`);
    this._desk.tell(lacking.length ? `Brought back without a translation. ${lacking.join("; ")}` : "Brought back");
    this._desk.player.seek(one.start);
  }
}
