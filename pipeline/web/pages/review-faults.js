// What the profile says of the whole track: how much is left, and where the next fault is.

import { button } from "./dom.js";
import { ask } from "./review-server.js";
import { settled, UNSETTLED } from "./review-settled.js";
import { byId } from "./page.js";

/** Milliseconds after a change until it is asked for again. */
const AGAIN = 1500;

export class Faults {
  constructor(desk) {
    /** How many there are, when that was asked last. */
    this.count = 0;
    Object.assign(this, { _desk: desk, _of: new Map(), _there: false, _failed: false, _asked: 0, _timer: null, _renewal: null });
    desk.edits.addEventListener("done", () => this._later());
    desk.feed.addEventListener("cue", () => this._there && this._later());
  }

  /** The rules that a line breaks, as it was when that was asked. */
  of(cue) {
    const known = this._of.get(cue.id);
    return known?.text === cue.text && known.start === cue.start && known.end === cue.end ? known.rules : NONE;
  }

  /** The next or the last line that breaks one, as all lines now are. */
  async step(by) {
    const why = await this._fresh();
    if (why) return this._desk.tell(why, "refused");
    const track = this._desk.cues.track(this._desk.lang);
    const at = this._desk.current === null ? -1 : this._desk.cues.at(this._desk.current, this._desk.lang);
    const [before, after] = [track.slice(0, Math.max(0, at)), track.slice(at + 1)];
    const places = by > 0 ? [...after, ...before] : [...before.reverse(), ...after.reverse()];
    const next = places.find((cue) => this.of(cue).length);
    if (next) this._desk.select(next.id);
    else if (track[at] && this.of(track[at]).length) this._desk.tell("No other line breaks a rule of the profile: this one does.");
    else this._desk.tell("No line breaks a rule of the profile.");
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
    this._of.clear();
    for (const { cue, rule } of found) {
      const now = cues.get(cue);
      if (!now) continue;
      if (!this._of.has(cue)) this._of.set(cue, { ...now, rules: [] });
      this._of.get(cue).rules.push(rule);
    }
    this._draw(found.length);
    return "";
  }

  /** The same in words; empty: there is none. */
  get told() {
    return this.count ? `${this.count} ${this.count === 1 ? "fault" : "faults"} by ${this._desk.limits.name}` : "";
  }

  _draw(count) {
    this.count = count;
    const box = byId("faults");
    if (count) box.replaceChildren(button(this.told, () => this.step(1)));
    else box.replaceChildren(`No fault by ${this._desk.limits.name}`);
    this._desk.list.soon();
    this._desk.side.soon();
  }

  _later() {
    this._timer ??= setTimeout(() => this.renew(), AGAIN);
  }
}

const NONE = [];
