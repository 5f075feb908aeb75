// The lines on the page, brought to what is known: a correction changes one, a line that was taken out goes.

import { write } from "./italics.js";
import { after } from "./lines.js";

const GAP = 2; // seconds that are missing before that is said
const KEPT = 300; // lines of each language while nobody reads above

export class ReadLines {
  #changes = 0;
  #drawn = "";
  #from = -Infinity; // stream time of the first that is kept

  constructor(text, feed, langs) {
    Object.assign(this, { text, feed, langs });
    for (const kind of ["cue", "withdrawn", "gap", "room", "opened", "ready"]) feed.addEventListener(kind, () => (this.#changes += 1));
  }

  /** Shows what was said up to the stream time `until`, the oldest only for whoever is `above`; whether anything changed. */
  draw(until, above) {
    const ends = this.langs.map((lang) => after(this.feed.track(lang), until));
    const told = [this.#changes, ...ends, this.#missing(until).length].join();
    if (told === this.#drawn) return false;
    this.#drawn = told;
    if (!above) this.#from = this.feed.track(this.langs[0])[ends[0] - KEPT]?.start ?? -Infinity;
    const lines = [...this.#spoken(ends), ...this.#missing(until)].filter((line) => line.start >= this.#from);
    return put(this.text, lines.sort((a, b) => a.start - b.start || a.order - b.order));
  }

  #spoken(ends) {
    const there = new Set([...this.text.children].map((line) => line.dataset.id));
    const open = this.feed.opened.map((one) => one.cue).filter((id) => !there.has(id));
    const held = new Set([...this.feed.room.held, ...open]);
    return this.langs.flatMap((lang, order) =>
      this.feed.track(lang).slice(0, ends[order]).filter((cue) => !held.has(cue.id))
        .map((cue) => ({ id: cue.id, start: cue.start, lang, order, sentences: cue.sentences,
          text: cue.text.replaceAll("\n", " ") })));
  }

  #missing(until) {
    return this.feed.gaps.filter((gap) => gap.end - gap.start >= GAP && gap.start <= until)
      .map((gap) => ({ id: `gap ${gap.start}`, start: gap.start, order: -1, text: "Here a part of the stream is missing." }));
  }
}

function put(text, wanted) {
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
    if (element.dataset.text !== line.text) {
      element.dataset.text = line.text;
      write(element, line.text);
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
  return before?.sentences?.length > 0 && before.lang === line.lang && before.sentences.at(-1) === line.sentences?.[0];
}

function made(line) {
  const element = document.createElement("p");
  element.dataset.id = line.id;
  if (line.order > 0) element.dataset.second = "";
  if (line.order < 0) element.dataset.gap = "";
  else Object.assign(element, { lang: line.lang, dir: "auto" });
  return element;
}
