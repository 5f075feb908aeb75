// Playback on the stream's own clock: a chosen delay behind live, or wherever somebody went; waits where a part is
// missing, and for what has not come yet.
//
// States: waiting (no recording yet), begins (it is not time yet), playing, paused, gap, starved (all there is has been
// played), ended. `free` playback does not follow the live edge.

import { StreamClock } from "./clock.js";
import { Delay } from "./delay.js";
import { Ends, STUCK } from "./ends.js";
import { now } from "./page.js";
import { attach, frames, move, start } from "./source.js";
import { Wait } from "./wait.js";

const { Hls } = window;
/** Seconds of picture that have to be there before it goes on. */
const ENOUGH = 1;
/** Seconds before the end of all there is that is gone to at most. */
const LAST = 0.2;
/** Seconds away from the live delay that still count as being there. */
const THERE = 3;

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
    this._wait = null;
    this._passed = -1;
    /** Seconds for which nothing was there to play, since the last gap: that one has been waited for by so much. */
    this._starved = 0;
    this._moved = { media: -1, at: 0 };
    this._open(null);
    feed.addEventListener("resumed", () => this._reopen());
    setInterval(() => this.tick(), 100);
    frames(video, (media) => this._frame(media));
  }

  /** The stream time of what is shown; null while nothing is. */
  get stream() {
    if (this.state === "waiting") return null;
    if (this._wait) return this._waited;
    return this.clock.at(this._shown ?? this._video.currentTime);
  }

  /** There is something to see, or to hear, at `stream`; after a move the frame of before stands for a moment. */
  get drawn() {
    const heard = !this._video.videoWidth && this._video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    return this._shown !== null || heard;
  }

  /** Seconds behind live; null without a live edge. */
  get delay() {
    return this.stream === null || !this._live ? null : this._feed.edge - this.stream;
  }

  /** The delay that is held, or come back to. */
  get wanted() {
    return this.held.wanted;
  }

  /** Where it has ended, somebody said so. */
  get closed() {
    return this.ends.stopped(this.stream) || this.ends.show(this.stream, this.clock.missing(this._video.currentTime, this._passed));
  }

  /** Seconds for which there has been nothing more to play. */
  get starved() {
    return this.state === "starved" ? now() - this._moved.at : 0;
  }

  /** Where the wait leads to, and how many seconds it still takes; null when nothing is waited for. */
  get wait() {
    return this._wait && { until: this._wait.until, left: Math.max(0, this._wait.until - this._waited) };
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
    const to = Math.max(this.clock.begin, Math.min(stream, this.clock.end.stream - LAST));
    this.free = !this._live || Math.abs(this._feed.edge - to - this.wanted) > THERE;
    this._wait = this._shown = null;
    this._passed = -1;
    this._starved = 0;
    this.ends.moved(to);
    move(this._hls, this._video, this.clock.aim(to));
    this._goOn();
    this.dispatchEvent(new CustomEvent("moved", { detail: to }));
  }

  /** Back to the live delay, at once, if there is anything newer than what is shown; false: nothing is yet. */
  catchUp() {
    if (!this.clock.details) this.restore({ stream: null, free: false, paused: false, beyond: [] });
    if (!this._live) return true;
    const newer = this._newer;
    this.paused = false;
    if (newer) this.seek(this._feed.edge - this.wanted);
    else this.play();
    this.free = false;
    this.ends.beyond = [];
    return newer;
  }

  /** Whether catching up would show anything new; while the stream comes it may also go back, to a longer delay. */
  get _newer() {
    const to = this._feed.edge - this.wanted;
    const lost = this._feed.source?.state === "lost";
    return Math.min(to, this.clock.end.stream) - this.stream >= ENOUGH || !(lost || this.state === "starved");
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
    if (this._wait) this._keepWaiting();
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

  get _live() {
    return Boolean(!this._feed.ended && this._feed.edge !== null && this.clock.details?.live);
  }

  /** Where the wait has come to, in stream time. */
  get _waited() {
    return this._wait.at(this._due);
  }

  /** Where live playback is to be; null where it does not go by that. */
  get _due() {
    return this._follows ? this._feed.edge - this.wanted : null;
  }

  get _follows() {
    return this._live && !this.free;
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
    this._wait = null;
    this._open(at);
  }

  /** The media time to begin at; null while nobody knows yet how far live is. */
  _begin() {
    const { clock } = this;
    if (clock.details.live && this._feed.edge === null) return null;
    const due = this._live ? this._feed.edge - this.wanted : (this._feed.room.begin ?? clock.begin);
    const last = clock.end.stream;
    const to = this._place > last ? Math.max(clock.begin, last - LAST) : (this._place ?? due); // asked for before that was known
    this.state = this.ends.show(to) ? "ended" : this.paused ? "paused" : "playing";
    if (to < clock.begin) this._hold("begins", new Wait(to, clock.begin));
    else this._go();
    this.dispatchEvent(new CustomEvent("moved", { detail: Math.max(to, clock.begin) }));
    return clock.aim(Math.max(to, clock.begin));
  }

  _frame(media) {
    if (this.state === "waiting" || !this.clock.details) return;
    this._shown = media;
    if (this.state === "playing") this._play(media);
    if (!this._wait) this.dispatchEvent(new Event("frame"));
  }

  _play(media) {
    if (this._over(media)) return this._end();
    if (!this._video.videoWidth) this._shown = media;
    const next = this.clock.missing(media, this._passed);
    if (next) {
      this._passed = next.media;
      this._miss(next.stream - next.gap, next.stream);
    } else if (this.ends.soFar(this.clock.details.live, this.clock.end.media - media, now() - this._moved.at)) {
      this.state = "starved";
      this._video.pause();
    }
  }

  /** Nothing is in a gap: what was waited before it counts, and one that is over in live playback takes no time. */
  _miss(from, until) {
    const wait = new Wait(from, until, this._starved);
    this._starved = 0;
    if (wait.at(this._due) < until) this._hold("gap", wait);
  }

  _hold(state, wait) {
    this.state = state;
    this._video.pause();
    this._wait = wait;
  }

  _keepWaiting() {
    this._wait.tick(this.paused);
    if (this._waited < this._wait.until || this.paused) return;
    this._wait = this._shown = null;
    this._goOn();
  }

  _look(media) {
    if (this.clock.end.media - media < ENOUGH) return;
    this._starved += this.starved;
    this.state = this.paused ? "paused" : "playing";
    this._play(media);
    this._go();
  }

  _over(media) {
    const { details, end } = this.clock;
    const stuck = this.state === "starved" || this.state === "ended";
    const last = stuck && this.ends.recording(details.live, end.stream, end.media - media);
    const at = Math.max(this.stream, this.clock.at(media)); // the frame that stands may be the last of a connection
    return this._video.ended || last || this.ends.show(at, this.clock.missing(media, this._passed));
  }

  /** Until that is no longer so: the end of the show was put off, or somebody goes back. */
  _end() {
    this.state = "ended";
    this._video.pause();
  }

  _goOn() {
    this.state = this.paused ? "paused" : "playing";
    this._go();
  }

  async _go() {
    if (this.paused || this._wait || this.state !== "playing") return;
    this.sound = (await start(this._video)) && this.sound;
  }

  /** Somebody touched the page: now the browser lets it be heard. */
  touched() {
    if (this.sound) return;
    this.sound = true;
    this._video.muted = false;
  }
}
