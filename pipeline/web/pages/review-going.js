// From line to line: where the editor was, the one before and after, the one at the playhead; and where one is left, and what
// was begun, when a line is no more.

import { after } from "./lines.js";
import { byId } from "./page.js";

export function step(desk, by, how = {}) {
  const track = desk.cues.track(desk.lang);
  const found = desk.current === null ? -1 : desk.cues.at(desk.current, desk.lang);
  const at = found >= 0 ? found : after(track, desk.stood) - (by > 0 ? 1 : 0);
  const cue = track[Math.min(Math.max(0, at + by), track.length - 1)];
  if (cue) desk.select(cue.id, how);
}

/** To where the editor was; null: to the beginning. */
export function arrive(desk, place) {
  const cue = (place?.cue && desk.cues.get(place.cue)) || desk.cues.near(desk.lang, place?.stream ?? 0);
  if (place?.scroll) (desk.list.draw(), (byId("list").scrollTop = place.scroll));
  if (cue) desk.select(cue.id, { seek: !place, caret: place?.caret ?? 0 });
}

/** To the line at the playhead. */
export function here(desk) {
  const cue = desk.cues.near(desk.lang, desk.player.stream);
  if (cue) desk.select(cue.id, { seek: false });
}

/** The same while it plays, unless something is being written; whoever is elsewhere on the page stays there. */
export function follow(desk) {
  const { stream } = desk.player;
  const cue = desk.cues.near(desk.lang, stream);
  const focus = document.activeElement === desk.field.node;
  const writes = desk.field.changed || desk.times.changed;
  if (cue && cue.id !== desk.current && cue.start <= stream && !writes) desk.select(cue.id, { focus });
}

/** The chosen line may be no more. What was being written in it is shown; whoever was writing is then in no other line. */
export function keepSomewhere(desk) {
  const { current, field, lang } = desk;
  if (current === null || desk.cues.get(current) || (desk.out && field.node.readOnly)) return;
  const writing = document.activeElement === field.node;
  desk.lose();
  if (desk.out) return desk.select(current, { seek: false });
  desk.current = null;
  if (!writing) return desk.select(desk.cues.near(lang, desk.stood)?.id ?? null, { seek: false, focus: false });
  desk.select(null);
  byId("list").focus();
  desk.tell("The line that you were in is not there any more: it was taken out elsewhere. Up and down go on from there.", "refused");
}

/** Drafts of windows that are gone which are none any more: a browser that is killed may have kept one that had become an
 * edit; and the line of one may be gone: then its words are shown. */
export function tidy(desk) {
  const { cues, drafts, edits } = desk;
  drafts.tidy((id, { by, rev, ...line }) => {
    const now = cues.get(id);
    if (now) return now.rev > rev && edits.history.wrote(by, id, now.rev);
    if (edits.makes(id)) return false;
    if (line.text.trim()) edits.lost({ id, rev, ...line }, line.text);
    return true;
  });
}
