// Which line is shown at a stream time, and which ones missed their moment.

/** Seconds, or the part of its own time, that a line must still have to be shown when it comes late. */
const LEFT = 1;
const PART = 0.5;
/** Lines that begin earlier than this before a moment are over by then. */
const LONGEST = 30;

export class Lines {
  /** The track `lang` of the feed; both may change. */
  constructor(feed, lang) {
    this._feed = feed;
    this.lang = lang;
    this.from = Infinity;
    this._shown = new Set();
    this._pardoned = new Set();
    this._skipped = new Set();
  }

  /** From here on what is not shown has been missed: playback was moved. What was shown before is still to come. */
  restart(stream) {
    this.from = stream;
    for (const cue of this._feed.track(this.lang)) if (cue.start >= stream) this._shown.delete(cue.id);
  }

  /** The one line of the frame at `stream`, null for none: the one that was typed last, else the one that began last. */
  at(stream) {
    const begun = [...this._near(stream)];
    const typed = begun.find((cue) => cue.flags.includes("typed"));
    const others = begun.filter((cue) => !cue.flags.includes("typed"));
    const chosen = [typed, ...others].find((cue) => cue && cue.end > stream && this._may(cue, stream)) ?? null;
    if (chosen) this._shown.add(chosen.id);
    return chosen;
  }

  /** How many lines whose moment passed until `stream` were not shown. */
  skipped(stream) {
    for (const cue of this._near(stream)) {
      const over = cue.end <= stream && cue.start >= this.from;
      if (over && !this._shown.has(cue.id) && !this._pardoned.has(cue.id)) this._skipped.add(cue.id);
    }
    return this._skipped.size;
  }

  /** Of the lines that began lately at `stream`, the ids of those that were shown and of those that missed their moment. */
  lately(stream) {
    const ids = [...this._near(stream)].map((cue) => cue.id);
    const shown = ids.filter((id) => this._shown.has(id));
    return { shown, missed: ids.filter((id) => this._skipped.has(id) && !this._shown.has(id)) };
  }

  /** The wall is kept empty on purpose: what would stand there at `stream` has not missed its moment. */
  pardon(stream) {
    for (const cue of this._near(stream)) if (cue.end > stream) this._pardoned.add(cue.id);
  }

  _may(cue, stream) {
    if (this._feed.room.held.includes(cue.id)) return false;
    if (this._shown.has(cue.id)) return true;
    if (this._feed.opened.some((one) => one.cue === cue.id)) return false;
    return this._pardoned.has(cue.id) || cue.start < this.from || inTime(cue, stream);
  }

  /** The lines that have begun by then, the last first. */
  *_near(stream) {
    const track = this._feed.track(this.lang);
    let index = after(track, stream);
    while (index-- > 0 && track[index].start > stream - LONGEST) yield track[index];
  }
}

/** Whether a line that comes at `stream` is still to be shown. */
export function inTime(cue, stream) {
  return cue.end - stream >= Math.min(LEFT, PART * (cue.end - cue.start));
}

/** The index of the first cue that begins after `stream`. */
export function after(track, stream) {
  let [low, high] = [0, track.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (track[middle].start <= stream) low = middle + 1;
    else high = middle;
  }
  return low;
}
