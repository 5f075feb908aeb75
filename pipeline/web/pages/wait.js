// A wait between two moments of stream time: for the picture to begin, or as long as a part of it is missing.

import { now } from "./page.js";

export class Wait {
  /** `spent` seconds of it have been waited already. */
  constructor(from, until, spent = 0) {
    this.from = from;
    this.until = until;
    this._since = now() - spent;
    this._spent = spent;
  }

  /** Time passes, unless it is `paused`. */
  tick(paused) {
    if (paused) this._since = now() - this._spent;
    else this._spent = now() - this._since;
  }

  /** Where it has come to: where live playback is `due`, or with null as much further as time has passed. */
  at(due) {
    return Math.min(Math.max(due ?? this.from + now() - this._since, this.from), this.until);
  }
}
