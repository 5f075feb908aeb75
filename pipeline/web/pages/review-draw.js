// A new line, drawn with the mouse on the sound where there is none: from where the button goes down to where it comes up.

import { snap } from "./review-snap.js";
import { put } from "./review-texts.js";
import { byId } from "./page.js";

/** Pixels from which on it is no click. */
const MOVED = 4;

/** Listens on the waveform's `box`. */
export function drawing(box, wave, desk) {
  box.addEventListener("pointerdown", (event) => {
    const held = event.button || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;
    const onLine = event.composedPath().some((node) => node.part?.contains("region"));
    if (!held && !onLine) begin(event, wave, desk);
  });
}

function begin(pressed, wave, desk) {
  const from = wave.time(pressed);
  const neighbours = around(desk, from);
  let place = null;
  const move = (event) => {
    if (!place && Math.abs(event.clientX - pressed.clientX) < MOVED) return;
    const [start, end] = [from, wave.time(event)].sort((a, b) => a - b);
    const edge = (side, time) => snap(desk, neighbours, side, Math.max(0, time), wave.within).time;
    wave.drawn = true;
    place = { start: edge("start", start), end: edge("end", end) };
    show(wave, place);
  };
  const over = (event) => {
    removeEventListener("pointermove", move);
    for (const kind of ["pointerup", "pointercancel"]) removeEventListener(kind, over);
    byId("new").hidden = true;
    if (place && event.type === "pointerup") put(desk, place);
  };
  addEventListener("pointermove", move);
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, over);
}

/** The lines before and after a time at which none is on screen. */
function around({ cues, lang }, time) {
  const track = cues.track(lang);
  const next = track.findIndex((cue) => cue.start > time);
  return next < 0 ? [track.at(-1) ?? null, null] : [track[next - 1] ?? null, track[next]];
}

function show(wave, { start, end }) {
  const box = byId("new");
  box.hidden = false;
  box.style.left = `${wave.x(start)}px`;
  box.style.width = `${Math.max(1, wave.x(end) - wave.x(start))}px`;
}
