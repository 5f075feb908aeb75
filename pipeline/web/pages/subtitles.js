// How a subtitle is drawn, the same on every page.

/** Puts the lines of `text` into `element`, each of its own; touches nothing that is the same. */
export function draw(element, text) {
  if (element.shown === text) return;
  element.shown = text;
  element.replaceChildren(...text.split("\n").filter(Boolean).map(line));
}

function line(text) {
  const span = document.createElement("span");
  span.textContent = text; // and never as markup: it comes from a stream
  return span;
}

/** The cue of a track (by time) that stands at `position`, of those that are not held back; undefined: none. */
export function standing(track, position, held = []) {
  return track.findLast((cue) => cue.start <= position && position < cue.end && !held.includes(cue.id));
}
