// Where one line ends and the next begins: split, merge, words for a neighbour; and lines that come or go.

import { MEANWHILE } from "./review-check.js";
import { border, flat, give, joined, merge, round, SHORT, split, splitTime, tidy } from "./review-shape.js";
import { byId, short } from "./page.js";

/** Seconds of a line that is put in, where there is room. */
const NEW = 2;
/** ... at least, and of any line where the profile says nothing. */
const FLASH = 0.3;
/** Seconds between two lines from which on it is asked before one text stands there. */
const LONG = 2;
/** What stands in it until somebody writes. */
const BLANK = "…";
/** What its id begins with. */
const NEWLY = "e-";

/** The chosen line as two, at the caret; the second begins where its words do. */
export async function splitHere(desk) {
  if (!desk.commit(true) || !desk.cue) return;
  const { caret: at } = desk.field;
  const caret = border(desk.cue.text, at);
  const words = await spoken(desk, () => [desk.cue]);
  if (!words) return;
  const now = desk.cue;
  const [, after] = desk.cues.beside(now.id, now.lang);
  const times = { time: splitTime(now, caret ?? 0, words), gap: desk.gap, least: least(desk), room: after ? after.start - desk.gap : Infinity };
  const parts = caret === null ? null : split(now, caret, times);
  if (!parts) return desk.tell("Put the caret where the second line is to begin.", "refused");
  if (parts === SHORT) return desk.tell(`There is no room for two: each has to stand for ${least(desk).toFixed(2)} s. Make the line longer first.`, "refused");
  const moved = caret === at ? "" : `, between words: “${short(parts[0].text)}” / “${short(parts[1].text)}”`;
  const [first, second] = desk.ask("split", [now], [parts[0], { ...parts[1], id: "" }], `Split${moved}`);
  const { frame } = desk.player;
  desk.select(second.id, { seek: frame < second.start || frame >= second.end });
  desk.part(now, [first, second], caret);
}

/** What was just split is whole again, as it was; whether there is such a line here. */
function mended(desk) {
  const { was, parts, caret } = desk.parted ?? {};
  const now = parts?.map(({ id }) => desk.cues.get(id)) ?? [];
  const same = ({ text, start, end }, at) => parts[at].text === text && parts[at].start === start && parts[at].end === end;
  if (!parts || desk.current !== parts[1].id || desk.field.changed || !now.every((cue, at) => cue && same(cue, at))) return false;
  const [made] = desk.ask("merge", now, [{ ...now[0], text: was.text, start: was.start, end: was.end }], "Merged: as it was before it was split");
  desk.select(made.id, { seek: false, caret });
  return true;
}

/** The chosen line and the one after it (`by` -1: before it) as one; `whole`: as one sentence. A line that
 * was just split is whole again. The caret comes to stand where they meet. */
export function mergeWith(desk, by, whole = false) {
  if (!desk.commit(true) || (!whole && mended(desk))) return;
  const [first, second] = pair(desk, by);
  if (!second) return desk.tell("There is no line to merge it with.", "refused");
  if (begun(desk, by)) return;
  over(desk, first, second, "Merge them", () => {
    const [made] = desk.ask("merge", [first, second], [(whole ? joined : merge)(first, second, desk.limits)], "Merged");
    desk.select(made.id, { seek: false, caret: made.text.length - flat(second.text).length });
  });
}

/** The words before the caret go to the line before, or with `by` 1 those after it to the line after. */
export async function giveWords(desk, by) {
  if (!desk.commit(true)) return;
  if (!pair(desk, by).length) return desk.tell("There is no line to give them to.", "refused");
  if (begun(desk, by)) return;
  const caret = border(desk.cue.text, desk.field.caret);
  const words = await spoken(desk, () => pair(desk, by));
  if (!words) return;
  const [first, second] = pair(desk, by);
  const [now, other] = by < 0 ? [second, first] : [first, second];
  const times = { time: splitTime(now, caret ?? 0, words), gap: desk.gap, least: least(desk) };
  const made = caret !== null && give(now, other, caret, by, times, desk.limits);
  if (!made) return desk.tell("Put the caret between the words that stay and those that go.", "refused");
  if (made === SHORT) return desk.tell(`Too short: the words that stay need ${least(desk).toFixed(2)} s. Merge the two, or make this line longer first.`, "refused");
  over(desk, first, second, "Give them", () => desk.ask("retime", [first, second], made, by < 0 ? "Given to the line before" : "Given to the line after"));
}

