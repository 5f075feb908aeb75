// Find, and replace: over all lines of the track, or of all tracks, and of other sessions that were named at the start; each hit
// has a tick.

import { button, said } from "./dom.js";
import { ask, LATE, write } from "./review-server.js";
import { settled, UNSETTLED } from "./review-settled.js";
import { newGo } from "./review-whose.js";
import { byId, language } from "./page.js";
import { exact } from "./times.js";

/** Milliseconds without a key until it is looked for. */
const PAUSE = 300;
const SWITCHES = ["regex", "case", "word", "others"];

export class Find {
  constructor(desk) {
    /** `_nothing`: it is to be replaced by nothing, and what that makes of the lines is shown. `_seen`: the hits are those of what
     * is sought now; `_of`: what they are of, but for what is put in their place. */
    Object.assign(this, { _desk: desk, _asked: 0, _hits: [], _timer: null, _nothing: false, _seen: false, _of: "" });
    this._dialog = byId("find");
    for (const id of ["what", "by", "tracks", ...SWITCHES]) byId(`find-${id}`).addEventListener("input", () => this._soon());
    byId("find-all").hidden = desk.tracks.length < 2;
    byId("find-replace").addEventListener("click", () => this._pressed());
    byId("find-by").addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(), byId("find-replace").focus(); // what is pressed there is seen first
    });
    this._dialog.addEventListener("close", () => desk.field.node.focus());
  }

  open() {
    const { node } = this._desk.field;
    const chosen = node.value.slice(node.selectionStart, node.selectionEnd);
    if (chosen) byId("find-what").value = chosen;
    this._desk.commit();
    this._nothing = false;
    byId("find-all-of").textContent = `all languages, not only ${language(this._desk.lang)}`;
    this._dialog.showModal();
    byId("find-what").select();
    this._look();
  }

  /** What is done is done to hits that were seen. */
  _pressed() {
    if (!this._seen) this._look();
    else if (this._replaces) this._replace();
    else this._byNothing();
  }

  _soon() {
    this._nothing = this._seen = false;
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
    this._seen = false;
    clearTimeout(this._timer);
    const there = await settled(this._desk.edits);
    if (asked !== this._asked) return;
    const { what, by, ...switches } = this._sought;
    if (!what || !there) return this._draw([], what && UNSETTLED);
    const query = new URLSearchParams({ what, lang: byId("find-tracks").checked ? "" : this._desk.lang, ...(this._replaces && { by }) });
    for (const name of SWITCHES) if (switches[name]) query.set(name, "1");
    const { found, why } = await ask(`/api/found?${query}`);
    if (asked !== this._asked) return;
    if (!found) return this._draw([], why);
    byId("find-elsewhere").hidden = !found.others;
    const of = JSON.stringify([what, switches, byId("find-tracks").checked]);
    if (of === this._of) this._tickAsBefore(found.hits);
    this._of = of;
    this._seen = true;
    this._draw(found.hits, `${told}${found.hits.length}${found.more ? " and more" : ""} found`);
  }

  /** Where something else is put in the place of the same hits, those that are not ticked stay so. */
  _tickAsBefore(hits) {
    const left = new Set(this._hits.filter((hit) => !hit.tick.checked).map(place));
    for (const hit of hits) hit.ticked = !left.has(place(hit));
  }

  /** Something is to be put in its place. */
  get _replaces() {
    return byId("find-by").value !== "" || this._nothing;
  }

  /** Shows what is left of each line; then the same button does it. */
  _byNothing() {
    this._nothing = true;
    this._look();
  }

  _draw(hits, note) {
    this._hits = hits;
    byId("find-note").textContent = note;
    byId("find-replace").hidden = !hits.length;
    byId("find-list").replaceChildren(...hits.map((hit) => this._row(hit)));
    this._count();
  }

  _row(hit) {
    const row = said("li", "");
    const tick = Object.assign(document.createElement("input"), { type: "checkbox", checked: hit.ticked ?? true });
    tick.setAttribute("aria-label", `Replace at ${exact(hit.at)}`);
    tick.addEventListener("change", () => this._count());
    hit.tick = tick;
    const from = [hit.session, hit.lang !== this._desk.lang && hit.lang].filter(Boolean);
    const go = button([...from, exact(hit.at)].join(" "), () => this._go(hit));
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
    if (hit.lang !== this._desk.lang) this._desk.show(hit.lang);
    this._desk.select(hit.cue);
    const { node } = this._desk.field;
    const found = hit.text.slice(hit.first, hit.last);
    const at = node.value === hit.text ? hit.first : node.value.indexOf(found); // other words may be begun there
    if (at >= 0) node.setSelectionRange(at, at + found.length);
  }

  _count() {
    const ticked = this._hits.filter((hit) => hit.tick.checked).length;
    const told = `Replace ${ticked}${this._nothing ? " by nothing" : ""}`;
    byId("find-replace").textContent = this._replaces ? told : "Replace by nothing…";
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
      const { found, why } = await write(this._desk.feed, "/api/replace", { ...sought, ticks, session, hand }, { patience: LATE });
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

const place = ({ session, cue, first }) => `${session} ${cue} ${first}`;

const lines = (number) => `${number} ${number === 1 ? "line" : "lines"}`;
