// What stands in two tracks for the same sentences.

/** By track, its lines by sentence, and the texts that were asked for: a track with other lines is another. */
const known = new WeakMap();

/** The lines of a track that show a part of what `cue` shows, as one text. */
export function said(cue, track) {
  if (!known.has(track)) known.set(track, { lines: bySentence(track), texts: new Map() });
  const { lines, texts } = known.get(track);
  const key = cue.sentences.join(" ");
  if (!texts.has(key)) {
    const mine = new Set(cue.sentences.flatMap((id) => lines.get(id) ?? []));
    texts.set(key, [...mine].map((one) => one.text.replaceAll("\n", " ")).join(" "));
  }
  return texts.get(key);
}

function bySentence(track) {
  const lines = new Map();
  for (const cue of track) {
    for (const id of cue.sentences) {
      if (lines.has(id)) lines.get(id).push(cue);
      else lines.set(id, [cue]);
    }
  }
  return lines;
}
