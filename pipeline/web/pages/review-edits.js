// What the editor changes: sent one after the other, each until it is answered, with the same id, so that it is done once.
//
// What has no answer is kept in this browser, by session: neither a reload nor a crash loses it. What was refused stays to be
// seen, with the text that was meant, until the editor has chosen; what was made on top of it is refused with it.

import { now } from "./page.js";
import { write } from "./review-server.js";
import { expected } from "./review-expected.js";
import { History } from "./review-history.js";
import { keep, kept } from "./review-store.js";
import { HAND, HERE, newId } from "./review-whose.js";

const [WAITING, REFUSED] = ["livesubs.desk waiting", "livesubs.desk refused"];

/** Milliseconds until the next try. */
const AGAIN = 500;
/** Milliseconds between two looks whether an answer has come. */
const LOOK = 20;

export class Edits extends EventTarget {
  /** Tells "saved" (when anything about waiting changes), "refused" ({edit, on, why}) and "done" (an edit, whoever's). */
  constructor(feed, cues, drafts) {
    super();
    Object.assign(this, { _feed: feed, _cues: cues, _drafts: drafts, _busy: false, _session: null });
    /** Edits that are not on the server's disk yet, and those that are and have no answer, by id: {edit, by, on, gone, made, done},
     * where `on` are ids of those whose lines it changes, and lines that are `gone` are replaced by those that are `made`. */
    this._waiting = [];
    this._sent = new Map();
    /** The one that is on its way. */
    this._going = null;
    /** Ids of those whose answer was told before the server said that it has them. */
    this._early = new Set();
    this.refused = [];
    /** Ids of all that was ever in there. */
    this._shown = new Set();
    this.history = new History();
    this._since = null;
    /** What the server has against the first that waits; empty: nothing, or it does not answer. */
    this.why = "";
    feed.addEventListener("edit", (event) => this._answered(event.detail));
    feed.addEventListener("session", (event) => this._restore(event.detail.began_at));
    feed.addEventListener("found", () => this._send());
  }

  /** Edits that are not on the server's disk yet. */
  get waiting() {
    return this._waiting.length;
  }

  /** All that was asked is answered. */
  get settled() {
    return !this._waiting.length && !this._sent.size;
  }

  /** Seconds for which the first of them has been tried. */
  get late() {
    return this._since === null ? 0 : now() - this._since;
  }

  /** Something is asked whose outcome only the server knows. */
  get unsure() {
    return this._open.some(({ edit }) => ["undo", "restore"].includes(edit.did));
  }

  /** Resolves once nothing is. */
  async sure() {
    while (this.unsure) await new Promise((resolve) => this.addEventListener("saved", resolve, { once: true }));
  }

  /** Asks for a change: `cues` as the editor sees them are replaced by `made`. Gives the id. A new line in `made` has no
   * id: it gets one. */
  ask(did, cues, made, more = {}) {
    const id = newId();
    let number = 0;
    const after = made.map((cue) => written(cue, cue.id || `e-${id}.${++number}`));
    const edit = { id, did, before: cues.map((cue) => [cue.id, cue.rev]), after, ...more };
    const { gone, made: seen } = expected(edit, cues, made, (id) => this._cues.get(id) ?? this._feed.cues.get(id));
    const on = did === "undo" ? [more.of] : [more.of, ...cues.map((cue) => this._cues.asked(cue.id))].filter(Boolean);
    this.history.ask(edit);
    this._waiting.push(this._begun({ edit, by: HERE, on, gone, made: seen }));
    this._keep();
    this._send();
    return { id, made: seen };
  }

  /** Takes back an edit, or an undo of one. Its lines are seen as they are until the server says what they were: what is
   * done to them meanwhile is done on top of that. */
  undo(edit) {
    const cues = this.history.meant(edit).cues.map((id) => this._cues.get(id)).filter(Boolean);
    this.ask("undo", cues, [], { of: edit.id });
  }

  /** One that was refused the editor has seen, and what is beneath it. */
  seen(one) {
    const seen = [one, ...this._beneath(one)];
    this.refused = this.refused.filter((other) => !seen.includes(other));
    this._keep();
    this._tell("saved");
  }

  /** What was refused and is to be looked at, the newest first. */
  get open() {
    const beneath = this.refused.flatMap((one) => this._beneath(one));
    return this.refused.filter((one) => !beneath.includes(one)).reverse();
  }

  /** What else was refused about the same that one was made on top of, such as words: it has those. */
  _beneath(one) {
    const [found, about] = [[one], aboutOf(one.edit)];
    for (const { on = [] } of found) found.push(...this.refused.filter(({ edit }) => on.includes(edit.id)));
    return found.slice(1).filter(({ edit }) => aboutOf(edit) === about);
  }

  /** All that has no answer. */
  get _open() {
    return [...this._sent.values(), ...this._waiting];
  }

