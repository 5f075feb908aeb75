// How the session does, in a row of figures, and what is wrong in sentences that say what to do.

import { hand, UNDO } from "./console-hand.js";
import { Slow } from "./console-slow.js";
import { remaining, stopped } from "./console-stopped.js";
import { clock, stamp } from "./times.js";
import { keep, settings } from "./kept.js";

const EVERY = 2000;
const GB = 1e9;
/** Milliseconds without the page server before that is said; after which it is not started again by whoever did that. */
const AWAY = 1500;
const DEAD = 10_000;
/** Seconds of picture, and to work on a line, that are nearly none. */
const SHORT = 5;
const FEW = 2;
/** Seconds by which what is said is heard too late, and hours to which the disk is nearly full. */
const LATE = 15;
const FULL = 1;
/** Warnings that are told at a time, the last first, and seconds for which it is told that one is over. */
const TOLD = 3;
const OVER = 60;
/** Seconds without a word from a session that runs; those after which one that died does not go on by itself. */
const QUIET = 20;
const GONE = 45;

const bad = (text, left = "") => ({ text, left, at: null, how: "bad" });

export class Health {
  constructor(feed, roomClock) {
    this._feed = feed;
    this._clock = roomClock;
    this._slow = new Slow(feed);
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
      if (!answer.ok) return;
      this._facts = await answer.json();
      this._clock.early = this._facts.early;
    } catch {
      // the feed tells that the server is away
    }
  }

  /** (name, value, how bad: "", "warn" or "bad") of each figure. */
  get figures() {
    const facts = this._facts;
    if (!facts) return [["Server", this._feed.connected ? "there" : "away", this._feed.connected ? "" : "bad"]];
    const screens = this._feed.screens.length;
    return [
      ["Source", ...this._source],
      ["Picture left", ...this._left],
      ["Lag", ...(this._feed.ended || this._away ? ["-", ""] : [`${facts.lag.toFixed(1)} s`, graded(facts.lag, 8, LATE)])],
      ...facts.engines.map((one) => [`Engine: ${one.name}`, ...engine(one)]),
      ["Disk", ...disk(facts.disk)],
      ["Screens", String(screens), screens || this._feed.ended || this._clock.live ? "" : "warn"],
      ["Phones, overlays", String(Math.max(0, facts.viewers - screens)), ""],  // each page but consoles and desks is a viewer
    ];
  }

  get _source() {
    if (this._feed.ended) return ["ended", ""];
    if (this._away) return ["unknown", "bad"];
    if (this._dead) return ["not read", "bad"];
    return [this._facts.source || "waiting", this._lost ? "bad" : ""];
  }

  get _left() {
    const { left, starved } = this._clock;
    const is = left === null || this._feed.ended ? "-" : starved ? "none" : clock(left);
    return [is, this._lost ? (left < 10 ? "bad" : "warn") : ""];
  }

  /** Milliseconds for which the page server has not answered, once that is worth a word; else 0. */
  get _away() {
    const away = this._awaySince === null ? 0 : performance.now() - this._awaySince;
    return away > AWAY ? away : 0;
  }

  get _lost() {
    return this._feed.source?.state === "lost" && !this._feed.ended;
  }

  get _dead() {
    return Boolean(this._feed.session && !this._feed.ended && !this._facts.running);
  }

  /** What is wrong now, then what was told and nobody has seen, what is over last: {text, left, at, over, how, keys, brief}.
   * How: bad, warn, good, or past, of what is over, of a session that has ended, or as it is to be; `at`: when it was told, Unix seconds,
   * null: it stands; `over`: since when it is over, null: it is not; `keys`: what to answer; `brief`: there is nothing to
   * do. */
  get troubles() {
    const how = (one) => (this._feed.ended || one.over ? "past" : "warn");
    const told = this._unseen.reverse().map((one) => ({ ...one, how: how(one) })).sort((a, b) => Boolean(a.over) - Boolean(b.over));
    const more = told.length - TOLD;
    if (more > 0) told[TOLD - 1].left = `(${more} earlier: under “What went wrong”)`;
    return [...this._standing(), ...told.slice(0, TOLD)];
  }

  /** All that was told lately, the last first, also what is over or was seen. */
  get history() {
    return [...(this._facts?.warnings ?? [])].reverse();
  }

  /** What is over goes by itself. */
  get _unseen() {
    const { warnings, now } = this._facts ?? { warnings: [] };
    return warnings.filter((one) => one.at > this._seen && (one.over === null || now - one.over < OVER));
  }

  /** All that was told until now has been seen. */
  seen() {
    this._seen = Math.max(this._seen, ...this._unseen.map((one) => one.at));
    keep({ seen: this._seen });
  }

  /** Nothing else is known while the server is away. */
  *_standing() {
    if (this._away) return yield this._alone;
    const facts = this._facts;
    yield* stopped(this._feed, this._clock, facts);
    yield* this._end();
    if (!facts) return;
    yield* this._session(facts);
    if (this._feed.session && !this._feed.ended) yield* this._running(facts);
    for (const screen of this._feed.screens) {
      if (!screen.sound) yield bad("A screen is mute: click on it once, the browser asks for that.");
      if (screen.state === "starved" && !this._lost) yield bad("A screen waits for the picture: check its network.");
    }
  }

  get _alone() {
    const text = "The page server does not answer: the screens play on, what you do is done when it is back.";
    return { ...bad(text + this._revival), brief: !this._revival };
  }

  /** What to type where the page server is not started again, because that is dead, too. */
  get _revival() {
    const resume = this._facts?.resume ?? "livesubs run --resume, and the session's folder";
    return this._away > DEAD && !this._feed.ended ? ` If the terminal is dead, too, type in another one: ${resume}` : "";
  }

  /** Somebody said where the show ends, and a screen is there or comes there, also after the session. */
  *_end() {
    const [{ end }, { time }] = [this._feed.room, this._clock];
    if (end === null || time === null || (this._feed.ended && !this._feed.screens.length)) return;
    if (time < end) {
      const text = `The show ends there, as was said here; ${UNDO()} takes that back.`;
      return yield { ...bad(text, `The room sees “The end” in ${clock(end - time)}.`), how: "warn" };
    }
    const on = hand("I", "“Starts here” under “More”");
    yield bad(`The show is over: the screens show the end. ${hand("Press Z", "“Undo”")} to undo it, or ${on} where it goes on.`);
  }

  /** One that should be writing and does not. */
  *_session({ running, written, now, resume }) {
    const { session, ended } = this._feed;
    const failed = ended?.reason === "failed";
    if (!session || (ended && !(failed && this._feed.source?.state !== "lost"))) return;  // a stream that did not come back is told
    const nothing = written ? `nothing is recorded since ${stamp(written, true)}` : "nothing is recorded yet";
    const on = failed || now - written > GONE ? `To go on, type in a terminal: ${resume}` :
      "It goes on by itself within half a minute, as a rule; else this says what to do.";
    if (!running) yield bad(`The session is not running: ${nothing}. ${on}`);
    else if (written && now - written > QUIET) yield bad(`The session says nothing, and ${nothing}: look at its terminal.`);
  }

  /** What is wrong with a session that is to be running. */
  *_running({ lag, engines, disk }) {
    yield* this._screens();
    if (lag > LATE) yield bad(`What is said is heard ${lag.toFixed(0)} s late: close other programs, or give the screens more delay.`);
    if (engines.length && engines.every((one) => !one.ok)) {
      yield bad("Nothing is translated: no engine answers. Check the network; it is done later by itself.");
    }
    if (disk.hours !== null && disk.hours < FULL) yield bad("The disk is full in less than an hour: free some space.");
  }

  /** ... and with what the room sees of it. */
  *_screens() {
    const { left, margin } = this._clock;
    if (!this._lost && left !== null && left < SHORT) {
      yield bad("The picture is nearly used up: nothing new comes. Check where the stream comes from.", remaining(this._clock));
    }
    if (this._clock.live) {
      const text = "The overlay shows each line as it is said: what you do to one here comes after that.";
      yield { ...bad(text), how: "past", brief: true };
    } else if (!this._feed.screens.length) {
      yield bad("No screen is open: what stands here as shown is reckoned, and no room sees it. Open /screen on the projector.");
    }
    const slow = this._slow.worst;
    const [catchUp, more] = [hand("C", "“Catch up” under “More”"), hand("]", "“+5 s” under “More”")];
    if (slow) {
      yield bad(`It cannot play fast enough: close other programs on its machine; ${catchUp} catches up.`,
        `A screen is ${Math.round(slow.delay)} s behind instead of ${Math.round(slow.wanted)}.`);
    }
    if (margin !== null && margin < FEW) {
      yield bad(`Lines come only just before the room reads them, or too late: give the screens more delay with ${more}.`);
    }
  }
}

/** How bad a figure is from which on it is one to look at, and then one to act on. */
const graded = (value, warn, bad) => (value > bad ? "bad" : value > warn ? "warn" : "");

const engine = ({ ok, seconds }) => (ok ? [seconds === null ? "ok" : `${seconds.toFixed(1)} s`, ""] : ["fails", "warn"]);

function disk({ free, hours }) {
  if (hours === null) return [free === null ? "-" : `${(free / GB).toFixed(0)} GB`, ""];
  return [`${hours > 99 ? "99+" : hours.toFixed(0)} h`, hours < FULL ? "bad" : hours < 4 ? "warn" : ""];
}
