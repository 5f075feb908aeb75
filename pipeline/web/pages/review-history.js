// Every edit of the session, of whatever window, and what follows from them: what can be undone, and the notes.

import { handOf, inOneGo, mine, together } from "./review-whose.js";

export class History {
  constructor() {
    /** By id, {id, did, of, cues, revs}: what was answered, in the journal's order, and what was asked since. */
    this._answered = new Map();
    this._asked = new Map();
    /** By line, what was noted on it, by edit. */
    this._notes = new Map();
    this._folded = null;
  }

  /** An edit that was asked here. */
  ask({ id, did, of, note, before, after }) {
    const cues = [...after.map((cue) => cue.id), ...before.map(([one]) => one)];
    if (!this._answered.has(id)) this._note(this._asked, { id, did, of, cues }, { id, note, at: Date.now() / 1000 });
  }

  /** One that was answered, whoever asked. */
  answer({ id, did, of, note, cues, revs, at }) {
    this._asked.delete(id);
    this._note(this._answered, { id, did, of, cues, revs }, { id, note, at });
  }

  _note(to, edit, note) {
    to.set(edit.id, edit);
    if (edit.did === "note") for (const cue of edit.cues) this._notes.set(cue, new Map(this._notes.get(cue)).set(edit.id, note));
    this._folded = null;
  }

  /** It was refused. */
  drop(id) {
    for (const edits of [this._answered, this._asked]) edits.delete(id);
    this._folded = null;
  }

  /** What was said to colleagues about a line: {id, note, at}, the last by the wall clock, seconds. */
  notes(cue) {
    return [...(this._notes.get(cue)?.values() ?? [])];
  }

  /** What stands, whoever did it, the last last. */
  get done() {
    return this._stands.done;
  }

  /** One's own last change that stands. */
  get own() {
    return this.done.findLast((edit) => mine(edit.id));
  }

  /** The same, and what was made in one go with it. */
  get ownAll() {
    const { done, own } = this;
    return own ? done.filter((edit) => edit === own || inOneGo(edit.id, own.id)) : [];
  }

  /** Whether nothing that stands was done to the lines of an edit since. */
  free(edit) {
    const { done } = this;
    return !done.slice(done.indexOf(edit) + 1).some((later) => shared(later, edit));
  }

  /** What has to be undone next, so that one's own last change can be: that one, or what was done to the same lines since;
   * where there is none of one's own, the last change of all. */
  get next() {
    const { done, own } = this;
    return own ? done.findLast((edit) => edit === own || shared(edit, own)) : done.at(-1);
  }

  /** One's own last undo that can be undone. */
  get undone() {
    return this._stands.undone.findLast((edit) => mine(edit.id));
  }

  /** The same, and those of what was made in one go with what it took back. */
  get undoneAll() {
    const { undone: last } = this;
    const goes = (edit) => edit === last || (mine(edit.id) && inOneGo(this.meant(edit).id, this.meant(last).id));
    return last ? this._stands.undone.filter(goes) : [];
  }

  /** Whether a window changed a line last, which was that rev of it, and its words. */
  wrote(window, cue, rev) {
    const last = (...kinds) => this.done.findLast(({ did, cues }) => cues.includes(cue) && (!kinds.length || kinds.includes(did)));
    return last()?.revs?.[cue] === rev && [last(), last("text")].every((edit) => edit && handOf(edit.id) === window);
  }

  /** Whether that rev of a line came of it that one took something back oneself. */
  back(cue, rev) {
    const made = [...this._answered.values()].findLast(({ revs }) => revs[cue] === rev);
    return made?.did === "undo" && mine(made.id);
  }

  /** Whether somebody has changed the words of a line, and that stands. */
  worded(cue) {
    return this._stands.worded.has(cue);
  }

  /** Whether a note was left on a line since somebody found it right, or changed its words. */
  noted(cue) {
    return this._stands.noted.has(cue);
  }

  /** Whether somebody has found a line right, and that stands. */
  accepted(cue) {
    return this.done.some((edit) => edit.did === "accept" && edit.cues.includes(cue));
  }

  /** What an undo, or an undo of one, is about in the end. */
  meant(edit) {
    const of = edit.did === "undo" && this._stands.all.get(edit.of);
    return of ? this.meant(of) : edit;
  }

  get _stands() {
    return (this._folded ??= folded(new Map([...this._answered, ...this._asked])));
  }
}

function folded(all) {
  const done = [];
  let undone = [];
  for (const edit of all.values()) {
    const of = all.get(edit.of);
    if (edit.did === "note") continue;
    if (edit.did !== "undo") {
      done.push(edit);
      undone = undone.filter((one) => !together(one.id, edit.id) && !shared(all.get(one.of) ?? one, edit));
    } else if (of?.did === "undo") drop(undone, of), done.push(all.get(of.of));
    else if (of) drop(done, of), undone.push(edit);
  }
  const worded = new Set(done.filter((edit) => edit.did === "text").flatMap((edit) => edit.cues));
  const [noted, stand] = [new Set(), new Set(done)];
  for (const edit of all.values()) {
    if (edit.did === "note") for (const cue of edit.cues) noted.add(cue);
    else if (["text", "accept"].includes(edit.did) && stand.has(edit)) for (const cue of edit.cues) noted.delete(cue);
  }
  return { all, done, undone, worded, noted };
}

/** Whether two edits are about a line in common. */
const shared = (one, other) => one.cues.some((cue) => other.cues.includes(cue));

function drop(edits, edit) {
  const at = edits.lastIndexOf(edit);
  if (at >= 0) edits.splice(at, 1);
}
