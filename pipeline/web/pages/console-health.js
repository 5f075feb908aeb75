// How the session does, in a row of figures, and what is wrong in sentences that say what to do.

import { answer } from "./ends.js";
import { keep, settings } from "./kept.js";

const EVERY = 2000;
const GB = 1e9;
/** Milliseconds without the page server before that is said. */
const AWAY = 1500;
/** Seconds of picture, and to work on a line, that are nearly none. */
const SHORT = 5;
const FEW = 2;
/** Warnings that are told at a time, the last first. */
const TOLD = 3;
/** What a person says of a stream that stopped: key, label, the key as it is shown. */
const ANSWERS = [["f", "It has ended", "F"], ["d", "It was dropped", "D"]];

const bad = (text, left = "") => ({ text, left, at: null, how: "bad" });

const clock = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

export class Health {
  constructor(feed, roomClock) {
    this._feed = feed;
    this._clock = roomClock;
    this._facts = null;
    this._awaySince = performance.now();
    feed.addEventListener("found", () => (this._awaySince = null));
    feed.addEventListener("lost", () => (this._awaySince = performance.now()));
    /** When the last warning was told that somebody has seen, Unix seconds. */
    this._seen = settings({ seen: 0 }).seen;
    this._look();
    setInterval(() => this._look(), EVERY);
  }

  get facts() {
    return this._facts;
  }

  async _look() {
    try {
      const answer = await fetch("/api/health", { signal: AbortSignal.timeout(EVERY) });
      if (answer.ok) this._facts = await answer.json();
    } catch {
      // the feed tells that the server is away
    }
  }

  /** (name, value, how bad: "", "warn" or "bad") of each figure. */
  get figures() {
    const facts = this._facts;
    if (!facts) return [["Server", this._feed.connected ? "there" : "away", this._feed.connected ? "" : "bad"]];
    const left = this._clock.left;
    const { free, hours } = facts.disk;
    const screens = this._feed.screens.length;
    return [
      ["Source", this._feed.ended ? "ended" : facts.source || "waiting", this._lost ? "bad" : ""],
      ["Picture left", left === null || this._feed.ended ? "-" : clock(left), this._lost ? (left < 10 ? "bad" : "warn") : ""],
      ["Lag", this._feed.ended ? "-" : `${facts.lag.toFixed(1)} s`, this._feed.ended ? "" : facts.lag > 15 ? "bad" : facts.lag > 8 ? "warn" : ""],
      ...facts.engines.map((one) => [`Engine: ${one.name}`, one.ok ? (one.seconds === null ? "ok" : `${one.seconds.toFixed(1)} s`) : "fails", one.ok ? "" : "warn"]),
      ["Disk", hours !== null ? `${hours > 99 ? "99+" : hours.toFixed(0)} h` : free === null ? "-" : `${(free / GB).toFixed(0)} GB`,
        hours !== null && hours < 1 ? "bad" : hours !== null && hours < 4 ? "warn" : ""],
      ["Screens", String(screens), screens || this._feed.ended ? "" : "warn"],
      ["Viewers", String(facts.viewers), ""],
    ];
  }

  get _lost() {
    return this._feed.source?.state === "lost" && !this._feed.ended;
  }

  /** What is wrong now, then what was told and nobody has seen: {text, left, at, how, keys}. How: bad, warn, or past, of a
   * session that has ended; `at`: when it was told, Unix seconds, null: it stands; `keys`: what to answer. */
  get troubles() {
    const how = this._feed.ended ? "past" : "warn";
    const told = this._unseen.reverse().map(({ at, text }) => ({ text, at, how }));
    const [before, last] = [told.length - TOLD, told[TOLD - 1]];
    if (before > 0) last.left = `and ${before} before`;
    return [...this._standing(), ...told.slice(0, TOLD)];
  }

  get _unseen() {
    return (this._facts?.warnings ?? []).filter((one) => one.at > this._seen);
  }

  /** All that was told until now has been seen. */
  seen() {
    this._seen = Math.max(this._seen, ...this._unseen.map((one) => one.at));
    keep({ seen: this._seen });
  }

  *_standing() {
    yield* this._stopped();
    const away = this._awaySince !== null && performance.now() - this._awaySince > AWAY;
    if (away) yield bad("The page server does not answer: the screens play on; what you do here is kept and done when it is back.");
    if (!this._facts) return;
    if (this._feed.session && !this._feed.ended) yield* this._running(this._facts);
    for (const screen of this._feed.screens) {
      if (!screen.sound) yield bad("A screen is mute: click on it once, the browser asks for that.");
      if (screen.state === "starved" && !this._lost) yield bad("A screen waits for the picture: check its network.");
    }
  }

  /** A stream that stopped without an end of its own: whether it had one only a person knows. */
  *_stopped() {
    if (this._feed.source?.state !== "lost") return;
    const left = this._feed.ended ? "" : `The room has ${clock(this._clock.left ?? 0)} of picture left.`;
    const said = answer(this._feed);
    const lost = this._feed.ended ? "The stream stopped and did not come back." : "The stream is lost: it is tried again by itself; check where it comes from.";
    if (said === "ended") yield { ...bad("The stream has ended, as was said here: the screens play to its last frame, then show the end. Z takes that back.", left), how: "warn" };
    else if (said) yield bad(lost, left);
    else yield { ...bad(`${lost} Has the show ended, or was it dropped?`, left), keys: ANSWERS };
  }

  /** What is wrong with a session that is to be running. */
  *_running(facts) {
    const { left, margin, time } = this._clock;
    const { end } = this._feed.room;
    if (!this._lost && left !== null && left < SHORT) yield bad("The picture is nearly used up: nothing new comes. Check where the stream comes from.", `The room has ${clock(left)} left.`);
    if (!this._feed.screens.length) yield bad("No screen is open: what stands here as shown is reckoned, and no room sees it. Open /screen on the projector.");
    if (end !== null && time !== null && time >= end) yield bad("The show is over: the screens show the end. Press Z to undo it, or I where it goes on.");
    if (margin !== null && margin < FEW) yield bad("Lines come only just before the room reads them, or too late: give the screens more delay with ].");
    if (!facts.running) yield bad("The session is not running: if it does not go on by itself, start it again with livesubs run --resume.");
    if (facts.lag > 15) yield bad(`What is said is heard ${facts.lag.toFixed(0)} s late: close other programs, or give the screens more delay.`);
    if (facts.engines.length && facts.engines.every((one) => !one.ok)) yield bad("Nothing is translated: no engine answers. Check the network; it is done later by itself.");
    if (facts.disk.hours !== null && facts.disk.hours < 1) yield bad("The disk is full in less than an hour: free some space.");
  }
}
