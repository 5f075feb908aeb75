// Undo and redo: each is an edit of its own, so that there is no end to them, and a crash takes none away. What somebody
// else did is taken back when one has said so.

import { keepSomewhere } from "./review-going.js";
import { clock } from "./review-list.js";
import { short } from "./review-shape.js";
import { whose } from "./review-whose.js";

const NAMES = { text: "words", retime: "times", insert: "a new line", delete: "a deletion", accept: "an acceptance" };

/** Takes back one's own last edit that stands; where something stands in its way, or none is left, asks. */
export function undo(desk) {
  const { own, next } = desk.edits.history;
  if (next === own) return back(desk, own, "Undone");
  const why = own ? "What you did last was changed again since" : "Nothing of yours is left to undo. The last change was made";
  desk.waits.ask(`${why} by ${whose(next.id)}: ${told(desk, next)}. Take that back?`, "Take it back", () => back(desk, next, "Undone"));
}

export const redo = (desk) => back(desk, desk.edits.history.undone, "Done again");

async function back(desk, edit, said) {
  if (!edit) return desk.tell("There is nothing more.", "refused");
  const { current } = desk;
  const of = desk.edits.history.meant(edit);
  desk.tell(`${said}: ${told(desk, of)}`);
  desk.edits.undo(edit);
  await desk.edits.sure();
  if (desk.current !== current) return; // the editor has gone on
  const id = of.cues.find((one) => desk.cues.get(one)?.lang === desk.lang);
  const same = id === desk.current;
  if (id) desk.select(id, { seek: !same, caret: same ? desk.field.node.selectionStart : 0 });
  else keepSomewhere(desk);
}

/** What was done, and to which line. */
function told(desk, { did, cues }) {
  const there = cues.map((one) => desk.cues.get(one)).find(Boolean);
  return `${NAMES[did] ?? did}${there ? `, ${clock(there.start)} “${short(there.text)}”` : ""}`;
}
