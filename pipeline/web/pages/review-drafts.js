// What is being typed and is no edit yet: on the server within a second, so that neither a crash nor a reload loses it. Each
// window has its own draft of a line. That of another one is only shown; once that is closed, whoever opens the line has it.

import { write } from "./review-server.js";
import { tidy } from "./review-shape.js";
import { keep, kept } from "./review-store.js";
import { connect, HERE, there, windows } from "./review-whose.js";

const PLACE = "livesubs.desk drafts";
/** Milliseconds after a key until a draft is sent; while somebody types on, it is sent as often. */
const SOON = 300;
const AGAIN = 700;

export class Drafts extends EventTarget {
  /** Tells "change", and "told" (the line) of what other windows do. */
  constructor(feed) {
    super();
    this._feed = feed;
    /** Under which this browser keeps those of the session; empty: it is not known yet which that is. */
    this._place = "";
    /** By line, then by window. */
    this._known = new Map();
    this._unsent = new Map();
    /** Drafts that have become an edit which is not on the server yet: {draft, rev}, as the server has them (null: it has none), and
     * the rev of the line that was edited. */
    this._turned = new Map();
    /** The draft of another window that the open line was opened with: {id, by}. */
    this._taken = null;
    /** Drafts that were told on the connection that there is now. */
    this._there = new Set();
    this._timer = null;
    this._busy = false;
    /** What the server has against one; empty: nothing, or it does not answer. */
    this.why = "";
    feed.addEventListener("draft", (event) => this._told(event.detail));
    feed.addEventListener("desks", (event) => connect(event.detail));
    feed.addEventListener("session", (event) => this._restore(event.detail.began_at));
    feed.addEventListener("found", () => this._there.clear());
    feed.addEventListener("ready", () => this._all());
    windows.addEventListener("change", () => this._tell(null));
  }

  /** This window's of a line; else the last of those that were begun in windows that are closed. */
  get(id) {
    const all = this._known.get(id);
    return all ? (all.get(HERE) ?? [...all.values()].findLast((draft) => !there(draft.by)) ?? null) : null;
  }

  /** Those that other windows are writing. */
  elsewhere(id) {
    return [...(this._known.get(id)?.values() ?? [])].filter(({ by }) => by !== HERE && there(by));
  }

  /** How many are not on the server yet. */
  get waiting() {
    return this._unsent.size;
  }

  /** The draft that a line is opened with: whatever is done to it, is done to that. */
  take(id) {
    const draft = this.get(id);
    this._taken = draft && draft.by !== HERE ? { id, by: draft.by } : null;
    return draft;
  }

  /** The text of a line as it is being typed. */
  keep(cue, text) {
    const draft = { lang: cue.lang, text, start: cue.start, end: cue.end, rev: cue.rev, by: HERE };
    this._set(cue.id, HERE, draft);
    this._unsent.set(key(cue.id, HERE), draft);
    for (const by of this._whole(cue.id)) if (by !== HERE) this._drop(cue.id, by); // it goes on in this one
    this._keep();
    this._soon();
  }

  /** There is none any more: it was put back. */
  drop(id) {
    for (const by of this._whole(id)) this._drop(id, by);
  }

  /** Those that windows left which are gone, and that are `over`: it sees to it that nothing of them is lost. */
  tidy(over) {
    for (const [id, all] of this._known) {
      for (const draft of [...all.values()]) if (!there(draft.by) && over(id, draft)) this._drop(id, draft.by);
    }
  }

  /** Those of the lines have become that edit, made by `by`, unless they say something else; gives what has to be called once it
   * is on the server, too. */
  become({ did, before, after }, by) {
    const cues = did === "text" ? after : [];
    const revs = new Map(before);
    const says = ({ id, text }, one) => tidy(this._known.get(id)?.get(one)?.text ?? text) === tidy(text);
    const turned = cues.flatMap((cue) => this._whole(cue.id, by).filter((one) => says(cue, one)).map((one) => [cue.id, one]));
    for (const [id, one] of turned) {
      const [known, place] = [this._known.get(id)?.get(one), key(id, one)];
      this._known.get(id)?.delete(one);
      if (this._unsent.get(place)) this._unsent.delete(place); // that one is gone has to be sent all the same
      this._turned.set(place, { draft: known ?? this._turned.get(place)?.draft ?? null, rev: revs.get(id) ?? 0 });
    }
    this._keep();
    return () => turned.forEach(([id, one]) => this._over(id, one));
  }

