// When lines stand on screen: each change is one edit, after that of the text as it stands in the field.

import { round } from "./review-shape.js";
import { framed, snap } from "./review-snap.js";
import { exact } from "./times.js";

/** Seconds from a place that an edge which is set there is drawn to its neighbour. */
const CLOSE = 0.03;
/** Seconds that a line may stand on after the recording. */
const OVER = 1;
const BEHIND = "That is behind the end of the recording,";

/** The chosen line begins, or with "end" ends, at the playhead. */
export function atPlayhead(desk, side) {
  const { cue } = desk;
  if (!cue) return;
  const { time, to } = snap(desk, desk.cues.beside(cue.id, cue.lang), side, desk.player.frame, CLOSE, false);
  const done = retime(desk, cue, { [side]: time });
  if (done && to === "line") desk.tell(`It ${side}s as near to its neighbour as it may.`);
}

/** Other times for a line; whether that can be. */
export function retime(desk, cue, change) {
  if (cue.id === desk.current && !desk.commit(true)) return false;
  const now = desk.cues.get(cue.id);
  const made = { ...now, start: round(change.start ?? now.start), end: round(change.end ?? now.end) };
  if (made.start === now.start && made.end === now.end) return false;
  if (made.start < 0) return desk.tell("A line cannot begin before 0:00.", "refused"), false;
  if (made.end - made.start < 0.1) return desk.tell("A line has to end after it begins.", "refused"), false;
  if (made.end > now.end && behind(desk, made.end - OVER)) return desk.tell(`${BEHIND} ${exact(desk.facts.duration)}.`, "refused"), false;
  if (inTheWay(desk, [made])) return false;
  desk.ask("retime", [now], [made], `${exact(made.start)} → ${exact(made.end)}`);
  return true;
}

/** So many frames later, or earlier: its start, its end, or (both) the whole line. */
export function nudge(desk, sides, frames) {
  if (!desk.commit(true) || !desk.cue) return;
  const { cue } = desk;
  const by = frames / desk.fps;
  retime(desk, cue, Object.fromEntries(sides.map((side) => [side, framed(cue[side] + by, desk.fps)])));
}

/** All lines of the track from the chosen one on (or that one alone) by so many seconds, as one edit. */
export function shift(desk, seconds, alone) {
  if (!seconds || !desk.commit(true) || !desk.cue) return;
  const { cue } = desk;
  const track = desk.cues.track(desk.lang);
  const moved = alone ? [cue] : track.slice(desk.cues.at(cue.id, desk.lang));
  if (moved[0].start + seconds < 0) return desk.tell("A line cannot begin before 0:00.", "refused");
  const made = moved.map((one) => ({ ...one, start: round(one.start + seconds), end: round(one.end + seconds) }));
  if (seconds > 0 && behind(desk, made.at(-1).start)) {
    return desk.tell(`${BEHIND} ${exact(desk.facts.duration)}; write +0.4 for so many seconds later.`, "refused");
  }
  if (inTheWay(desk, made)) return;
  const lines = made.length === 1 ? "1 line" : `${made.length} lines`;
  const said = `${lines} ${seconds > 0 ? "later" : "earlier"} by ${Math.abs(seconds).toFixed(3)} s`;
  desk.ask("retime", moved, made, said);
}

/** Whether that is after all that was recorded, of a session that is over. */
export const behind = ({ facts }, time) => facts.kind === "session" && !facts.running && time >= facts.duration;

/** Whether lines as they are to be would be on screen together with another; that is told. */
function inTheWay(desk, made) {
  const ours = new Set(made.map((cue) => cue.id));
  const others = desk.cues.track(made[0].lang).filter((cue) => !ours.has(cue.id));
  const all = [...others, ...made].sort((one, other) => one.start - other.start);
  const clash = (one, other) => one.end > other.start + 0.0005 && ours.has(one.id) !== ours.has(other.id);
  const at = all.findIndex((cue, at) => at && clash(all[at - 1], cue));
  if (at < 0) return false;
  const other = ours.has(all[at].id) ? all[at - 1] : all[at];
  desk.tell(`It would be on screen together with the line at ${exact(other.start)}: move that first.`, "refused");
  return true;
}

/** The chosen line begins at the playhead, and all after it moves along. */
export function shiftToPlayhead(desk) {
  if (desk.cue) shift(desk, round(framed(desk.player.frame, desk.fps) - desk.cue.start), false);
}

/** Whether a time as it is typed is so much later or earlier. */
export const isBy = (text) => /^\s*[+\-−]/.test(text);

/** Seconds in "1:02:03.5", "2:03" "1:02:03,500" or "-0.25"; NaN: it is no time, as 0:99:99. */
export function seconds(text) {
  const [, sign, rest] = text.trim().match(/^([+\-−]?)(.*)$/);
  const parts = rest.replace(",", ".").split(":");
  const last = parts.length - 1;
  const fits = (part, at) => (at < last ? /^\d+$/ : /^\d+(\.\d+)?$/).test(part) && (at === 0 || Number(part) < 60);
  if (parts.length > 3 || !parts.every(fits)) return NaN;
  return (["-", "−"].includes(sign) ? -1 : 1) * parts.reduce((sum, part) => 60 * sum + Number(part), 0);
}
