// How far the screen is, for the lines that come with it.

import { card } from "./cards.js";
import { now } from "./page.js";

/** Seconds before the place at which the stream stopped from which on that is said. */
const SOON = 1;
/** States of a screen in which it shows the show. */
const SHOWS = ["playing", "paused", "gap", "starved"];

/** ... and those in which it has a card instead of the picture, which goes on by itself. */
const WAITS = ["gap", "starved"];

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
    const shows = this.#shows;
    if (shows) return shows.stream + (shows.state === "playing" ? now() - this.#at : 0);
    const delay = this.feed.room.delay ?? this.delay;
    return this.feed.ended || delay === null || this.feed.edge === null ? Infinity : this.feed.edge - delay;
  }

  /** What the room is told while the picture waits, as it stands on the wall, or would; "": it does not wait. */
  get waits() {
    const [{ feed, position }, shows] = [this, this.#shows];
    if (shows) return WAITS.includes(shows.state) ? (shows.card.split("\n")[1] ?? "") : "";
    if (position === Infinity || feed.ended) return "";
    const gap = feed.gaps.find((one) => one.start <= position && position < one.end);
    if (gap) return card({ state: "gap", wait: { left: gap.end - position }, feed }).text;
    return position > feed.progress.recorded + SOON ? card({ state: "starved", feed }).text : "";
  }

  /** The screen that shows the show; undefined: none does. */
  get #shows() {
    return this.feed.screens.find((screen) => SHOWS.includes(screen.state) && screen.stream !== null);
  }

  /** Whether the screen has come to where the stream stopped; `early`: whether it has stopped. */
  stopped(early) {
    const { source, ended } = this.feed;
    return source?.state === "lost" && !ended && (early || this.position >= source.stream - SOON);
  }
}
