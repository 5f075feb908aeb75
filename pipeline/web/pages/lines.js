// Which line is shown at a stream time, and which ones missed their moment.

/** Seconds, or the part of its own time, that a line must still have when it comes too late to be shown at all. */
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
    this._skipped = new Set();
  }

  /** From here on what is not shown has been missed: playback was moved. */
  restart(stream) {
    this.from = stream;
  }

  /** The one line of the frame at `stream`, null for none: a typed one first, else the one that began last. */
  at(stream) {
    let chosen = null;
    for (const cue of this._near(stream)) {
      if (cue.start > stream || cue.end <= stream || !this._may(cue, stream)) continue;
      if (!chosen || rank(cue) >= rank(chosen)) chosen = cue;
    }
    if (chosen) this._shown.add(chosen.id);
    return chosen;
  }

  /** How many lines whose moment passed until `stream` were not shown. */
  skipped(stream) {
    for (const cue of this._near(stream)) {
      const over = cue.end <= stream && cue.start >= this.from;
      if (over && !this._shown.has(cue.id)) this._skipped.add(cue.id);
    }
    return this._skipped.size;
  }

  /** The wall is kept empty on purpose: what would stand there at `stream` has not missed its moment. */
  pardon(stream) {
    for (const cue of this._near(stream)) if (cue.end > stream) this._shown.add(cue.id);
  }

  _may(cue, stream) {
    if (this._feed.room.held.includes(cue.id)) return false;
    if (this._shown.has(cue.id) || cue.start < this.from) return true;
    return cue.end - stream >= Math.min(LEFT, PART * (cue.end - cue.start));
  }

  *_near(stream) {
    const track = this._feed.track(this.lang);
    let index = after(track, stream);
    while (index-- > 0 && track[index].start > stream - LONGEST) yield track[index];
  }
}

const rank = (cue) => (cue.flags.includes("typed") ? Infinity : cue.start);

/** The index of the first cue that begins after `stream`. */
function after(track, stream) {
  let [low, high] = [0, track.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (track[middle].start <= stream) low = middle + 1;
    else high = middle;
  }
  return low;
}
