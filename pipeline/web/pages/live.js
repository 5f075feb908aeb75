// Where playback is that follows the live edge: a delay behind it. Times are stream time, in seconds.

/** Seconds of picture that have to be there before it goes on. */
export const ENOUGH = 1;
/** Seconds away from the live delay that still count as being there. */
const THERE = 3;

export class Live {
  /** `held` is the delay, `details()` the playlist's; null before there is one. */
  constructor(feed, held, details) {
    Object.assign(this, { _feed: feed, _held: held, _details: details });
  }

  /** There is a live edge. */
  get on() {
    return Boolean(!this._feed.ended && this._feed.edge !== null && this._details()?.live);
  }

  /** Where playback is to be. */
  get due() {
    return this._feed.edge - this._held.wanted;
  }

  /** How far behind live `stream` is; null without a live edge. */
  behind(stream) {
    return stream === null || !this.on ? null : this._feed.edge - stream;
  }

  /** Whether that is as good as where playback is to be. */
  near(stream) {
    return this.on && Math.abs(this.due - stream) <= THERE;
  }

  /** Whether catching up from `stream` would show anything new, of all there is until `end`; while the stream comes it may also
   * go back, to a longer delay. */
  newer(stream, end, starved) {
    const lost = this._feed.source?.state === "lost";
    return Math.min(this.due, end) - stream >= ENOUGH || !(lost || starved);
  }
}
