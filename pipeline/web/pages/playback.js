// Playback on the stream's own clock: a chosen delay behind live, or wherever somebody went; waits where a part is
// missing, and for what has not come yet.
//
// States: waiting (no recording yet), begins (it is not time yet), playing, paused, gap, starved (all there is has been
// played), ended. `free` playback does not follow the live edge.

import { StreamClock } from "./clock.js";
import { Delay } from "./delay.js";
import { Ends, STUCK } from "./ends.js";
import { ENOUGH, Live } from "./live.js";
import { Missing } from "./missing.js";
import { now } from "./page.js";
import { attach, frames, move, start } from "./source.js";

const { Hls } = window;

export class Playback extends EventTarget {
  constructor(video, feed, delay) {
    super();
    this._video = video;
    this._feed = feed;
    this.state = "waiting";
    this.paused = this.free = false;
    this.sound = true;
    this.ends = new Ends(feed);
    this.held = new Delay(feed, delay, () => this.clock.details?.targetduration ?? 2, () => this.state === "starved");
    this._live = new Live(feed, this.held, () => this.clock.details);
    this._missing = new Missing(() => this._due);
    this._moved = { media: -1, at: 0 };
    this._open(null);
    feed.addEventListener("resumed", () => this._reopen());
    setInterval(() => this.tick(), 100);
    frames(video, (media) => this._frame(media));
  }

  /** The stream time of what is shown; null while nothing is. */
  get stream() {
    if (this.state === "waiting") return null;
    if (this._missing.waits) return this._missing.stream;
    return this.clock.at(this._shown ?? this._video.currentTime);
  }

  /** There is something to see, or to hear, at `stream`; after a move the frame of before stands for a moment. */
  get drawn() {
    const heard = !this._video.videoWidth && this._video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    return this._shown !== null || heard;
  }

  /** Seconds behind live; null without a live edge. */
  get delay() {
    return this._live.behind(this.stream);
  }

  /** The delay that is held, or come back to. */
  get wanted() {
    return this.held.wanted;
  }

  /** Where it has ended, somebody said so. */
  get closed() {
    return this.ends.stopped(this.stream) || this.ends.show(this.stream, this._next(this._video.currentTime));
  }

  /** Seconds for which there has been nothing more to play. */
  get starved() {
    return this.state === "starved" ? now() - this._moved.at : 0;
  }

  /** Where the wait leads to, and how many seconds it still takes; null when nothing is waited for. */
  get wait() {
    return this._missing.wait;
  }

  play() {
    this.paused = false;
    if (this.state === "paused") this.state = "playing";
    this._go();
  }

  pause() {
    this.paused = this.free = true;
    if (this.state === "playing") this.state = "paused";
    this._video.pause();
  }

  /** Goes to a stream time, and on from there. */
  seek(stream) {
    if (!this.clock.details) return this.restore({ stream, free: true, paused: this.paused, beyond: [] });
    const to = this.clock.within(stream);
    this.free = !this._live.near(to);
    this._shown = null;
    this._missing.forget();
    this.ends.moved(to);
    move(this._hls, this._video, this.clock.aim(to));
    this._goOn();
    this.dispatchEvent(new CustomEvent("moved", { detail: to }));
  }

  /** Back to the live delay, at once, if there is anything newer than what is shown; false: nothing is yet. */
  catchUp() {
    if (!this.clock.details) this.restore({ stream: null, free: false, paused: false, beyond: [] });
    if (!this._live.on) return true;
    const newer = this._live.newer(this.stream, this.clock.end.stream, this.state === "starved");
    this.paused = false;
    if (newer) this.seek(this._live.due);
    else this.play();
    this.free = false;
    this.ends.beyond = [];
    return newer;
  }

  /** Begins where a page was that is loaded again, or at a place that was asked for before there is a picture. */
  restore({ stream, free, paused, beyond }) {
    Object.assign(this, { _place: stream, free, paused });
    this.ends.beyond = [beyond].flat();
  }

