// Where one line ends and the next begins: split, merge, words for a neighbour; and lines that come or go.

import { give, joined, merge, round, split, splitTime } from "./review-shape.js";

/** Seconds of a line that is put in, where there is room. */
const NEW = 2;
/** What stands in it until somebody writes. */
const BLANK = "…";

/** The chosen line as two, at the caret; the second begins where its words do. */
export async function splitHere(desk) {
  const now = desk.cue && desk.worked(desk.cue);
  if (!now) return;
  const { caret } = desk.field;
  const words = await desk.heard.certainly(now.start - 1, now.end + 1);
  const parts = split(now, caret, splitTime(now, caret, words), desk.gap);
  if (!parts) return desk.tell("Put the caret where the second line is to begin.", "refused");
  const [, second] = desk.ask("split", [now], [parts[0], { ...parts[1], id: "" }], "Split");
  desk.select(second.id, { seek: false });
}

/** The chosen line and the one after it (`by` -1: before it) as one; `whole`: as one sentence. */
export function mergeWith(desk, by, whole = false) {
  const [first, second] = pair(desk, by);
  if (!first || !second) return desk.tell("There is no line to merge it with.", "refused");
  const made = (whole ? joined : merge)(first, second, desk.limits);
  desk.ask("merge", [first, second], [made], "Merged");
  desk.select(made.id, { seek: false });
}

/** The words before the caret go to the line before, or with `by` 1 those after it to the line after. */
export async function giveWords(desk, by) {
  const [first, second] = pair(desk, by);
  if (!first || !second) return desk.tell("There is no line to give them to.", "refused");
  const [now, neighbour] = by < 0 ? [second, first] : [first, second];
  const { caret } = desk.field;
  const words = await desk.heard.certainly(now.start - 1, now.end + 1);
  const made = give(now, neighbour, caret, by, splitTime(now, caret, words), desk.gap, desk.limits);
  if (!made) return desk.tell("Put the caret between the words that stay and those that go.", "refused");
  desk.ask("retime", [first, second], made, by < 0 ? "Given to the line before" : "Given to the line after");
}

function pair(desk, by) {
  const { cue } = desk;
  if (!cue) return [];
  const [before, after] = desk.cues.beside(cue.id, desk.lang);
  const other = by < 0 ? before : after;
  const both = by < 0 ? [other, cue] : [cue, other];
  return other ? both.map((one) => desk.worked(one)) : [];
}

/** A new line at the playhead, or after the chosen one. */
export function insert(desk) {
  desk.commit();
  const place = room(desk);
  if (!place) return desk.tell("There is no room here: make some, or go to where nothing is on screen.", "refused");
  const [made] = desk.ask("insert", [], [{ ...place, id: "", lang: desk.lang, text: BLANK, sentences: [], flags: [] }], "A new line");
  desk.select(made.id, { seek: false });
  desk.field.node.select();
}

/** A new line that got no words goes again when it is left. */
export function drop(desk) {
  const { cue, field } = desk;
  if (cue?.text === BLANK && field.text === BLANK) desk.ask("delete", [cue], [], "The new line got no words: it is gone");
}

/** A time without a line, from the playhead on, else from the end of the chosen line on. */
function room(desk) {
  const free = (start) => {
    const track = desk.cues.track(desk.lang);
    const next = track.find((cue) => cue.end > start);
    const end = Math.min(start + NEW, next ? next.start - desk.gap : Infinity);
    return (!next || next.start > start) && end - start > 0.3 ? { start: round(start), end: round(end) } : null;
  };
  return free(desk.player.stream) ?? (desk.cue && free(desk.cue.end + desk.gap));
}

/** The chosen line goes; undo has it back. */
export function remove(desk) {
  const { cue } = desk;
  if (!cue) return;
  const [before, after] = desk.cues.beside(cue.id, desk.lang);
  desk.ask("delete", [cue], [], "Deleted");
  desk.select((after ?? before)?.id ?? null);
}
