// Picture and sound of the recording, for an editor: any place at once, a stretch alone, slower and faster at true pitch.
// All times are stream time; what is missing from the recording is jumped over.

import { StreamClock } from "./clock.js";
import { attach, frames, start } from "./source.js";

/** Seconds that it goes back by each time it is played on. */
const BACK = 1.5;
const SPEEDS = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5, 1.75, 2];

export class Player extends EventTarget {
  /** Tells "time" whenever it is another, and "state". Begins at stream time `place`. */
  constructor(video, place) {
    super();
    Object.assign(this, { _video: video, _place: place, _until: null, speed: 1 });
    /** Where it is to be, until it is there, and the frame that is seen; null: not known. */
    this._goal = this._frame = null;
    const { Hls } = window;
    /** Whether a picture or a sound can be played at all. */
    this.there = false;
    if (!Hls?.isSupported()) return;
    this._hls = attach(Hls, video, () => this._begin());
    this.clock = new StreamClock(this._hls, Hls);
    frames(video, (media) => this._shown(media));
    for (const kind of ["play", "pause", "seeked", "ratechange"]) video.addEventListener(kind, () => this._tell());
    const tick = () => (this._tick(), requestAnimationFrame(tick));
    tick();
  }

  /** Where it is. */
  get stream() {
    return this.there && this._goal === null ? this.clock.at(this._video.currentTime) : (this._goal ?? this._place);
  }

  /** ... of the frame that is seen, which is what an edge is set by. */
  get frame() {
    return this._frame ?? this.stream;
  }

  get playing() {
    return this.there && !this._video.paused;
  }

  /** Plays on, a little before where it was stopped; or stops. */
  toggle() {
    if (this.playing) return this.pause();
    this.play(this.stream - BACK);
  }

  play(from = this.stream, until = null) {
    if (!this.there) return;
    this.seek(Math.max(0, from));
    this._until = until;
    start(this._video);
  }

  pause() {
    this._until = null;
    this._video.pause();
  }

  seek(stream) {
    this._until = null;
    this._frame = null;
    this._place = Math.max(0, stream);
    if (this.there) {
      this._goal = this._place;
      this._video.currentTime = this.clock.aim(this._place);
    }
    this._tell();
  }

  move(seconds) {
    this.seek(this.stream + seconds);
  }

  /** The next slower or faster speed; 0: as it was spoken. */
  pace(by) {
    const at = SPEEDS.findIndex((speed) => speed >= this.speed);
    this.speed = by === 0 ? 1 : SPEEDS[Math.min(Math.max(0, at + by), SPEEDS.length - 1)];
    Object.assign(this._video, { playbackRate: this.speed, defaultPlaybackRate: this.speed, preservesPitch: true });
    return this.speed;
  }

  _begin() {
    this.there = true;
    this._goal = null;
    this._tell();
    return this.clock.aim(this._place) ?? 0;
  }

  _shown(media) {
    this._frame = this.clock.at(media);
  }

  _tick() {
    if (!this.there || this._video.seeking) return;
    this._goal = null;
    if (this._video.paused) return;
    if (this._until !== null && this.stream >= this._until) this.pause();
    this.dispatchEvent(new Event("time"));
  }

  _tell() {
    this.dispatchEvent(new Event("state"));
    this.dispatchEvent(new Event("time"));
  }
}