  tick() {
    if (this.state === "waiting" || !this.clock.details) return;
    const media = this._video.currentTime;
    if (media !== this._moved.media) this._moved = { media, at: now() };
    this._settle(media);
    if (this._missing.waits) this._keepWaiting();
    else if (this._over(media)) this._end();
    else if (this.state === "ended") this._goOn();
    else if (this.state === "starved") this._look(media);
    else if (this.state === "playing") this._play(media);
    this._video.playbackRate = this._follows && this.state === "playing" ? this.held.rate(this.delay) : 1;
    this.dispatchEvent(new Event("tick"));
  }

  /** A browser that is busy, or draws nothing, may not tell of the one frame of a picture that stands. */
  _settle(media) {
    const stands = this.paused && !this._video.seeking && now() - this._moved.at > 2 * STUCK;
    if (this._shown === null && stands) this._shown = media;
  }

  /** Where live playback is to be; null where it does not go by that. */
  get _due() {
    return this._follows ? this._live.due : null;
  }

  get _follows() {
    return this._live.on && !this.free;
  }

  _open(stream) {
    this.state = "waiting";
    this._shown = null;
    this._place = stream;
    this._hls = attach(Hls, this._video, () => this._begin());
    this.clock = new StreamClock(this._hls, Hls);
  }

  /** A session that had ended goes on: its playlist is asked for again. */
  _reopen() {
    if (!this.clock.details || this.clock.details.live) return;
    const at = this.stream;
    this._hls.destroy();
    this._missing.stop();
    this._open(at);
  }

  /** The media time to begin at; null while nobody knows yet how far live is. */
  _begin() {
    const { clock } = this;
    if (clock.details.live && this._feed.edge === null) return null;
    const due = this._live.on ? this._live.due : (this._feed.room.begin ?? clock.begin);
    const to = this._place > clock.end.stream ? clock.within(this._place) : (this._place ?? due); // asked for before that was known
    this.state = this.ends.show(to) ? "ended" : this.paused ? "paused" : "playing";
    if (to < clock.begin) this._missing.before(to, clock.begin), this._hold("begins");
    else this._go();
    this.dispatchEvent(new CustomEvent("moved", { detail: Math.max(to, clock.begin) }));
    return clock.aim(Math.max(to, clock.begin));
  }

  _frame(media) {
    if (this.state === "waiting" || !this.clock.details) return;
    this._shown = media;
    if (this.state === "playing") this._play(media);
    if (!this._missing.waits) this.dispatchEvent(new Event("frame"));
  }

  _play(media) {
    if (this._over(media)) return this._end();
    if (!this._video.videoWidth) this._shown = media;
    const next = this._next(media);
    if (next) {
      if (this._missing.meet(next)) this._hold("gap");
    } else if (this.ends.soFar(this.clock.details.live, this.clock.end.media - media, now() - this._moved.at)) {
      this._hold("starved");
    }
  }

  /** What comes where the picture breaks off at `media`, if that is still to be waited for. */
  _next(media) {
    return this._missing.next(this.clock, media);
  }

  _hold(state) {
    this.state = state;
    this._video.pause();
  }

  _keepWaiting() {
    if (!this._missing.tick(this.paused)) return;
    this._shown = null;
    this._goOn();
  }

  _look(media) {
    if (this.clock.end.media - media < ENOUGH) return;
    this._missing.starved(this.starved);
    this.state = this.paused ? "paused" : "playing";
    this._play(media);
    this._go();
  }

  _over(media) {
    const { details, end } = this.clock;
    const stuck = this.state === "starved" || this.state === "ended";
    const last = stuck && this.ends.recording(details.live, end.stream, end.media - media);
    const at = Math.max(this.stream, this.clock.at(media)); // the frame that stands may be the last of a connection
    return this._video.ended || last || this.ends.show(at, this._next(media));
  }

  /** Until that is no longer so: the end of the show was put off, or somebody goes back. */
  _end() {
    this._hold("ended");
  }

  _goOn() {
    this.state = this.paused ? "paused" : "playing";
    this._go();
  }

  async _go() {
    if (this.paused || this._missing.waits || this.state !== "playing") return;
    this.sound = (await start(this._video)) && this.sound;
  }

  /** Somebody touched the page: now the browser lets it be heard. */
  touched() {
    if (this.sound) return;
    this.sound = true;
    this._video.muted = false;
  }
}
