// Playback on the stream's own clock: a chosen delay behind live, or wherever somebody went; waits where a part is
// missing, and for what has not come yet.
//
// States: waiting (no recording yet), begins (it is not time yet), playing, paused, gap, starved (all there is has been
// played), ended. `free` playback does not follow the live edge.

import { StreamClock } from "./clock.js";
import { Lateness, rate, wanted } from "./pace.js";
import { attach } from "./source.js";

const { Hls } = window;
/** Media segments that the least delay holds. */
const SEGMENTS = 3;
/** Seconds before the end of a connection, or of all there is, at which the picture is held: two frames. */
const BEFORE = 0.08;
/** Seconds missing that are not worth a wait. */
const SHORT = 0.3;
/** Seconds of picture that have to be there before it goes on. */
const ENOUGH = 1;
/** Seconds away from the live delay that still count as being there. */
const THERE = 3;

const now = () => performance.now() / 1000;

export class Playback extends EventTarget {
  constructor(video, feed, delay) {
    super();
    this._video = video;
    this._feed = feed;
    this._asked = delay;
    this.state = "waiting";
    this.paused = this.free = false;
    this.sound = true;
    this._late = new Lateness();
    this._known = new Set();
    this._wait = null;
    this._passed = -1;
    this._rate = 1;
    this._open(null);
    feed.addEventListener("cue", (event) => this._note(event.detail));
    feed.addEventListener("resumed", () => this._reopen());
    setInterval(() => this.tick(), 100);
    this._frames();
  }

  /** The stream time of what is shown; null while nothing is. */
  get stream() {
    if (this.state === "waiting") return null;
    if (this._wait) return this._waited;
    return this.clock.at(this._shown ?? this._video.currentTime);
  }

  /** There is something to see, or to hear. */
  get drawn() {
    return this._shown !== null || this._video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  /** Seconds behind live; null without a live edge. */
  get delay() {
    return this.stream === null || !this._live ? null : this._feed.edge - this.stream;
  }

  /** The delay that is held, or come back to. */
  get wanted() {
    const { recorded, heard } = this._feed.progress ?? { recorded: 0, heard: 0 };
    return wanted(this._least, this._late.need(now(), recorded - heard));
  }

  /** Seconds by which the latest of the last minute's lines came before its moment; null without any. */
  get margin() {
    const worst = this._late.worst(now());
    return worst === null || this.delay === null ? null : this.delay - worst;
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
    if (!this.clock.details) return;
    const to = Math.max(this.clock.begin, Math.min(stream, this.clock.end.stream - 0.2));
    this.free = !this._live || Math.abs(this._feed.edge - to - this.wanted) > THERE;
    this._wait = this._shown = null;
    this._passed = -1;
    this._video.currentTime = this.clock.media(to);
    this.state = this.paused ? "paused" : "playing";
    this._go();
    this.dispatchEvent(new CustomEvent("moved", { detail: to }));
  }

  /** Back to the live delay, at once. */
  catchUp() {
    if (!this._live) return;
    this.paused = false;
    this.seek(this._feed.edge - this.wanted);
    this.free = false;
  }

  /** What a page that is loaded again needs to go on here. */
  get place() {
    return { stream: this.stream, free: this.free, paused: this.paused };
  }

  restore({ stream, free, paused }) {
    this._place = stream;
    this.free = free;
    this.paused = paused;
  }

  tick() {
    if (this.state === "waiting" || !this.clock.details) return;
    const media = this._video.currentTime;
    if (this._wait) this._keepWaiting();
    else if (this._over(media)) this._end();
    else if (this.state === "starved") this._look(media);
    else if (this.state === "playing") this._play(media);
    this._video.playbackRate = this._rate = this._pace();
    this.dispatchEvent(new Event("tick"));
  }

  get _live() {
    return Boolean(this._feed.session && !this._feed.ended && this._feed.edge !== null && this.clock.details?.live);
  }

  get _least() {
    const asked = this._feed.room.delay ?? this._asked;
    return asked ?? SEGMENTS * (this.clock.details?.targetduration ?? 2);
  }

  /** Where the wait has come to, in stream time. */
  get _waited() {
    const { since, from, until } = this._wait;
    const due = this._follows ? this._feed.edge - this.wanted : from + now() - since;
    return Math.min(Math.max(due, from), until);
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

  /** The media time to begin at. */
  _begin() {
    const { clock } = this;
    const first = this._feed.room.begin ?? clock.begin;
    const due = this._live ? this._feed.edge - this.wanted : first;
    const to = this._place ?? due;
    this.state = this.paused ? "paused" : "playing";
    if (to < clock.begin) this._hold("begins", to, clock.begin);
    else this._go();
    this.dispatchEvent(new CustomEvent("moved", { detail: Math.max(to, clock.begin) }));
    return clock.media(Math.max(to, clock.begin));
  }

  _frames() {
    this._video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (this.state !== "waiting" && this.clock.details) {
        this._shown = mediaTime;
        if (this.state === "playing") this._play(mediaTime);
        if (!this._wait) this.dispatchEvent(new Event("frame"));
      }
      this._frames();
    });
  }

  _play(media) {
    if (!this._video.videoWidth) this._shown = media;
    const next = this.clock.next(media);
    if (next && next.media !== this._passed && next.gap > SHORT && media >= next.media - BEFORE) {
      this._passed = next.media;
      this._hold("gap", next.stream - next.gap, next.stream);
    } else if (this.clock.details.live && this.clock.end.media - media < BEFORE) {
      this.state = "starved";
      this._video.pause();
    }
  }

  _hold(state, from, until) {
    this.state = state;
    this._video.pause();
    this._wait = { from, until, since: now() };
  }

  _keepWaiting() {
    if (this.paused) this._wait.since = now() - (this._wait.at ?? 0);
    else this._wait.at = now() - this._wait.since;
    if (this._waited < this._wait.until || this.paused) return;
    this._wait = null;
    this.state = "playing";
    this._go();
  }

  _look(media) {
    if (this.clock.end.media - media < ENOUGH) return;
    this.state = this.paused ? "paused" : "playing";
    this._play(media);
    if (this.state === "playing") this._go();
  }

  _over(media) {
    const near = this.clock.end.media - media < 2 * BEFORE;
    return this._video.ended || (!this.clock.details.live && near && this.state !== "playing") ||
      (this._feed.room.end !== null && !this.free && this.stream >= this._feed.room.end);
  }

  _end() {
    if (this.state === "ended") return;
    this.state = "ended";
    this._video.pause();
  }

  _pace() {
    return this._follows && this.state === "playing" ? rate(this.delay, this.wanted, this._rate) : 1;
  }

  /** A line that nobody knew before: how late it is. */
  _note(cue) {
    const fresh = !this._known.has(cue.id);
    this._known.add(cue.id);
    if (fresh && this._feed.ready && this._live && !cue.flags.includes("typed")) {
      this._late.note(cue.start, this._feed.edge, now());
    }
  }

  async _go() {
    if (this.paused || this._wait || this.state !== "playing") return;
    try {
      await this._video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError") return;
      this.sound = false;
      this._video.muted = true;
      await this._video.play().catch(() => {});
    }
  }

  /** Somebody touched the page: now the browser lets it be heard. */
  touched() {
    if (this.sound) return;
    this.sound = true;
    this._video.muted = false;
  }
}
