// When the line begins and ends, as figures that can be typed over: 12.3, 1:02.3, 0:01:02,300, or +0.2 and -0.2 for so much
// later and earlier.

import { isBy, retime, seconds } from "./review-timing.js";
import { byId } from "./page.js";
import { exact } from "./times.js";

const SIDES = { begins: "start", ends: "end" };

export class Times {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _cue: null });
    for (const box of this._boxes) {
      box.addEventListener("focus", () => box.select());
      box.addEventListener("blur", () => this._take(box));
      box.addEventListener("keydown", (event) => this._pressed(box, event));
    }
  }

  /** To where it begins. */
  open() {
    if (this._desk.cue) byId("begins").focus();
  }

  /** The times of the line, but for one that is being typed over; what was refused goes with the next change. */
  draw(cue) {
    const other = cue.id !== this._cue?.id;
    const changed = cue.rev !== this._cue?.rev;
    this._cue = cue;
    for (const box of this._boxes) {
      const now = exact(cue[SIDES[box.id]]);
      if (other || box.value === box.dataset.was || (changed && box.value === box.dataset.refused)) this._put(box, now);
      box.dataset.was = now;
      box.disabled = this._desk.cue === null;
    }
  }

  /** Something is typed there, and not done yet. */
  get changed() {
    return this._boxes.some((box) => box.value !== box.dataset.was);
  }

  /** What is typed there is done. */
  commit() {
    this._boxes.forEach((box) => this._take(box));
  }

  get _boxes() {
    return Object.keys(SIDES).map(byId);
  }

  /** Takes what was typed; whether that can be. */
  _take(box) {
    const { value } = box;
    const { was, refused } = box.dataset;
    if (value === was || !this._cue) return true;
    this._put(box, was);
    if (value === refused) return true; // that has been told, and is given up
    const [cue, side, time] = [this._desk.cues.get(this._cue.id), SIDES[box.id], seconds(value)];
    if (!cue) return true;
    if (Number.isNaN(time)) {
      this._desk.tell(`“${value}” is no time: write 12.3, 1:02.3, 0:01:02,300, or +0.2 for so much later.`, "refused");
      return false;
    }
    const meant = isBy(value) ? cue[side] + time : time;
    if (exact(meant) === was) return true;
    const done = retime(this._desk, cue, { [side]: meant });
    if (done && cue.id === this._desk.current) this._desk.look();
    return done;
  }

  /** Enter and Tab take it, Escape does not; what cannot be stays to be mended. */
  _pressed(box, event) {
    if (event.key === "Escape") this._put(box, box.dataset.was);
    else if (event.key !== "Enter" || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const typed = box.value;
    delete box.dataset.refused;
    if (this._take(box)) return this._desk.field.focus();
    this._put(box, (box.dataset.refused = typed));
    box.select();
  }

  _put(box, text) {
    if (box.value !== text) box.value = text;
  }
}
