// The lines on the page, brought to what is known: a correction changes one, a line that was taken out goes.

const GAP = 2; // seconds that are missing before that is said

/** Shows in `text` what was said up to the stream time `until`; whether anything changed. */
export function lines(text, feed, langs, until) {
  const wanted = [...spoken(feed, langs, until), ...missing(feed, until)].sort((a, b) => a.start - b.start || a.order - b.order);
  const newest = wanted.findLast((line) => line.order === 0)?.start;
  let changed = false;
  let here = text.firstChild;
  const known = new Map([...text.children].map((element) => [element.dataset.id, element]));
  let before;
  for (const line of wanted) {
    let element = known.get(line.id);
    known.delete(line.id);
    if (!element) element = made(line);
    if (element !== here) {
      text.insertBefore(element, here);
      changed = true;
    }
    here = element.nextSibling;
    if (element.textContent !== line.text) {
      element.textContent = line.text;
      changed = true;
    }
    element.toggleAttribute("data-new", line.start === newest);
    element.toggleAttribute("data-on", goesOn(before, line));
    before = line;
  }
  for (const element of known.values()) element.remove();
  return changed || known.size > 0;
}

/** Whether a line is the rest of the sentence of the one above it. */
function goesOn(before, line) {
  return before?.lang === line.lang && before.sentences?.length > 0 && before.sentences.at(-1) === line.sentences?.[0];
}

function spoken(feed, langs, until) {
  const held = new Set(feed.room.held);
  return langs.flatMap((lang, order) =>
    feed.track(lang).filter((cue) => cue.start <= until && !held.has(cue.id))
      .map((cue) => ({ id: cue.id, start: cue.start, lang, order, sentences: cue.sentences,
        text: cue.text.replaceAll("\n", " ") })));
}

function missing(feed, until) {
  return feed.gaps.filter((gap) => gap.end - gap.start >= GAP && gap.start <= until)
    .map((gap) => ({ id: `gap ${gap.start}`, start: gap.start, order: -1, text: "Here a part of the stream is missing." }));
}

function made(line) {
  const element = document.createElement("p");
  element.dataset.id = line.id;
  if (line.order > 0) element.dataset.second = "";
  if (line.order < 0) element.dataset.gap = "";
  else Object.assign(element, { lang: line.lang, dir: "auto" });
  return element;
}
