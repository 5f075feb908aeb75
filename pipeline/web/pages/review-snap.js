// Where an edge of a line belongs that was set about there; times in seconds.

/** Where an edge of a line between two others (null: none) belongs; `draws`: also to words and shot changes. */
export function snap(desk, neighbours, side, time, within, draws = true) {
  const { heard, gap, fps } = desk;
  const [from, to] = [time - 1, time + 1];
  const [words, shots] = draws ? [heard.words(from, to), heard.shots(from, to)] : [[], []];
  return snapped(time, side, { words, shots, neighbours, gap, fps, within });
}

/** The place for the `side` ("start" or "end") of a line at `time`: that of a neighbour, a shot change or a word that is
 * less than `within` away, the nearest; else the frame. Never nearer to a neighbour than `gap`. Gives {time, to}. */
function snapped(time, side, { words, shots, neighbours, gap, fps, within }) {
  const [before, after] = neighbours;
  const start = side === "start";
  const room = start ? (before ? before.end + gap : -Infinity) : after ? after.start - gap : Infinity;
  const places = [
    { time: room, to: "line" },
    ...shots.map((shot) => ({ time: start ? shot : shot - gap, to: "shot" })),
    ...words.map((word) => ({ time: start ? word.start : word.end, to: "word" })),
  ];
  const near = places.filter((place) => Math.abs(place.time - time) <= within);
  const best = near.reduce((one, other) => (one && Math.abs(one.time - time) <= Math.abs(other.time - time) ? one : other), null);
  const place = best ?? { time: framed(time, fps), to: "frame" };
  if (start ? place.time < room : place.time > room) return { time: room, to: "line" };
  return { ...place, time: Math.max(0, place.time) };
}

export const framed = (time, fps) => (fps ? Math.round(time * fps) / fps : time);
