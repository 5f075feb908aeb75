// Undo and redo: each is an edit of its own, so that there is no end to them, and a crash takes none away. What somebody
// else did is taken back when one has said so.

import { keepSomewhere } from "./review-going.js";
import { short } from "./page.js";
import { whose } from "./review-whose.js";
import { exact } from "./times.js";

const NAMES = { text: "words", retime: "times", insert: "a new line", delete: "a deletion", accept: "an acceptance" };

/** Takes back one's own last edit that stands; where something stands in its way, or none is left, asks. */
export function undo(desk) {
  const { history } = desk.edits;
  const { own, ownAll, next } = history;
  const free = ownAll.filter((edit) => history.free(edit));
  const left = ownAll.length - free.length;
  if (free.length || !next) return back(desk, free, "Undone", left ? `. ${left} changed again since: those stay` : "");
  const why = own ? "What you did last was changed again since" : "Nothing of yours is left to undo. The last change was made";
  desk.waits.ask(`${why} by ${whose(next.id)}: ${told(desk, next)}. Take that back?`, "Take it back", () => back(desk, [next], "Undone"));
}

export const redo = (desk) => back(desk, desk.edits.history.undoneAll, "Done again");

/** Takes back edits that were made in one go, or one. */
async function back(desk, edits, said, more = "") {
  if (!edits.length) return desk.tell("There is nothing more.", "refused");
  const { current } = desk;
  const of = edits.map((edit) => desk.edits.history.meant(edit));
  desk.tell(`${said}: ${of.length > 1 ? `a replacement in ${of.length} lines` : told(desk, of[0])}${more}`);
  for (const edit of edits) desk.edits.undo(edit);
  const still = await desk.turn.still(desk.edits.sure());
  if (!still || desk.current !== current) return keepSomewhere(desk); // the editor has gone on
  const there = of.flatMap(({ cues }) => cues).filter((one) => desk.cues.get(one)?.lang === desk.lang);
  const id = there.includes(current) ? current : there[0];
  const same = id === desk.current;
  if (id) desk.select(id, { seek: !same, caret: same ? desk.field.node.selectionStart : 0 });
  else keepSomewhere(desk);
}

/** What was done, and to which line. */
function told(desk, { did, cues }) {
  const there = cues.map((one) => desk.cues.get(one)).find(Boolean);
  return `${NAMES[did] ?? did}${there ? `, ${exact(there.start)} “${short(there.text)}”` : ""}`;
}
