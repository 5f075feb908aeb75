// What lies along the sound that is seen: its seconds, the words that were said, and where the picture changes.

import { clock } from "./times.js";

/** Pixels of a letter of the words, about. */
const LETTER = 7.5;

/** The words, each on the first of two rows that has room. */
export function strip(box, words, wave) {
  const ends = [-Infinity, -Infinity];
  box.replaceChildren(...words.map((word) => {
    const made = document.createElement("span");
    const [text, left] = [word.text.trim(), wave.x(word.start)];
    const row = ends[0] <= left || ends[0] <= ends[1] ? 0 : 1;
    ends[row] = left + LETTER * text.length;
    made.textContent = text;
    made.className = word.probability < 0.5 ? "unsure" : "";
    made.style.left = `${left}px`;
    made.style.top = `${17 * row}px`;
    return made;
  }));
}

/** Where the picture changes. */
export function marks(box, shots, wave) {
  box.replaceChildren(...shots.map((time) => {
    const made = document.createElement("i");
    made.style.left = `${wave.x(time)}px`;
    return made;
  }));
}

/** The seconds. */
export function ruler(box, wave) {
  const step = wave.span > 30 ? 5 : wave.span > 12 ? 2 : 1;
  const ticks = [];
  for (let time = Math.ceil(wave.from / step) * step; time < wave.to; time += step) {
    const made = document.createElement("span");
    made.textContent = clock(time);
    made.style.left = `${wave.x(time)}px`;
    ticks.push(made);
  }
  box.replaceChildren(...ticks);
}
