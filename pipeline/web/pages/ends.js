// Where playback ends: at the end of the show, that of the recording, or for a while that of all there is so far.

/** Seconds before the end of a connection, or of all there is, at which the picture is held: two frames. */
export const BEFORE = 0.08;
/** Seconds without a move after which it is stuck. */
export const STUCK = 0.4;
/** Seconds before the end of all there is within which playback gets stuck, where sound or picture ends first. */
const NEAR = 0.5;

/** Seconds by which two places at which a stream stopped may differ and be one. */
const SAME = 1;

/** What somebody said of a stream that stopped without an end of its own: ended or dropped; "": nothing yet, or it goes on. */
export function answer({ source, room }) {
  const stopped = room?.stopped;
  return source?.state === "lost" && stopped && Math.abs(stopped.at - source.stream) < SAME ? stopped.do : "";
}

/** What was said of a stream that has come back since, ended or dropped; "": nothing, or it has not. */
export function outlived({ progress, room }) {
  const stopped = room?.stopped;
  return stopped && progress && progress.recorded > stopped.at + SAME ? stopped.do : "";
}

export class Ends {
  constructor(feed) {
    this._feed = feed;
    /** The ends that somebody went beyond, stream times. */
    this.beyond = [];
  }

  /** Somebody goes to `stream`. */
  moved(stream) {
    this.beyond = this._said.filter((end) => stream >= end);
  }

  /** The end of the show is reached, which may be long before that of the recording; `next`: what comes where the
   * picture breaks off here. It holds, whatever comes of the stream, until somebody takes it back. */
  show(stream, next = null) {
    if (next) return this.stopped(stream) || this._ahead.some((end) => next.stream >= end);
    return this._ahead.some((end) => stream >= end + (end === this._stopped ? NEAR : 0));
  }

  /** Somebody said of a stream that stopped at `stream` that it had ended. */
  stopped(stream) {
    return this._ahead.includes(this._stopped) && stream > this._stopped - SAME;
  }

  /** Nothing more comes at `stream`, after the `left` seconds that cannot be played. */
  recording(live, stream, left) {
    return (!live || this.stopped(stream)) && left < NEAR;
  }

  /** All there is has been played, and more may come; `left` seconds of it cannot be, for `still` nothing has moved. */
  soFar(live, left, still) {
    return live && (left < BEFORE || (left < NEAR && still > STUCK));
  }

  /** Where a stream stopped that had ended, as somebody said; null: nobody did. */
  get _stopped() {
    const { stopped } = this._feed.room;
    return stopped?.do === "ended" ? stopped.at : null;
  }

  /** The ends of the show that somebody said. */
  get _said() {
    return [this._feed.room.end, this._stopped].filter((end) => end !== null);
  }

  get _ahead() {
    return this._said.filter((end) => !this.beyond.includes(end));
  }
}