  _answered(edit) {
    if (this._waiting.some((one) => one.edit.id === edit.id)) this._early.add(edit.id);
    setTimeout(() => this._sent.delete(edit.id) && (this._keep(), this._tell("saved"))); // its lines are told right after it
    if (!edit.refused) this.history.answer(edit);
    if (edit.refused) this._refuse(edit, edit.refused, this._asked(edit));
    this._tell("done", edit);
  }

  /** `mine`: {edit, on} as it was asked here, if it was. */
  _refuse({ id }, why, mine) {
    this._cues.forget(id);
    this.history.drop(id);
    if (mine && !this._shown.has(id)) this._show({ edit: mine.edit, on: mine.on, why });
    this._fall(id, why);
  }

  /** What was told of an edit, as it was asked: here, or by the server for this window. */
  _asked(edit) {
    return this._open.find((one) => one.edit.id === edit.id) ?? (edit.id.startsWith(HAND) ? told(edit) : null);
  }

  _show(refused) {
    this._shown.add(refused.edit.id);
    this.refused.push(refused);
    this._keep();
    this._tell("refused", refused);
  }

  /** What was made on top of what was refused would be done to what somebody else made of the line. That it was found right,
   * or taken back, is seen with that. */
  _fall(id, why) {
    const fallen = this._waiting.filter((one) => one !== this._going && one.on.includes(id));
    this._waiting = this._waiting.filter((one) => !fallen.includes(one));
    for (const one of fallen) {
      if (["accept", "undo"].includes(one.edit.did)) this._shown.add(one.edit.id);
      one.done();
      this._refuse(one.edit, why, one);
    }
  }

  /** A line went while it was being written. */
  lost(cue, text) {
    const edit = { id: newId(), did: "text", before: [], after: [{ ...cue, text }] };
    this._show({ edit, why: "That line is not there any more; this was being written in it." });
    this._drafts.drop(cue.id);
  }

  /** Whether the line is one that an edit makes which the server may not have yet. */
  makes(id) {
    return this._open.some(({ edit }) => edit.after.some((cue) => cue.id === id));
  }

  async _send() {
    if (this._busy) return;
    this._busy = true;
    while (this._waiting.length) {
      const [first] = this._waiting;
      const { edit, done } = first;
      this._since ??= now();
      await this._before(first);
      if (first !== this._waiting[0]) continue; // it fell
      this._going = first;
      const answer = await write(this._feed, "/api/edits", edit);
      this._going = null;
      this.why = answer.again && answer.status ? answer.why : "";
      if (answer.again) {
        this._tell("saved");
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
        continue;
      }
      this._since = null;
      this._waiting.shift();
      if (!this._early.delete(edit.id) && answer.found) this._sent.set(edit.id, first);
      if (answer.found) done();
      else this._refuse(edit, answer.why, first);
      this._keep();
      this._tell("saved");
    }
    this._busy = false;
  }

  /** An edit waits for the answer to those that it is made on top of, however long that takes: were they refused, its lines
   * might by somebody else's change be as it expects them. */
  async _before({ on }) {
    while (on.some((id) => this._sent.has(id))) await new Promise((resolve) => setTimeout(resolve, LOOK));
  }

  /** It is known which session this is: what was kept of it comes first. */
  _restore(session) {
    if (this._session !== null) return;
    this._session = session;
    const waiting = kept(`${WAITING} ${session}`);
    for (const { edit } of waiting) this.history.ask(edit);
    this._waiting = [...waiting.map((one) => this._begun(one)), ...this._waiting];
    this.refused = [...kept(`${REFUSED} ${session}`), ...this.refused];
    for (const { edit } of this.refused) this._shown.add(edit.id);
    this._send();
    this._tell("saved");
  }

  /** What waits: an edit, who made it, on top of which, what is seen of it, and what is to be called once it is on disk. */
  _begun({ edit, by, on = [], gone = [], made = [] }) {
    if (gone.length || made.length) this._cues.expect(edit.id, gone, made);
    return { edit, by, on, gone, made, done: this._drafts.become(edit, by) };
  }

  _keep() {
    if (this._session === null) return;
    keep(`${WAITING} ${this._session}`, this._open.map(({ done, ...one }) => one));
    keep(`${REFUSED} ${this._session}`, this.refused);
  }

  _tell(kind, detail = null) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/** What an edit is about: what is done, and the line, the first of several; of an undo, what it takes back. */
const aboutOf = ({ did, before, after, of, id }) => `${did} ${after[0]?.id ?? before[0]?.[0] ?? of ?? id}`;

/** An edit that the server made for this window, as it is told. */
const told = ({ id, did, cues, after, of, note }) => ({ edit: { id, did, before: cues.map((one) => [one, 0]), after, of, note } });

/** Which sentences a line shows is the server's to say. */
const written = ({ lang, start, end, text }, id) => ({ kind: "cue", id, lang, start, end, text });
