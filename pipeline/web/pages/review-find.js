// Find, and replace: over all lines of the track, and of other sessions that were named at the start; each hit has a tick.

import { ask } from "./review-server.js";
import { clock } from "./review-list.js";
import { button, said } from "./dom.js";
import { newGo } from "./review-whose.js";
import { byId } from "./page.js";

/** Milliseconds without a key until it is looked for. */
const PAUSE = 300;
const SWITCHES = ["regex", "case", "word", "others"];

export class Find {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _asked: 0, _hits: [] });
    this._dialog = byId("find");
    for (const id of ["what", "by", ...SWITCHES]) byId(`find-${id}`).addEventListener("input", () => this._soon());
    byId("find-replace").addEventListener("click", () => this._replace());
    this._dialog.addEventListener("close", () => desk.field.node.focus());
  }

  open() {
    const { node } = this._desk.field;
    const chosen = node.value.slice(node.selectionStart, node.selectionEnd);
    if (chosen) byId("find-what").value = chosen;
    this._desk.commit();
    this._dialog.showModal();
    byId("find-what").select();
    this._look();
  }

  _soon() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._look(), PAUSE);
  }

  get _sought() {
    const on = SWITCHES.map((name) => [name, byId(`find-${name}`).checked]);
    return { what: byId("find-what").value, by: byId("find-by").value, ...Object.fromEntries(on) };
  }

  async _look() {
    const asked = ++this._asked;
    const { what, by, ...switches } = this._sought;
    if (!what) return this._draw([], "");
    const query = new URLSearchParams({ what, lang: this._desk.lang, ...(this._replaces && { by }) });
    for (const name of SWITCHES) if (switches[name]) query.set(name, "1");
    const { found, why } = await ask(`/api/found?${query}`);
    if (asked !== this._asked) return;
    if (!found) return this._draw([], why);
    byId("find-elsewhere").hidden = !found.others;
    this._draw(found.hits, `${found.hits.length}${found.more ? " and more" : ""} found`);
  }

  /** Something is to be put in its place. */
  get _replaces() {
    return byId("find-by").value !== "";
  }

  _draw(hits, note) {
    this._hits = hits;
    byId("find-note").textContent = note;
    byId("find-replace").hidden = !hits.length || !this._replaces;
    byId("find-list").replaceChildren(...hits.map((hit) => this._row(hit)));
    this._count();
  }

  _row(hit) {
    const row = said("li", "");
    const tick = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
    tick.setAttribute("aria-label", `Replace at ${clock(hit.at)}`);
    tick.addEventListener("change", () => this._count());
    hit.tick = tick;
    const go = button(`${hit.session ? `${hit.session} ` : ""}${clock(hit.at)}`, () => this._go(hit));
    const text = said("span", "");
    text.append(hit.text.slice(0, hit.first), said(hit.becomes === null ? "mark" : "del", hit.text.slice(hit.first, hit.last)), hit.text.slice(hit.last));
    row.append(...(hit.becomes === null ? [] : [tick]), go, text, ...(hit.becomes === null ? [] : [said("ins", hit.becomes || "(deleted)")]));
    return row;
  }

  _go(hit) {
    if (hit.session) return this._desk.tell("That is another session: open it to go there.", "refused");
    this._dialog.close();
    this._desk.select(hit.cue);
    this._desk.field.node.setSelectionRange(hit.first, hit.last);
  }

  _count() {
    const ticked = this._hits.filter((hit) => hit.tick.checked).length;
    byId("find-replace").textContent = `Replace ${ticked}`;
    byId("find-replace").disabled = !ticked;
  }

  /** What is ticked, an edit for each line; one undo takes back all of them. */
  async _replace() {
    const ticked = this._hits.filter((hit) => hit.tick.checked);
    const hand = newGo();
    for (const session of new Set(ticked.map((hit) => hit.session))) {
      const ticks = ticked.filter((hit) => hit.session === session).map(({ cue, rev, first }) => ({ cue, rev, first }));
      const { others, ...sought } = this._sought;
      const { found, why } = await ask("/api/replace", { ...sought, ticks, session, hand });
      if (!found) this._desk.tell(why, "refused");
      else if (found.stale.length) this._desk.tell(`${found.stale.length} not replaced: ${found.stale[0].why}`, "refused");
      else this._desk.tell(found.edits.length === 1 ? "1 line changed" : `${found.edits.length} lines changed`);
    }
    this._dialog.close();
  }
}
