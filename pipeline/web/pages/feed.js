// What happens in the session, as the server tells it: one EventSource, kept up whatever the network does.
//
// Times are stream time, seconds. Listen for a kind of message by its name (cue, withdrawn, room, progress, gap, source,
// session, resumed, action, killed, end, screens, opened, edit, draft, desks: `event.detail` is the message), for "growing" (a line
// that is being said, word by word: it is among no cues yet), for "tail" (what was heard after it, and may change), for "ready" (all that is known has been told), for "lost" and "found" (the server), or for "change" (any of them). Where another session is
// served at the same address the page is loaded again: nothing of the one before belongs to it.

import { now } from "./page.js";

/** Seconds without a word after which the connection is made anew: the server gives a sign of life every three. */
const SILENT = 7;
/** Seconds between two tries. */
const PAUSE = 1;
const KINDS = ["session", "progress", "gap", "source", "room", "cue", "withdrawn", "action", "end", "resumed",
  "ready", "screens", "tail", "killed", "opened", "edit", "draft", "desks"];

export class Feed extends EventTarget {
  /** `lang`: one track alone; `screens`: what the screens show is told, too, once a second; a page that is no
   * console, but one of the viewers, says "too"; `tail`: words that may yet become others; `behind`: it does not show each
   * line as soon as it is ready; `desk`, what its window calls itself: edits, drafts and other windows are. */
  constructor({ lang = "", screens = false, tail = 0, behind = false, desk = "" } = {}) {
    super();
    this.cues = new Map();
    /** Lines that were taken out, each with the action that did it (`by`); only who may control is told. */
    this.killed = new Map();
    this.room = { blank: false, hidden: false, phones: false, place: "bottom", size: 1, volume: 1, delay: null, held: [], begin: null,
      end: null, stopped: null, moves: [] };
    /** Lines that are open in an editor: {cue, by}, the console. */
    this.opened = [];
    this.gaps = [];
    this.screens = [];
    this.session = this.progress = this.source = this.ended = null;
    this.ready = this.connected = false;
    /** All that is known has been told on the connection that there is now. */
    this.told = false;
    this._last = "";
    const told = screens === true ? "1" : screens;
    this._query = new URLSearchParams({
      ...(lang && { lang }), ...(told && { screens: told }), ...(tail && { tail }), ...(behind && { behind: 1 }), ...(desk && { desk }),
    });
    this._tracks = new Map();
    this._edge = null;
    this._open();
    setInterval(() => this._watch(), 1000);
  }

  /** The cues of one track, by time, those of one moment as they were told. */
  track(lang) {
    if (!this._tracks.has(lang)) {
      const found = [...this.cues.values()].filter((cue) => cue.lang === lang);
      this._tracks.set(lang, found.sort((a, b) => a.start - b.start));
    }
    return this._tracks.get(lang);
  }

  /** The stream time that arrives at this moment, also while none comes; null when nobody knows. */
  get edge() {
    if (!this.progress) return null;
    if (this.ended || this._edge === null) return this.progress.recorded;
    return Math.max(this.progress.recorded, now() - this._edge);
  }

  /** Whether it does not show each line as soon as it is ready; where that becomes another, the server knows at once. */
  set behind(behind) {
    if (Boolean(behind) === this._query.has("behind")) return;
    if (behind) this._query.set("behind", 1);
    else this._query.delete("behind");
    this._events.close();
    this.told = false;
    this._open();
  }

  _open() {
    this._heard = now();
    if (this._last) this._query.set("since", this._last);
    this._events = new EventSource(`/api/cues?${this._query}`);
    for (const kind of KINDS) this._events.addEventListener(kind, (event) => this._take(kind, event));
    this._events.addEventListener("ping", () => (this._heard = now()));
    this._events.onopen = () => {
      this._ends = false;
      this._full = new Set();
      this._connection(true);
    };
    this._events.onerror = () => this._connection(false);
  }

  /** A connection that is closed for good, or says nothing, is made anew, from the last line on that is known. */
  _watch() {
    const quiet = now() - this._heard;
    const closed = this._events.readyState === EventSource.CLOSED;
    if ((closed && quiet > PAUSE) || quiet > SILENT) {
      this._events.close();
      this._connection(false);
      this._open();
    }
  }

  _connection(there) {
    if (there === this.connected) return;
    this.connected = there;
    this.told = false;
    this._tell(there ? "found" : "lost", {});
  }

  _take(kind, { data, lastEventId }) {
    const message = JSON.parse(data);
    this._heard = now();
    if (kind === "session" && this.session && message.began_at !== this.session.began_at) return this._leave();
    this._last = lastEventId || this._last;
    if (kind === "cue" && !message.final) return this._tell("growing", message);
    if (kind === "cue") this._cue(message);
    else if (kind === "withdrawn") this._withdrawn(message.id);
    else if (kind === "killed") this.killed.set(message.id, message);
    else if (kind === "action" && message.refused) this.killed.delete(message.cue);  // what stays killed is told next
    else if (kind === "ready") this._all(message.since);
    else if (kind === "gap") this._gap(message);
    else if (kind === "progress") this._progress(message);
    else if (kind === "end") this._end(message);
    else if (kind === "resumed") this.ended = this._edge = null;
    else if (["session", "source", "room", "screens", "opened"].includes(kind)) this[kind] = message;
    this._tell(kind, message);
  }

  /** Nothing more is told, until the page is another. */
  _leave() {
    this._events.close();
    location.reload();
  }

  _cue(cue) {
    const known = this.cues.get(cue.id);
    this.cues.set(cue.id, cue);
    this.killed.delete(cue.id);
    if (!this.told) this._full.add(cue.id);
    this._tracks.delete(cue.lang);
    if (known && known.lang !== cue.lang) this._tracks.delete(known.lang);
  }

  _withdrawn(id) {
    const known = this.cues.get(id);
    this.cues.delete(id);
    if (known) this._tracks.delete(known.lang);
  }

  /** Told from the line `since` on; 0, from the beginning: what was not told is no more. */
  _all(since) {
    if (!since) for (const id of [...this.cues.keys()]) if (!this._full.has(id)) this._withdrawn(id);
    this.ready = this.told = true;
    if (this.ended && !this._ends) {
      this.ended = this._edge = null; // it was resumed while nobody was connected
      this._tell("resumed", {});
    }
  }

  _end(message) {
    this.ended = message;
    this._ends = true;
  }

  _gap(gap) {
    if (!this.gaps.some((known) => known.start === gap.start && known.end === gap.end)) this.gaps.push(gap);
  }

  /** The live edge: the earliest that a progress was told for what it says; one that is told again comes too late. */
  _progress(progress) {
    if (progress.origin === null) this._edge = null;
    else if (this.progress?.origin !== progress.origin || this._edge === null) {
      this._edge = now() - (progress.up - progress.origin);
    } else this._edge = Math.min(this._edge, now() - (progress.up - progress.origin));
    this.progress = progress;
  }

  _tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
    this.dispatchEvent(new CustomEvent("change", { detail: { kind, ...detail } }));
  }
}
