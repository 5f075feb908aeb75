// How far behind live the picture is to be: what was asked for, or more while the lines need it.

import { Lateness, rate, wanted } from "./pace.js";
import { now } from "./page.js";

/** Media segments that the least delay holds. */
const SEGMENTS = 3;
/** Seconds without anything new after which the stream itself is late, and not its lines. */
const STALLED = 15;
/** Seconds after a cut in which lines come that it kept back. */
const SETTLES = 10;

export class Delay {
  /** `asked` seconds, null for the least there can be; `segment()` tells how long one is, `starved()` whether all there is
   * has been played. */
  constructor(feed, asked, segment, starved) {
    this._feed = feed;
    this._started = asked;
    this._segment = segment;
    this._starved = starved;
    this._cut = -Infinity;
    this._late = new Lateness();
    this._known = new Set();
    this._rate = 1;
    feed.addEventListener("cue", (event) => this._note(event.detail));
    setInterval(() => this._look(), 100);
  }

  /** Seconds that are held, or come back to. */
  get wanted() {
    return wanted(this.asked, this._late.need(now(), this._lag));
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

  /** Seconds of sound that wait for the recogniser; what is missing is none. */
  get _lag() {
    const { recorded, heard } = this._feed.progress ?? { recorded: 0, heard: 0 };
    const missing = this._feed.gaps.map(({ start, end }) => Math.max(0, Math.min(end, recorded) - Math.max(start, heard)));
    return missing.reduce((left, one) => left - one, recorded - heard);
  }

  /** Whether the stream stands still: what it keeps back is late, however quick the recogniser is. */
  _look() {
    const { source, progress, edge, ended } = this._feed;
    const late = !ended && progress && edge - progress.recorded > STALLED;
    if (source?.state === "lost" || late || this._starved()) this._cut = now();
  }

  /** A line that nobody knew before: how late it is, unless a cut kept it back. */
  _note(cue) {
    const { ready, ended, edge } = this._feed;
    const fresh = !this._known.has(cue.id);
    this._known.add(cue.id);
    const counts = ready && !ended && edge !== null && now() - this._cut > SETTLES;
    if (fresh && counts && !cue.flags.includes("typed")) this._late.note(cue.start, edge, now());
  }
}
