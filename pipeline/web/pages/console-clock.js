// What time it is in the room: the stream time of the frame that the screens show, or where they would be.

import { now } from "./page.js";

/** Reports of a screen that are remembered: the one that came quickest is the truest. */
const REMEMBERED = 10;
/** Seconds by which a screen may be off before it has jumped. */
const JUMP = 1.5;
/** Seconds by which a screen may be beyond the last that there is. */
const PAST = 1;
/** Seconds behind live where nobody says how many. */
const USUAL = 30;

export class RoomClock {
  constructor(feed) {
    this._feed = feed;
    this._delay = undefined;
    this._offsets = new Map();
    /** Overlays and phones that show each line as soon as it is ready. */
    this.early = 0;
    feed.addEventListener("screens", (event) => event.detail.forEach((screen) => this._note(screen)));
  }

  /** The delay that the server was started with; null for as little as can be. */
  set started(delay) {
    this._delay = delay;
  }

  get started() {
    return this._delay;
  }

  /** Seconds behind live that the screen ahead would keep if no line came late, and those that it keeps; undefined
   * without one. */
  get asked() {
    return this._lead?.asked;
  }

  get wanted() {
    return this._lead?.wanted;
  }

  /** Seconds that the latest of the last minute's lines took; null where nobody knows. */
  get late() {
    return this._lead?.late ?? null;
  }

  /** Whether the room is at the live edge: words are said one by one, and overlays or phones show them, but no screen. */
  get live() {
    return this._feed.session?.policy === "stream" && !this._feed.screens.length && this.early > 0;
  }

  /** Seconds behind live that the screens are to keep. */
  get delay() {
    return this._feed.room.delay ?? this._lead?.wanted ?? this._delay ?? USUAL;
  }

  /** Stream time in the room, null while nobody knows; the screen that is ahead counts. */
  get time() {
    const times = this._running.map((screen) => this._of(screen));
    if (times.length) return Math.max(...times);
    const edge = this._feed.edge;
    if (edge === null || this._delay === undefined) return null;
    return this.live ? edge : edge - this.delay;
  }

  /** Seconds behind live that the screen ahead is in truth; null without one. */
  get behind() {
    const [time, edge] = [this.time, this._feed.edge];
    if (this._lead?.delay != null && !this._feed.ended) return Math.max(0, this._lead.delay);
    return this._lead && time !== null && edge !== null ? Math.max(0, edge - time) : null;
  }

  /** Whether the screen ahead goes to its delay by itself. */
  get follows() {
    return Boolean(this._lead?.follows) && !this.paused;
  }

  /** Seconds by which the latest lines come before the room reads them; null while nobody knows, or none are read. */
  get margin() {
    return this._lead?.state === "playing" && this.follows ? (this._lead.margin ?? null) : null;
  }

  get paused() {
    return this._lead?.state === "paused";
  }

  /** What the screen ahead shows in the place of the picture: a title, and a text below it; "": the picture. */
  get card() {
    return this._lead?.card ?? "";
  }

  /** Whether the room has come beyond a stream time, and what comes after it plays there. */
  past(stream) {
    return this.time > stream + PAST && (!this._lead || (this._lead.state === "playing" && this.card === ""));
  }

  /** Whether that screen has played all there is. */
  get starved() {
    return this._lead?.state === "starved" && this.card !== "";
  }

  /** Whether no screen has anything newer to catch up with: they show the last there is, or the stream is lost and they
   * are where they would go. */
  get newest() {
    const { edge, source } = this._feed;
    const there = (screen) => source?.state === "lost" && screen.state === "playing" && this._of(screen) > edge - this.delay - PAST;
    return this._running.length > 0 && this._running.every((screen) => screen.state === "starved" || there(screen));
  }

  /** Whether it stands at an end: what comes after is not shown. */
  get ended() {
    return this._lead?.state === "ended";
  }

  /** Seconds of recording that the room still has if nothing comes any more; null: nobody knows, or it has no picture. */
  get left() {
    const time = this.time;
    return this.live || time === null || !this._feed.progress ? null : this._feed.progress.recorded - time;
  }

  get _running() {
    return this._feed.screens.filter((screen) => screen.stream !== null);
  }

  get _lead() {
    return this._running.reduce((first, one) => (first && first.stream >= one.stream ? first : one), null);
  }

  _of(screen) {
    const offsets = this._offsets.get(screen.id);
    return screen.state === "playing" && offsets ? Math.max(...offsets) + now() : screen.stream;
  }

  _note(screen) {
    if (screen.stream === null) return;
    const offset = screen.stream - now();
    const known = this._offsets.get(screen.id) ?? [];
    const jumped = screen.state !== "playing" || known.some((other) => Math.abs(other - offset) > JUMP);
    this._offsets.set(screen.id, jumped ? [offset] : [...known.slice(1 - REMEMBERED), offset]);
  }
}