/** The words of the recogniser around the chosen line. Null, which is told: `lines` are others by then, since somebody typed on. */
async function spoken(desk, lines) {
  const { start, end } = desk.cue;
  const stand = () => JSON.stringify(lines().map((cue) => cue && [cue.id, desk.textOf(cue), cue.start, cue.end]));
  const stood = stand();
  const words = await desk.heard.certainly(start - 1, end + 1);
  if (stand() === stood) return words;
  desk.tell(MEANWHILE, "refused");
  return null;
}

/** Seconds for which a line has to stand. */
const least = (desk) => desk.limits.shortest ?? FLASH;

/** Does what makes one line stand where two lines have a silence between them; of a long one it is asked first. */
function over(desk, first, second, yes, deed) {
  const silence = second.start - first.end;
  if (silence <= LONG) return deed();
  desk.waits.ask(`Between them is ${silence.toFixed(1)} s without a line, and the text would stand there. All the same?`, yes, deed);
}

/** The chosen line and the one after it (`by` -1: before it), by time; none where there is no other. */
function pair(desk, by) {
  const other = neighbour(desk, by);
  return other ? (by < 0 ? [other, desk.cue] : [desk.cue, other]) : [];
}

const neighbour = (desk, by) => (desk.cue ? desk.cues.beside(desk.current, desk.lang)[by < 0 ? 0 : 1] : null);

/** Whether words are begun in the neighbour that are no edit yet, and would be in no line then; that is told. */
function begun(desk, by) {
  const other = neighbour(desk, by);
  const waits = tidy(desk.textOf(other)) !== other.text;
  if (waits) desk.tell(`Words are begun in the line ${by < 0 ? "before" : "after"} it, and no edit yet: go there first.`, "refused");
  return waits;
}

/** A new line at the playhead, or after the chosen one. Where there is no room nobody goes on writing in another. */
export function insert(desk) {
  const place = room(desk);
  if (place) return put(desk, place);
  byId("list").focus();
  desk.tell("No new line: something is on screen here. Make room, or go to where nothing is; Enter goes back to the line.", "refused");
}

/** A new line there, to be written. */
export function put(desk, { start, end }) {
  if (!desk.commit()) return;
  if (end - start < FLASH) return desk.tell(`No new line: ${FLASH} s are the least that can be seen. Draw it longer.`, "refused");
  const cue = { start: round(start), end: round(end), id: "", lang: desk.lang, text: BLANK, sentences: [], flags: [] };
  const [made] = desk.ask("insert", [], [cue], "A new line");
  desk.select(made.id, { seek: false });
  desk.field.node.select();
}

/** A new line that got no words goes again when it is left; a line that came with no others stays. */
export function drop(desk) {
  const { cue, field } = desk;
  const blank = cue?.text === BLANK && cue.id.startsWith(NEWLY) && !cue.flags.includes("accepted");
  if (blank && field.text === BLANK) desk.ask("delete", [cue], [], "The new line got no words: it is gone");
}

/** A time without a line, from the playhead on, else from the end of the chosen line on. */
function room(desk) {
  const free = (start) => {
    const track = desk.cues.track(desk.lang);
    const next = track.find((cue) => cue.end > start);
    const end = Math.min(start + NEW, next ? next.start - desk.gap : Infinity);
    return (!next || next.start > start) && end - start > FLASH ? { start, end } : null;
  };
  return free(desk.player.stream) ?? (desk.cue && free(desk.cue.end + desk.gap));
}

/** The chosen line goes; undo has it back, with all that was typed in it. */
export function remove(desk) {
  if (!desk.cue || (!desk.commit(true) && desk.field.text)) return;
  const { cue } = desk;
  const [before, after] = desk.cues.beside(cue.id, desk.lang);
  desk.ask("delete", [cue], [], "Deleted");
  desk.select((after ?? before)?.id ?? null);
}
