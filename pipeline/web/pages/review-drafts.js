// What is being typed and is no edit yet: on the server within a second, so that neither a crash nor a reload loses it.

import { keep, kept, WINDOW } from "./review-store.js";

const PLACE = "livesubs.desk drafts";
/** Milliseconds after a key until a draft is sent; while somebody types on, it is sent as often. */
const SOON = 300;
const AGAIN = 700;

export class Drafts extends EventTarget {
  constructor(feed) {
    super();
    this._known = new Map();
    this._unsent = new Map();
    /** Lines with an edit that is not on the server yet, `by` which window, and whether a draft of them is `there`. */
    this._turned = new Map();
    this._timer = null;
    this._busy = false;
    feed.addEventListener("draft", (event) => this._told(event.detail));
    feed.addEventListener("session", (event) => this._restore(event.detail.began_at));
  }

  get(id) {
    return this._known.get(id) ?? null;
  }

  /** How many are not on the server yet. */
  get waiting() {
    return this._unsent.size;
  }

  /** The text of a line as it is being typed. */
  keep(cue, text) {
    const draft = { lang: cue.lang, text, start: cue.start, end: cue.end, rev: cue.rev, by: WINDOW };
    this._known.set(cue.id, draft);
    this._unsent.set(cue.id, draft);
    this._soon();
  }

  /** There is none any more: it was put back. */
  drop(id) {
    if (this._known.delete(id)) this._gone(id);
  }

  /** Those that are `old` go: a browser that is killed may have kept one that had become an edit. */
  tidy(old) {
    for (const [id, draft] of [...this._known]) if (old(id, draft)) this.drop(id);
  }

  /** Those of the lines have become an edit, made by `by`; gives what has to be called once that is on the server, too. */
  become(ids, by) {
    for (const id of ids) {
      const there = this._known.delete(id);
      this._unsent.delete(id);
      this._turned.set(id, { by, there: there || this._turned.get(id)?.there });
    }
    this._keep();
    return () => ids.forEach((id) => this._over(id));
  }

  /** An edit that a draft became is on the server: the draft goes there, too. */
  _over(id) {
    const turned = this._turned.get(id);
    this._turned.delete(id);
    if (turned?.there && !this._known.has(id)) this._gone(id);
  }

  _gone(id) {
    this._unsent.set(id, null);
    this._soon();
  }

  /** Sends what there is at once: the page is being left. */
  flush() {
    for (const [id, draft] of this._unsent) ask(id, draft, true);
  }

  _soon(after = SOON) {
    this._timer ??= setTimeout(() => this._send(), after);
    this.dispatchEvent(new Event("change"));
  }

  async _send() {
    this._timer = null;
    if (this._busy) return this._soon();
    this._busy = true;
    for (const [id, draft] of [...this._unsent]) {
      if (!(await ask(id, draft))) break; // no server: then this browser keeps them
      if (this._unsent.get(id) === draft) this._unsent.delete(id);
    }
    this._busy = false;
    this._keep();
    if (this._unsent.size) this._soon(AGAIN);
    else this.dispatchEvent(new Event("change"));
  }

  _keep() {
    if (this._place) keep(this._place, [...this._unsent]);
  }

  /** What this browser had not sent when the page was closed. */
  _restore(session) {
    if (this._place) return;
    this._place = `${PLACE} ${session}`;
    for (const [id, draft] of kept(this._place)) {
      if (draft) this._known.set(id, draft);
      this._unsent.set(id, draft);
    }
    if (this._unsent.size) this._soon();
  }

  /** Of another window, or kept from before. */
  _told({ cue, by, draft }) {
    if (by === WINDOW && this._known.has(cue) === Boolean(draft)) return;
    if (this._unsent.has(cue)) return;
    const turned = this._turned.get(cue);
    if (draft && turned?.by === by) return void (turned.there = true);
    if (draft && by === WINDOW) return this._gone(cue); // it came there after it was an edit, or given up
    if (draft) this._known.set(cue, draft);
    else this._known.delete(cue);
    this.dispatchEvent(new CustomEvent("told", { detail: cue }));
    this.dispatchEvent(new Event("change"));
  }
}

async function ask(id, draft, keepalive = false) {
  try {
    const answer = await fetch(`/api/drafts/${encodeURIComponent(id)}`, {
      method: draft ? "PUT" : "DELETE",
      headers: { "content-type": "application/json" },
      ...(draft && { body: JSON.stringify(draft) }),
      keepalive,
    });
    return answer.status < 500;
  } catch {
    return false;
  }
}
