// Stream time of media time, and back.
//
// Within a connection stream time is what the segments' own time stamps say, counted from the connection's place: hls.js
// tells by how much it shifted them (INIT_PTS_FOUND), the programme date-time of a connection's first segment is its
// place. Where that is not known yet, the programme date-time of each segment does, to some hundredths of a second.

import { BEFORE } from "./ends.js";

/** Seconds missing that are not worth a wait. */
const SHORT = 0.3;
/** Seconds before the end of all there is that is gone to at most. */
const LAST = 0.2;
/** Programme date-time of stream time 0, as the server has it. */
const EPOCH = Date.UTC(2000, 0, 1) / 1000;
/** Seconds by which the two ways may differ; more, and the time stamps are not what they should be. */
const AGREE = 0.5;
/** ... under which two media times are one. */
const SAME = 0.001;
const FIRST = /-00000\.ts$/;
/** MPEG time stamps begin anew after so many. */
const WRAP = 2 ** 33;

export class StreamClock {
  constructor(hls, Hls) {
    this._hls = hls;
    this._shifts = new Map();
    this._of = this._aimed = null;
    hls.on(Hls.Events.INIT_PTS_FOUND, (_, { frag, initPTS, timescale }) => {
      this._shifts.set(frag.cc, signed(initPTS) / timescale);
      this._correct();
    });
  }

  get details() {
    const details = this._hls.levels?.[0]?.details;
    return details?.fragments.length ? details : null;
  }

  /** The stream time of a media time; null before there is a playlist. */
  at(media) {
    const details = this.details;
    if (!details) return null;
    const run = this._run(media);
    const exact = this._offset(run) + media;
    const fragment = details.fragments[last(details.fragments, (one) => one.start <= media + 0.001)];
    const roughly = said(fragment) + media - fragment.start;
    return Math.abs(exact - roughly) < AGREE ? exact : roughly;
  }

  /** The media time at which a stream time is shown, or what comes next after it; null before there is a playlist. */
  media(stream) {
    const details = this.details;
    if (!details) return null;
    const index = last(details.fragments, (one) => said(one) <= stream + 0.001);
    const fragment = details.fragments[index];
    const within = stream - said(fragment);
    if (within > fragment.duration + 0.1) return details.fragments[Math.min(index + 1, details.fragments.length - 1)].start;
    const exact = stream - this._offset(this._run(fragment.start));
    const roughly = fragment.start + Math.max(0, within);
    return Math.max(0, Math.abs(exact - roughly) < AGREE ? exact : roughly);
  }

  /** The media time to go to for a stream time: where that could only be told roughly, the video that still stands there
   * is moved once the shift is known. */
  aim(stream) {
    const media = this.media(stream);
    this._aimed = { stream, media };
    return media;
  }

  _correct() {
    const video = this._hls.media;
    if (!video || !this._aimed || !(Math.abs(video.currentTime - this._aimed.media) < SAME)) return;
    const { media } = this._aimed;
    if (Math.abs(this.aim(this._aimed.stream) - media) >= SAME) video.currentTime = this._aimed.media;
  }

  /** Where the connection that is played at `media` ends and the next one begins: the media time of that, its stream
   * time, and how many seconds are missing between the two; null if there is none yet. */
  next(media) {
    const { fragments } = this.details;
    const run = this._runs()[this._runs().indexOf(this._run(media)) + 1];
    if (!run) return null;
    const [before, after] = [fragments[run.first - 1], fragments[run.first]];
    return { media: after.start, stream: said(after), gap: said(after) - said(before) - before.duration };
  }

  /** What comes next where a part of the stream is missing at `media`, unless that was waited for and `passed`; null: none
   * is. */
  missing(media, passed) {
    const next = this.next(media);
    return next && next.media !== passed && next.gap > SHORT && media >= next.media - BEFORE ? next : null;
  }

  /** The end of what there is: media and stream time. */
  get end() {
    const fragment = this.details.fragments.at(-1);
    return { media: fragment.start + fragment.duration, stream: said(fragment) + fragment.duration };
  }

  get begin() {
    return said(this.details.fragments[0]);
  }

  /** The stream time nearest to one that there is a picture of. */
  within(stream) {
    return Math.max(this.begin, Math.min(stream, this.end.stream - LAST));
  }

  /** What has to be added to a media time of that connection; NaN while that is not known. */
  _offset(run) {
    return run.place + (this._shifts.get(run.cc) ?? NaN);
  }

  _run(media) {
    const { fragments } = this.details;
    const runs = this._runs();
    return runs[last(runs, (run) => fragments[run.first].start <= media + 0.001)];
  }

  /** The connections of the playlist, reckoned once for each that is loaded. */
  _runs() {
    const { details } = this;
    if (this._of !== details) {
      this._of = details;
      this._known = [];
      details.fragments.forEach((fragment, index) => {
        if (this._known.at(-1)?.cc === fragment.cc) return;
        const place = FIRST.test(fragment.relurl) ? said(fragment) : NaN;
        this._known.push({ cc: fragment.cc, first: index, place });
      });
    }
    return this._known;
  }
}

/** Time stamps as they were counted: one a little below 0, as sound before the first picture has, is written as one a
 * little below where they begin anew. */
function signed(ticks) {
  return ticks > WRAP / 2 ? ticks - WRAP : ticks;
}

/** When a segment says that it is, stream time. */
function said(fragment) {
  return fragment.programDateTime / 1000 - EPOCH;
}

/** The index of the last item that `fits`, where those that fit come first; 0 if none does. */
function last(items, fits) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(items[middle])) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
