// What the editor sees of an edit before it is answered.

/** Edits whose lines are seen on as they are, but for that; those that an undo takes away are told to be gone. */
const SEEN = {
  accept: (cue) => ({ ...cue, rev: cue.rev + 1, flags: [...new Set([...cue.flags, "accepted"])] }),
  undo: (cue) => ({ ...cue, rev: cue.rev + 1 }),
};

/** Ids of lines that are `gone`, and the lines that are there instead, as `made`; of those before (`cues`) the server may have
 * others by then. `known(id)` is a line as it stands. */
export function expected({ did, after }, cues, made, known) {
  if (SEEN[did]) return { gone: [], made: cues.filter((cue) => known(cue.id)).map(SEEN[did]) };
  const kept = new Set(after.map((cue) => cue.id));
  const gone = did === "note" ? [] : cues.map((cue) => cue.id).filter((id) => !kept.has(id));
  const rev = (cue, at) => (known(cue.id) ?? (did === "restore" ? made[at] : null))?.rev ?? 0;
  return { gone, made: after.map((cue, at) => ({ ...made[at], ...cue, rev: rev(cue, at) + 1 })) };
}
