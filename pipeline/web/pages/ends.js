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

export class Ends {
  constructor(feed) {
    this._feed = feed;
    /** The end of the show that somebody went beyond, stream time; null: nobody did. */
    this.beyond = null;
  }

  /** Somebody goes to `stream`. */
  moved(stream) {
    const { end } = this._feed.room;
    this.beyond = end !== null && stream >= end ? end : null;
  }

  /** The end of the show is reached, which may be long before that of the recording. */
  show(stream) {
    const { end } = this._feed.room;
    return end !== null && end !== this.beyond && stream >= end;
  }

  /** Nothing more comes after the `left` seconds that cannot be played. */
  recording(live, left) {
    return (!live || answer(this._feed) === "ended") && left < NEAR;
  }

  /** All there is has been played, and more may come; `left` seconds of it cannot be, for `still` nothing has moved. */
  soFar(live, left, still) {
    return live && (left < BEFORE || (left < NEAR && still > STUCK));
  }
}
