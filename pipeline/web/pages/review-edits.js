// What the editor changes: sent one after the other, each until it is answered, with the same id, so that it is done once.
//
// What waits is kept in this browser, by session: neither a reload nor a crash loses it. What was refused stays to be
// seen, with the text that was meant, until the editor has chosen.

import { now } from "./page.js";
import { SOON, write } from "./review-server.js";
import { History } from "./review-history.js";
import { keep, kept } from "./review-store.js";
import { HERE, newId } from "./review-whose.js";

const [WAITING, REFUSED] = ["livesubs.desk waiting", "livesubs.desk refused"];

/** Milliseconds until the next try. */
const AGAIN = 500;
/** Milliseconds between two looks whether an answer has come. */
const LOOK = 20;

export class Edits extends EventTarget {
  /** Tells "saved" (when anything about waiting changes), "refused" ({edit, why}) and "done" (an edit, whoever's). */
  constructor(feed, cues, drafts) {
    super();
    Object.assign(this, { _feed: feed, _cues: cues, _drafts: drafts, _waiting: [], _busy: false, _session: null });
    /** Edits that are on the server's disk and have no answer yet. */
    this._sent = new Map();
    /** Ids of those whose answer was told before the server said that it has them. */
    this._early = new Set();
    this.refused = [];
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
    const asked = [...this._waiting.map(({ edit }) => edit), ...this._sent.values()];
    return asked.some((edit) => ["undo", "restore"].includes(edit.did));
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
    const kept = new Set(after.map((cue) => cue.id));
    const known = (cue) => this._cues.get(cue.id) ?? this._feed.cues.get(cue.id);
    const gone = did === "note" || did === "accept" ? [] : cues.map((cue) => cue.id).filter((one) => !kept.has(one));
    const expected = did === "accept" ? cues.filter(known).map(accepted) : after.map((cue, at) => ({ ...made[at], ...cue, rev: (known(cue)?.rev ?? 0) + 1 }));
    this.history.ask(edit);
    if (gone.length || expected.length) this._cues.expect(id, gone, expected);
    this._waiting.push(this._begun(edit, HERE));
    this._keep();
    this._send();
    return { id, made: expected };
  }

  /** Takes back an edit, or an undo of one. */
  undo(edit) {
    this.ask("undo", [], [], { of: edit.id });
  }

  /** What was refused of that line, or of these, the editor has seen. */
  seen(about) {
    this.refused = this.refused.filter((one) => lineOf(one.edit) !== about);
    this._keep();
    this._tell("saved");
  }

  /** What was refused and is to be looked at, the newest of each line, the newest first. */
  get open() {
    const lines = this.refused.map((one) => lineOf(one.edit));
    return this.refused.filter((one, at) => lines.lastIndexOf(lines[at]) === at).reverse();
  }

  _answered(edit) {
    if (this._waiting.some((one) => one.edit.id === edit.id)) this._early.add(edit.id);
    setTimeout(() => this._sent.delete(edit.id) && this._tell("saved")); // its lines are told right after it
    if (!edit.refused) this.history.answer(edit);
    if (edit.refused) this._refuse(edit, edit.refused);
    this._tell("done", edit);
  }

  _refuse(edit, why) {
    const mine = this._waiting.find((one) => one.edit.id === edit.id)?.edit ?? this._sent.get(edit.id);
    this._cues.forget(edit.id);
    this.history.drop(edit.id);
    if (!mine || this.refused.some((one) => one.edit.id === edit.id)) return;
    this.refused.push({ edit: mine, why });
    this._keep();
    this._tell("refused", { edit: mine, why });
  }

  /** A line went while it was being written. */
  lost(cue, text) {
    const edit = { id: newId(), did: "text", before: [], after: [{ ...cue, text }] };
    this.refused.push({ edit, why: "That line is not there any more; this was being written in it." });
    this._keep();
    this._drafts.drop(cue.id);
    this._tell("saved");
  }

  /** Whether the line is one that an edit makes which the server may not have yet. */
  makes(id) {
    return [...this._waiting.map(({ edit }) => edit), ...this._sent.values()].some(({ after }) => after.some((cue) => cue.id === id));
  }

  async _send() {
    if (this._busy) return;
    this._busy = true;
    while (this._waiting.length) {
      const { edit, done } = this._waiting[0];
      this._since ??= now();
      await this._before(edit);
      const answer = await write(this._feed, "/api/edits", edit);
      this.why = answer.again && answer.status ? answer.why : "";
      if (answer.again) {
        this._tell("saved");
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
        continue;
      }
      this._since = null;
      this._waiting.shift();
      if (!this._early.delete(edit.id) && answer.found) this._sent.set(edit.id, edit);
      if (answer.found) done();
      else this._refuse(edit, answer.why);
      this._keep();
      this._tell("saved");
    }
    this._busy = false;
  }

  /** What the server does not know yet cannot be changed: an edit waits for the answer to one about the same lines. */
  async _before(edit) {
    const about = new Set(edit.before.map(([id]) => id));
    const open = () => [...this._sent.values()].some((one) => one.after.some((cue) => about.has(cue.id)));
    for (const until = now() + SOON / 1000; open() && now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  /** It is known which session this is: what was kept of it comes first. */
  _restore(session) {
    if (this._session !== null) return;
    this._session = session;
    const waiting = kept(`${WAITING} ${session}`);
    for (const { edit } of waiting) this.history.ask(edit);
    this._waiting = [...waiting.map(({ edit, by }) => this._begun(edit, by)), ...this._waiting];
    this.refused = [...kept(`${REFUSED} ${session}`), ...this.refused];
    this._send();
    this._tell("saved");
  }

  /** What waits: an edit, who made it, and what is to be called once it is on disk. */
  _begun(edit, by) {
    const ids = ["note", "accept"].includes(edit.did) ? [] : edit.before.map(([id]) => id);
    return { edit, by, done: this._drafts.become(ids, by) };
  }

  _keep() {
    if (this._session === null) return;
    keep(`${WAITING} ${this._session}`, this._waiting.map(({ edit, by }) => ({ edit, by })));
    keep(`${REFUSED} ${this._session}`, this.refused);
  }

  _tell(kind, detail = null) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/** The line that an edit is about, the first of several; of an undo, what it takes back. */
export const lineOf = ({ before, after, of, id }) => after[0]?.id ?? before[0]?.[0] ?? of ?? id;

/** Which sentences a line shows is the server's to say. */
const written = ({ lang, start, end, text }, id) => ({ kind: "cue", id, lang, start, end, text });

const accepted = (cue) => ({ ...cue, rev: cue.rev + 1, flags: [...new Set([...cue.flags, "accepted"])] });
