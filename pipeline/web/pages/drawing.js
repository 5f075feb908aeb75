// Puts lines on the wall: text only, never markup.

/** Draws the lines of one or two languages, the main one first; what has not changed is left alone. */
export function draw(place, cues) {
  const told = cues.map((cue) => (cue ? `${cue.lang}\n${cue.text}` : "")).join("\0");
  if (place.dataset.told === told) return;
  place.dataset.told = told;
  place.replaceChildren(...cues.filter(Boolean).map(paragraph));
}

function paragraph(cue) {
  const made = document.createElement("p");
  const text = document.createElement("span");
  made.lang = cue.lang;
  made.dir = "auto";
  text.textContent = cue.text;
  made.append(text);
  return made;
}
