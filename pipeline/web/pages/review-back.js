// Undo and redo: each is an edit of its own, so that there is no end to them, and a crash takes none away.

import { clock } from "./review-list.js";

const NAMES = { text: "words", retime: "times", insert: "a new line", delete: "a deletion", accept: "an acceptance" };

/** Takes back the last edit that stands. */
export const undo = (desk) => back(desk, desk.edits.history.done.at(-1), "Undone");

export const redo = (desk) => back(desk, desk.edits.history.undone.at(-1), "Done again");

async function back(desk, edit, said) {
  if (!edit) return desk.tell("There is nothing more.", "refused");
  const { current } = desk;
  const of = desk.edits.history.meant(edit);
  desk.edits.undo(edit);
  const there = of.cues.map((one) => desk.cues.get(one)).find(Boolean);
  desk.tell(`${said}: ${NAMES[of.did] ?? of.did}${there ? `, ${clock(there.start)}` : ""}`);
  await desk.edits.sure();
  if (desk.current !== current) return; // the editor has gone on
  const id = of.cues.find((one) => desk.cues.get(one)?.lang === desk.lang);
  const same = id === desk.current;
  if (id) desk.select(id, { seek: !same, caret: same ? desk.field.node.selectionStart : 0 });
  else desk.keepSomewhere();
}
