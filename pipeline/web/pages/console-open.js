// Which lines are open in this console's editor: told to the server, so that no screen shows one half corrected.

import { ownName } from "./kept.js";
import { now } from "./page.js";

const ID = "livesubs.console";
/** Seconds between two signs of life; the server lets go of a line some seconds after the last. */
const EVERY = 1;
/** Seconds that a sign of life may take. */
const PATIENCE = 2;

export class Open {
  /** `ids()`: of the lines that are open, or whose correction is on its way. */
  constructor(feed, ids) {
    this._feed = feed;
    this._ids = ids;
    this._me = ownName(ID);
    this._told = { at: -EVERY, ids: "", done: true };
    this._busy = false;
    setInterval(() => this._look(), 50);
  }

  /** Whether a line is open: "here", "there" (on another console), or "". */
  where(id) {
    if (this._ids().includes(id)) return "here";
    return this._feed.opened.some((one) => one.cue === id && one.by !== this._me) ? "there" : "";
  }

  _look() {
    const cues = this._ids();
    const ids = cues.join();
    const { at, done } = this._told;
    const known = ids === this._told.ids && (now() - at < EVERY || (done && !ids));
    if (!known && !this._busy) this._send(cues, ids);
  }

  /** One after the other: what was closed is not open again by what came late. */
  async _send(cues, ids) {
    this._busy = true;
    this._told = { at: now(), ids, done: false };
    const body = JSON.stringify({ id: this._me, cues });
    try {
      this._told.done = (await fetch("/api/open", { method: "POST", body, signal: AbortSignal.timeout(PATIENCE * 1000) })).ok;
    } catch {
      // the server is away: it is told again
    }
    this._busy = false;
  }
}
