// What playback waits for: that the picture begins, and each part of it that is missing, once. Times are stream time.

import { Wait } from "./wait.js";

export class Missing {
  /** `due()`: where live playback is to be; null where it does not go by that. */
  constructor(due) {
    this._due = due;
    this.forget();
  }

  /** Nothing was waited for yet: it begins, or somebody goes elsewhere. */
  forget() {
    this._wait = null;
    /** The media time after the last part that was waited for. */
    this._passed = -1;
    /** Seconds for which nothing was there to play since: the next part has been waited for by so much. */
    this._starved = 0;
  }

  /** Something is waited for. */
  get waits() {
    return this._wait !== null;
  }

  /** Where the wait has come to. */
  get stream() {
    return this._wait.at(this._due());
  }

  /** Where it leads to, and how many seconds it still takes; null when nothing is waited for. */
  get wait() {
    return this._wait && { until: this._wait.until, left: Math.max(0, this._wait.until - this.stream) };
  }

  /** What comes where the picture breaks off at `media` and has not been waited for; null: nothing. */
  next(clock, media) {
    return clock.missing(media, this._passed);
  }

  /** It is not time yet: the picture begins at `until`. */
  before(from, until) {
    this._wait = new Wait(from, until);
  }

  /** Nothing was there to play for so many seconds. */
  starved(seconds) {
    this._starved += seconds;
  }

  /** What comes `next` is waited for, if it takes time: what was waited before it counts, and one that is over in live
   * playback takes none. */
  meet(next) {
    const wait = new Wait(next.stream - next.gap, next.stream, this._starved);
    this._passed = next.media;
    this._starved = 0;
    if (wait.at(this._due()) < next.stream) this._wait = wait;
    return this.waits;
  }

  /** Time passes, unless it is `paused`; whether the wait is over by that. */
  tick(paused) {
    this._wait.tick(paused);
    if (this.stream < this._wait.until || paused) return false;
    this._wait = null;
    return true;
  }

  /** What was waited for is not waited for any more. */
  stop() {
    this._wait = null;
  }
}
