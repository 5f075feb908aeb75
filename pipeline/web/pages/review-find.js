// Find, and replace: over all lines of the track, and of other sessions that were named at the start; each hit has a tick.

import { button, said } from "./dom.js";
import { ask } from "./review-server.js";
import { settled, UNSETTLED } from "./review-settled.js";
import { newGo } from "./review-whose.js";
import { byId } from "./page.js";
import { exact } from "./times.js";

/** Milliseconds without a key until it is looked for. */
const PAUSE = 300;
const SWITCHES = ["regex", "case", "word", "others"];

export class Find {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _asked: 0, _hits: [], _timer: null });
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

  /** Looks in the lines as they now are; `told` is what is told before what was found. */
  async _look(told = "") {
    const asked = ++this._asked;
    clearTimeout(this._timer);
    const there = await settled(this._desk.edits);
    if (asked !== this._asked) return;
    const { what, by, ...switches } = this._sought;
    if (!what || !there) return this._draw([], what && UNSETTLED);
    const query = new URLSearchParams({ what, lang: this._desk.lang, ...(this._replaces && { by }) });
    for (const name of SWITCHES) if (switches[name]) query.set(name, "1");
    const { found, why } = await ask(`/api/found?${query}`);
    if (asked !== this._asked) return;
    if (!found) return this._draw([], why);
    byId("find-elsewhere").hidden = !found.others;
    this._draw(found.hits, `${told}${found.hits.length}${found.more ? " and more" : ""} found`);
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
    tick.setAttribute("aria-label", `Replace at ${exact(hit.at)}`);
    tick.addEventListener("change", () => this._count());
    hit.tick = tick;
    const go = button(`${hit.session ? `${hit.session} ` : ""}${exact(hit.at)}`, () => this._go(hit));
    const text = said("span", "");
    const kept = hit.becomes === null;
    const found = said(kept ? "mark" : "del", hit.text.slice(hit.first, hit.last));
    text.append(hit.text.slice(0, hit.first), found, hit.text.slice(hit.last));
    row.append(...(kept ? [go, text] : [tick, go, text, said("ins", hit.becomes || "(deleted)")]));
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

  /** What is ticked, an edit for each line; one undo takes back all of them. What cannot be stays to be seen. */
  async _replace() {
    const ticked = this._hits.filter((hit) => hit.tick.checked);
    const hand = newGo();
    let done = 0;
    const refused = [];
    for (const session of new Set(ticked.map((hit) => hit.session))) {
      const ticks = ticked.filter((hit) => hit.session === session).map(({ cue, rev, first }) => ({ cue, rev, first }));
      const { others, ...sought } = this._sought;
      const { found, why } = await ask("/api/replace", { ...sought, ticks, session, hand });
      const left = found ? found.stale : ticks.map(({ cue }) => ({ cue, why }));
      done += found?.edits.length ?? 0;
      refused.push(...new Map(left.map(({ cue, why }) => [cue, session ? `${session}: ${why}` : why])).values());
    }
    const told = `${lines(done)} changed`;
    if (refused.length) return this._look(`${told}. ${lines(refused.length)} not replaced: ${refused[0]} `);
    this._dialog.close();
    this._desk.tell(told);
  }
}

const lines = (number) => `${number} ${number === 1 ? "line" : "lines"}`;
