// How the session does, in a row of figures, and what is wrong in sentences that say what to do.

const EVERY = 2000;
const GB = 1e9;
/** Milliseconds without the page server before that is said. */
const AWAY = 1500;
/** Seconds of picture, and to work on a line, that are nearly none. */
const SHORT = 5;
const FEW = 2;

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
    this._seen = new Set(JSON.parse(sessionStorage.getItem("seen") ?? "[]"));
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
      ["Lag", `${facts.lag.toFixed(1)} s`, facts.lag > 15 ? "bad" : facts.lag > 8 ? "warn" : ""],
      ...facts.engines.map((one) => [`Engine: ${one.name}`, one.ok ? (one.seconds === null ? "ok" : `${one.seconds.toFixed(1)} s`) : "fails", one.ok ? "" : "warn"]),
      ["Disk", hours !== null ? `${hours > 99 ? "99+" : hours.toFixed(0)} h` : free === null ? "-" : `${(free / GB).toFixed(0)} GB`,
        hours !== null && hours < 1 ? "bad" : hours !== null && hours < 4 ? "warn" : ""],
      ["Screens", String(screens), screens || this._feed.ended ? "" : "warn"],
      ["Viewers", String(facts.viewers), ""],
    ];
  }

  get _lost() {
    return this._facts?.source === "lost" && !this._feed.ended;
  }

  /** What is wrong now, then what was told and is not put away; {key, text, bad, at}. */
  get troubles() {
    const told = (this._facts?.warnings ?? []).map(({ at, text }) => ({ key: `${at} ${text}`, text, at, bad: false }));
    return [...this._standing(), ...told.reverse().filter((one) => !this._seen.has(one.key)).slice(0, 3)];
  }

  putAway(key) {
    this._seen.add(key);
    sessionStorage.setItem("seen", JSON.stringify([...this._seen].slice(-100)));
  }

  *_standing() {
    const bad = (text, left = "") => ({ key: "", text, left, at: null, bad: true });
    const facts = this._facts;
    if (this._awaySince !== null && performance.now() - this._awaySince > AWAY) yield bad("The page server does not answer: the screens play on; what you do here is kept and done when it is back.");
    if (!facts) return;
    const left = this._clock.left;
    if (this._lost) yield bad("The stream is lost: it is tried again by itself; check where it comes from.", `The room has ${clock(left ?? 0)} of picture left.`);
    else if (left !== null && left < SHORT && !this._feed.ended) yield bad("The picture is nearly used up: nothing new comes. Check where the stream comes from.", `The room has ${clock(left)} left.`);
    if (!this._feed.ended && this._feed.session && !this._feed.screens.length) yield bad("No screen is open: what stands here as shown is reckoned, and no room sees it. Open /screen on the projector.");
    const { end } = this._feed.room;
    if (end !== null && this._clock.time !== null && this._clock.time >= end) yield bad("The show is over: the screens show the end. Press Z to undo it, or I where it goes on.");
    const { margin } = this._clock;
    if (margin !== null && margin < FEW && !this._feed.ended) yield bad("Lines come only just before the room reads them, or too late: give the screens more delay with ].");
    if (!facts.running && !this._feed.ended && this._feed.session) yield bad("The session is not running: if it does not go on by itself, start it again with livesubs run --resume.");
    if (facts.lag > 15) yield bad(`What is said is heard ${facts.lag.toFixed(0)} s late: close other programs, or give the screens more delay.`);
    if (facts.engines.length && facts.engines.every((one) => !one.ok)) yield bad("Nothing is translated: no engine answers. Check the network; it is done later by itself.");
    if (facts.disk.hours !== null && facts.disk.hours < 1) yield bad("The disk is full in less than an hour: free some space.");
    for (const screen of this._feed.screens) {
      if (!screen.sound) yield bad("A screen is mute: click on it once, the browser asks for that.");
      if (screen.state === "starved" || screen.state === "lost") yield bad("A screen waits for the picture: check its network.");
    }
  }
}
