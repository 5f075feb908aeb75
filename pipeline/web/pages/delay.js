// How far behind live the picture is to be: what was asked for, or more while the lines need it.

import { Lateness, rate, wanted } from "./pace.js";
import { now } from "./page.js";

/** Media segments that the least delay holds. */
const SEGMENTS = 3;

export class Delay {
  /** `asked` seconds, null for the least there can be; `segment()` tells how long one is. */
  constructor(feed, asked, segment) {
    this._feed = feed;
    this._started = asked;
    this._segment = segment;
    this._late = new Lateness();
    this._known = new Set();
    this._rate = 1;
    feed.addEventListener("cue", (event) => this._note(event.detail));
  }

  /** Seconds that are held, or come back to. */
  get wanted() {
    const { recorded, heard } = this._feed.progress ?? { recorded: 0, heard: 0 };
    return wanted(this.asked, this._late.need(now(), recorded - heard));
  }

  /** Seconds that are held while the lines are in time. */
  get asked() {
    return this._feed.room.delay ?? this._started ?? SEGMENTS * this._segment();
  }

  /** Seconds behind live at which the lines of the last minute were just in time; null without any. */
  get late() {
    return this._late.worst(now());
  }

  /** Seconds by which the latest of the last minute's lines came before its moment, `delay` behind live. */
  margin(delay) {
    return this.late === null || delay === null ? null : delay - this.late;
  }

  /** The rate at which to play that far behind. */
  rate(delay) {
    this._rate = rate(delay, this.wanted, this._rate);
    return this._rate;
  }

  /** A line that nobody knew before: how late it is. */
  _note(cue) {
    const { ready, ended, edge } = this._feed;
    const fresh = !this._known.has(cue.id);
    this._known.add(cue.id);
    if (fresh && ready && !ended && edge !== null && !cue.flags.includes("typed")) this._late.note(cue.start, edge, now());
  }
}
