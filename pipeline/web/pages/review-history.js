// Every edit of the session, of whatever window, and what follows from them: what can be undone, and the notes.

export class History {
  constructor() {
    /** By id, in order: {id, did, of, cues}. */
    this._all = new Map();
    /** By line, what was noted on it, by edit. */
    this._notes = new Map();
    this._folded = null;
  }

  /** An edit that was asked, or answered. One of ours names lines `before` and `after`, an answer names `cues`. */
  note({ id, did, of, note = "", before = [], after = [], cues = [...after.map((cue) => cue.id), ...before.map(([one]) => one)] }) {
    this._all.set(id, { id, did, of, cues });
    if (did === "note") for (const cue of cues) this._notes.set(cue, new Map(this._notes.get(cue)).set(id, note));
    this._folded = null;
  }

  /** It was refused. */
  drop(id) {
    this._all.delete(id);
    this._folded = null;
  }

  /** What was said to colleagues about a line. */
  notes(cue) {
    return [...(this._notes.get(cue)?.values() ?? [])];
  }

  /** What can be undone, the last last. */
  get done() {
    return this._stands.done;
  }

  /** The undos that can be undone. */
  get undone() {
    return this._stands.undone;
  }

  /** What an undo, or an undo of one, is about in the end. */
  meant(edit) {
    const of = edit.did === "undo" && this._all.get(edit.of);
    return of ? this.meant(of) : edit;
  }

  get _stands() {
    return (this._folded ??= folded(this._all));
  }
}

function folded(all) {
  const [done, undone] = [[], []];
  for (const edit of all.values()) {
    const of = all.get(edit.of);
    if (edit.did === "note") continue;
    if (edit.did !== "undo") done.push(edit), (undone.length = 0);
    else if (of?.did === "undo") drop(undone, of), done.push(all.get(of.of));
    else if (of) drop(done, of), undone.push(edit);
  }
  return { done, undone };
}

function drop(edits, edit) {
  const at = edits.lastIndexOf(edit);
  if (at >= 0) edits.splice(at, 1);
}
