// What becomes of each line: as the screens tell it, and by the clock where there is none.

import { inTime } from "./lines.js";

/** Seconds after its beginning within which a screen may still tell that a line is on its wall. */
const SOON = 1.5;
/** Seconds for which a screen goes on telling what became of a line, from its beginning (lines.js). */
const LATELY = 30;
/** Seconds after its end within which the screens may still tell what became of a line. */
const SETTLED = 3;
/** Seconds after its end for which a line is reckoned to stand on an overlay that rolls. */
const ROLLS = 6;

export class Fates {
  /** `open.where(id)`: whether and where a line is open in an editor. */
  constructor(feed, clock, actions, open) {
    Object.assign(this, { _feed: feed, _clock: clock, _actions: actions, _open: open });
    this._came = new Map();
    this._told = new Map();
    feed.addEventListener("cue", (event) => this._arrived(event.detail));
    /** Stream time from which on nothing that the screens told has been missed here; Infinity: none tells anything. */
    this._from = Infinity;
    feed.addEventListener("lost", () => (this._from = Infinity));
    feed.addEventListener("screens", (event) => this._heard(event.detail));
  }

  /** Whether a line is on the wall of a screen. */
  on(id) {
    return this._feed.screens.some((screen) => screen.on.includes(id));
  }

  /** Its state, what stands in the place of its countdown, whether its moment is `over`, and whether it is `held`. */
  of(cue, time) {
    const held = this._actions.room.held.includes(cue.id);
    return { held, over: false, ...this._of(cue, time, held) };
  }

  _of(cue, time, held) {
    if (!this._feed.cues.has(cue.id)) return { state: "struck", count: "killed" };
    if (this._clock.live && time !== null) return out(cue, time);
    if (cue.start > time) this._told.delete(cue.id);  // somebody went back, and it is still to come
    const open = this._open.where(cue.id) && !this._shown(cue.id);
    if (time === null) return { state: held || open ? "held" : "coming", count: "" };
    if (cue.end <= time) return { ...this._past(cue, time, held), over: true };
    if (held || open) return this._kept(cue, time, held ? "held" : "open");
    if (cue.start > time && this._clock.ended) return { state: "waits", count: "after the end" };
    if (cue.start > time && this._clock.starved) return { state: "waits", count: "waits" };
    if (cue.start > time) return { state: "coming", count: (cue.start - time).toFixed(1) };
    if (this._clock.ended) return { ...this._past(cue, time, held), over: true };
    return this._now(cue, time);
  }

  _shown(id) {
    return this._told.get(id) === "shown";
  }

  /** Kept off the wall for now; not all of its time is left to let it go. */
  _kept(cue, time, why) {
    if (cue.start > time) return { state: "held", count: `${why} ${(cue.start - time).toFixed(0)}` };
    if (inTime(cue, time)) return { state: "held", count: `${why}, ${(cue.end - time).toFixed(0)} s left` };
    return { state: "missed", count: `${why}: not shown`, over: true };
  }

  _now(cue, time) {
    if (!this._feed.screens.length) return { state: "now", count: "no screen" };
    const likely = !this._clock.card && (this._from > cue.start || time - cue.start < SOON);
    return { state: "now", count: likely || this.on(cue.id) ? "on screen" : "not on screen" };
  }

  _past(cue, time, held) {
    if (this._shown(cue.id)) return { state: "past", count: "shown" };
    if (held) return { state: "missed", count: "held: not shown" };
    if (this._told.get(cue.id) === "missed") return { state: "missed", count: "missed its moment" };
    if (cue.start > this._from) return { state: "past", count: time - cue.end < SETTLED ? "over" : "not seen" };
    const came = this._came.get(cue.id);
    return came && !inTime(cue, came) ? { state: "missed", count: "came late" } : { state: "past", count: "over" };
  }

  _arrived(cue) {
    if (!this._came.has(cue.id)) this._came.set(cue.id, this._feed.ready ? this._clock.time : null);
  }

  _heard(screens) {
    const times = screens.map((screen) => screen.stream).filter((stream) => stream !== null);
    this._from = times.length ? Math.min(this._from, Math.min(...times) - LATELY) : Infinity;
    screens.forEach((screen) => this._note(screen));
  }

  /** A line that one screen showed was shown. */
  _note({ on, shown, missed }) {
    for (const id of missed) if (!this._shown(id)) this._told.set(id, "missed");
    for (const id of [...on, ...shown]) this._told.set(id, "shown");
  }
}

/** What becomes of a line where each is shown as it is said: there is no time to hold any. */
function out(cue, time) {
  const on = time - cue.end < ROLLS;
  return { state: on ? "now" : "past", count: on ? "on the overlay" : "over", over: true };
}