  /** Whose drafts of a line are one: that of `by`, which is here, and the one that it went on from. */
  _whole(id, by = HERE) {
    const taken = by === HERE && this._taken?.id === id ? [this._taken.by] : [];
    return [by, ...taken];
  }

  /** An edit that a draft became is on the server: the draft goes there, too. Of a window that is open it is as that one has
   * it: it may have gone on since. */
  _over(id, by) {
    const draft = this._turned.get(key(id, by))?.draft;
    this._turned.delete(key(id, by));
    if (!draft || this._known.get(id)?.has(by)) return;
    if (by === HERE || !there(by)) return this._gone(id, by);
    this._set(id, by, draft);
    this._tell(id);
  }

  _set(id, by, draft) {
    const all = this._known.get(id) ?? new Map();
    if (draft) all.set(by, draft);
    else all.delete(by);
    this._known.set(id, all);
  }

  _drop(id, by) {
    if (this._known.get(id)?.delete(by)) this._gone(id, by);
  }

  _gone(id, by) {
    this._unsent.set(key(id, by), null);
    this._keep();
    this._soon();
  }

  /** Sends what there is at once: the page is being left. */
  flush() {
    for (const [place, draft] of this._unsent) this._write(place, draft, true);
  }

  _soon(after = SOON) {
    this._timer ??= setTimeout(() => this._send(), after);
    this.dispatchEvent(new Event("change"));
  }

  async _send() {
    this._timer = null;
    if (this._busy) return this._soon();
    this._busy = true;
    let refused = "";
    for (const [place, draft] of [...this._unsent]) {
      const { found, why, status } = await this._write(place, draft);
      if (found && this._unsent.get(place) === draft) this._unsent.delete(place);
      if (!found && !status) break; // no server: then this browser keeps them
      refused ||= why;
    }
    this.why = refused;
    this._busy = false;
    this._keep();
    if (this._unsent.size) this._soon(AGAIN);
    else this.dispatchEvent(new Event("change"));
  }

  _write(place, draft, keepalive = false) {
    const [id, by] = JSON.parse(place);
    const address = `/api/drafts/${encodeURIComponent(id)}`;
    if (draft) return write(this._feed, address, draft, { method: "PUT", keepalive });
    return write(this._feed, `${address}?by=${encodeURIComponent(by)}`, null, { method: "DELETE", keepalive });
  }

  _keep() {
    if (this._place) keep(this._place, [...this._unsent]);
  }

  /** What this browser had not sent when the page was closed. */
  _restore(session) {
    if (this._place) return;
    this._place = `${PLACE} ${session}`;
    for (const [place, draft] of kept(this._place)) {
      if (draft) this._set(...JSON.parse(place), draft);
      this._unsent.set(place, draft);
    }
    if (this._unsent.size) this._soon();
  }

  /** Of another window, or kept from before. */
  _told({ cue, by, draft }) {
    const place = key(cue, by);
    this._there.add(place);
    if (by === HERE && Boolean(this._known.get(cue)?.has(by)) === Boolean(draft)) return;
    if (this._unsent.has(place)) return;
    const turned = this._turned.get(place);
    if (draft && turned && draft.rev <= turned.rev) return void (turned.draft = draft); // a later one was begun on top of the edit
    if (draft && by === HERE) return this._gone(cue, by); // it came there after it was an edit, or given up
    this._set(cue, by, draft);
    this._tell(cue);
  }

  /** All that there are have been told: those of others that were not have gone while nobody was connected. */
  _all() {
    for (const [id, all] of this._known) {
      for (const by of [...all.keys()]) {
        const place = key(id, by);
        if (by !== HERE && !this._there.has(place) && !this._unsent.has(place)) all.delete(by), this._tell(id);
      }
    }
  }

  _tell(cue) {
    this.dispatchEvent(new CustomEvent("told", { detail: cue }));
    this.dispatchEvent(new Event("change"));
  }
}

const key = (id, by) => JSON.stringify([id, by]);
