// Tells the server what this screen shows, once a second and with each line, and keeps its place for when the page is loaded again.

import { ownName } from "./kept.js";
import { byId, now } from "./page.js";

const PLACE = "livesubs.place";
const ID = "livesubs.screen";
/** Seconds after which a page that is loaded again begins anew. */
const OLD = 600;
/** Moves that are remembered: the server tells the last two. */
const MOVES = 20;
/** Seconds between two reports while nothing changes. */
const EVERY = 1;
/** Milliseconds that a report may take: after a cut some connections are dead and say nothing, and a browser has six. */
const PATIENCE = 2000;

export class Report {
  constructor(screen) {
    this._screen = screen;
    this._id = ownName(ID);
    this._sent = { at: -EVERY, on: "", state: "" };
    this._busy = false;
    setInterval(() => this._look(), 100);
  }

  _look() {
    const [on, { state }] = [this._screen.on.join(), this._screen.playback];
    const known = on === this._sent.on && state === this._sent.state;
    if (this._busy || (known && now() - this._sent.at < EVERY)) return;
    this._sent = { at: now(), on, state };
    this._send();
  }

  /** One after the other. */
  async _send() {
    this._busy = true;
    const headers = { "content-type": "application/json" };
    try {
      const body = JSON.stringify(this._told());
      await fetch("/api/screens", { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      // the server is away; the next one is as good
    }
    this._busy = false;
  }

  _told() {
    const { playback, lines, skipped, on, lately, told } = this._screen;
    const { state, stream, delay, wanted, held, free, sound } = playback;
    const { asked, late } = held;
    const margin = held.margin(delay);
    const rate = byId("video").playbackRate;
    const rounded = Object.fromEntries(
      Object.entries({ stream, delay, wanted, margin, asked, late }).map(([name, value]) => [name, value && Math.round(value * 1000) / 1000]),
    );
    return { id: this._id, state, ...rounded, rate, follows: !free, skipped, lang: lines[0].lang, sound, card: told, on, ...lately };
  }
}

/** Notes where this screen is, and the ids of the moves that it has done. */
export function keep(feed, playback, moves) {
  const { stream, free, paused, ends } = playback;
  if (stream === null || !feed.session) return;
  const [of, at] = [feed.session.began_at, Date.now() / 1000];
  const place = { stream, free, paused, beyond: ends.beyond, moves: [...moves].slice(-MOVES), of, at };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
}

/** Has playback begin where this screen was, if that was of this session and not long ago; gives the moves that it had
 * done then, null if it is not so. */
export function restored(feed, playback) {
  const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
  if (!kept || kept.of !== feed.session?.began_at || Date.now() / 1000 - kept.at > OLD) return null;
  playback.restore(kept);
  return kept.moves;
}
