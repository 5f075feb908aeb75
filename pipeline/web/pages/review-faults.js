// What is wrong with the whole track, by its profile, in its spelling, and speech that a deletion left without a line: how much is
// left, and where the next is.

import { button } from "./dom.js";
import { ask } from "./review-server.js";
import { settled, UNSETTLED } from "./review-settled.js";
import { WENT_ON } from "./review-turn.js";
import { byId } from "./page.js";
import { clock } from "./times.js";

/** Milliseconds after a change until it is asked for again. */
const AGAIN = 1500;
/** Places that are told at once. */
const PLACES = 3;
const [SPELLING, LEFT_OUT] = ["spelling", "left-out"];

export class Faults {
  constructor(desk) {
    /** Lines that were deleted where somebody speaks and nothing else stands, by id, by time. */
    this.out = new Map();
    Object.assign(this, { _desk: desk, _found: [], _of: new Map(), _there: false, _failed: false, _asked: 0, _timer: null, _renewal: null });
    desk.edits.addEventListener("done", () => this._later());
    desk.feed.addEventListener("cue", () => this._there && this._later());
  }

  /** The rules that a line breaks, as it was when that was asked. */
  of(cue) {
    const known = this._of.get(cue.id);
    return known?.text === cue.text && known.start === cue.start && known.end === cue.end ? known.rules : NONE;
  }

  /** A line that was taken out while it was live, or deleted, by its id; null: none. */
  taken(id) {
    return this._desk.feed.killed.get(id) ?? this.out.get(id) ?? null;
  }

  /** The next or the last line that breaks one, as all lines now are. */
  async step(by) {
    const asked = this._fresh();
    const still = await this._desk.turn.still(asked);
    const why = (await asked) || (still ? "" : WENT_ON);
    if (why) return this._desk.tell(why, "refused");
    const { cues, lang, cue, out, stood } = this._desk;
    const at = cue ?? out ?? { start: stood, id: "" };
    const places = [...cues.track(lang).filter((one) => this.of(one).length), ...this.out.values()].sort(order);
    const others = places.filter(({ id }) => id !== at.id);
    const [after, before] = [others.find((one) => order(one, at) > 0), others.findLast((one) => order(one, at) < 0)];
    const next = by > 0 ? (after ?? others[0]) : (before ?? others.at(-1));
    if (next) this._desk.select(next.id);
    else if (places.length) this._desk.tell("No other line breaks a rule of the profile: this one does.");
    else this._desk.tell("No line breaks a rule of the profile.");
  }

  /** Asks once what was done is with the server: it looks at a file that is written twice before it reads it. */
  again() {
    for (const late of [AGAIN, 2 * AGAIN]) setTimeout(() => this.renew(), late);
  }

  /** Somebody said that a line which was deleted is not to stand there. */
  stays(id) {
    this.out.delete(id);
    this.draw();
    this.step(1);
  }

  /** What was changed is with the server, and it has answered about that; else why not. */
  async _fresh() {
    if (!(await settled(this._desk.edits))) return UNSETTLED;
    return this._timer || this._failed ? this.renew() : (this._renewal ?? this.renew());
  }

  /** Asks about all lines; why there is no answer, to this or to what was asked later: empty where there is one. */
  renew() {
    clearTimeout(this._timer);
    this._timer = null;
    return (this._renewal = this._ask());
  }

  async _ask() {
    const { lang, cues } = this._desk;
    const asked = ++this._asked;
    const { found, why } = await ask(`/api/faults?lang=${lang}`);
    if (asked !== this._asked) return this._renewal;
    this._failed = !found;
    if (!found) return why;
    this._there = true;
    this._found = found;
    this._of.clear();
    for (const { cue, rule } of found) {
      const now = cues.get(cue);
      if (!now) continue;
      if (!this._of.has(cue)) this._of.set(cue, { ...now, rules: [] });
      this._of.get(cue).rules.push(rule);
    }
    this.out = new Map(found.filter(({ rule, cue }) => rule === LEFT_OUT && !cues.get(cue)).map(({ line }) => [line.id, line]));
    this.draw();
    this._desk.list.soon();
    return "";
  }

  /** All that is wrong, of the line that is being written as it stands in the field. */
  get _left() {
    const { field, current, check, spelling } = this._desk;
    const found = this._found.filter(({ rule, cue }) => rule !== LEFT_OUT || this.out.has(cue));
    if (!field.changed) return found;
    const mine = [...check.rules, ...(spelling.any ? [SPELLING] : [])];
    return [...found.filter(({ cue }) => cue !== current), ...mine.map((rule) => ({ cue: current, rule }))];
  }

  /** What is wrong with lines, in words; empty: nothing. */
  get told() {
    const rules = this._left.map(({ rule }) => rule).filter((rule) => rule !== LEFT_OUT);
    const spelt = rules.filter((rule) => rule === SPELLING).length;
    const broken = rules.length - spelt;
    const faults = broken && `${many(broken, "fault", "faults")} by ${this._desk.limits.name}`;
    return [faults, spelt && `${many(spelt, "line", "lines")} misspelt`].filter(Boolean).join(", ");
  }

  /** What was said and has no line, in words, with its places; empty: nothing. */
  get unsaid() {
    const at = [...this.out.values()].map(({ start }) => clock(Math.floor(start)));
    const places = `${at.slice(0, PLACES).join(", ")}${at.length > PLACES ? "…" : ""}`;
    return at.length && `${many(at.length, "spoken sentence has", "spoken sentences have")} no line: ${places}`;
  }

  draw() {
    if (!this._there) return;
    const { size } = this.out;
    const told = [this.told, size && `${size} spoken without a line`].filter(Boolean).join(", ");
    const box = byId("faults");
    const text = told || `No fault by ${this._desk.limits.name}`;
    box.title = this.unsaid || "";
    if (box.textContent === text) return;
    box.replaceChildren(told ? button(told, () => this.step(1)) : text);
    this._desk.side.soon();
  }

  _later() {
    this._timer ??= setTimeout(() => this.renew(), AGAIN);
  }
}

const NONE = [];

const order = (one, other) => one.start - other.start || (one.id < other.id ? -1 : 1);

const many = (number, one, more) => `${number} ${number === 1 ? one : more}`;
