// How far the screen is, for the lines that come with it.

import { now } from "./page.js";

/** Seconds before the place at which the stream stopped from which on that is said. */
const SOON = 1;
/** States of a screen in which it shows the show. */
const SHOWS = ["playing", "paused", "gap", "starved"];

export class ScreenClock {
  #at = 0;

  /** `delay`: seconds that the screens were started with, null for as few as can be. */
  constructor(feed, delay) {
    this.feed = feed;
    this.delay = delay;
    feed.addEventListener("screens", () => (this.#at = now()));
  }

  /** Stream time that the screen shows; without one, what it would show; Infinity: nothing is held back. */
  get position() {
    const shows = this.feed.screens.find((screen) => SHOWS.includes(screen.state) && screen.stream !== null);
    if (shows) return shows.stream + (shows.state === "playing" ? now() - this.#at : 0);
    const delay = this.feed.room.delay ?? this.delay;
    return this.feed.ended || delay === null || this.feed.edge === null ? Infinity : this.feed.edge - delay;
  }

  /** Whether the screen has come to where the stream stopped; `early`: whether it has stopped. */
  stopped(early) {
    const { source, ended } = this.feed;
    return source?.state === "lost" && !ended && (early || this.position >= source.stream - SOON);
  }
}
