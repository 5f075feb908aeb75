// Puts lines on the wall: text and italics, never other markup.

import { write } from "./italics.js";

/** Draws the lines of one or two languages, the main one first; what has not changed is left alone. */
export function draw(place, cues) {
  const told = cues.map((cue) => (cue ? `${cue.lang}\n${cue.text}\0${cue.tail ?? ""}` : "")).join("\0");
  if (place.dataset.told === told) return;
  place.dataset.told = told;
  place.replaceChildren(...cues.filter(Boolean).map(paragraph));
}

/** Words that may yet become others. */
function tail(words) {
  const made = document.createElement("i");
  made.textContent = words;
  return made;
}

function paragraph(cue) {
  const made = document.createElement("p");
  const text = document.createElement("span");
  made.lang = cue.lang;
  made.dir = "auto";
  write(text, cue.text);
  if (cue.tail) text.append(tail(cue.tail));
  made.append(text);
  return made;
}
