// The form for a name: with the word that is selected in a line, and what stands for it on the other side.

import { byId } from "./page.js";

/** How alike a word and its translation are at least, 0 to 1. */
const ALIKE = 0.35;

export class NameForm {
  /** `add(line, written)` is given the line for the glossary; `ask(text)` says what is missing. */
  constructor(add, ask) {
    Object.assign(this, { _add: add, _ask: ask, _place: null, _found: "" });
    byId("naming").addEventListener("submit", (event) => this._submit(event));
    byId("naming").addEventListener("keydown", (event) => event.key === "Escape" && this._left());
  }

  open() {
    const { source, english, heard } = selected();
    this._place ??= byId("panel").scrollTop;
    byId("name-text").value = this._found = source;
    byId("name-english").value = english;
    byId("name-heard").value = heard;
    byId("name-text").focus();
    byId("name-text").select();
  }

  /** A name that was typed is the same in English where nothing else is; a word, or what was found in a line, may not be. */
  _submit(event) {
    event.preventDefault();
    const [written, english, heard] = ["name-text", "name-english", "name-heard"].map((id) => byId(id).value.trim());
    if (!written) return;
    if (!english && (written === this._found || !/\p{Lu}/u.test(written))) {
      this._ask(`Type what “${written}” is in English; where that is the same, type it again.`);
      return byId("name-english").focus();
    }
    this._add(`${written} = ${english || written}${heard && heard !== written ? ` [${heard}]` : ""}`, written);
    for (const id of ["name-text", "name-english", "name-heard"]) byId(id).value = "";
    document.activeElement.blur();
    this._left();
  }

  /** The panel stands where it stood before it was opened. */
  _left() {
    byId("panel").scrollTop = this._place ?? byId("panel").scrollTop;
    this._place = null;
  }
}

/** The name as both sides of its line have it, "" where one has none that is like it, and as it was heard where it was
 * selected there. */
function selected() {
  const selection = getSelection();
  const word = selection.toString().trim();
  const from = selection.anchorNode?.parentElement?.closest(".source, .en");
  const other = (side) => like(word, from.parentElement.querySelector(side)?.textContent ?? "");
  if (!word || !from) return { source: word, english: "", heard: "" };
  if (from.matches(".source")) return { source: word, english: other(".en"), heard: word };
  return { source: other(".source"), english: word, heard: "" };
}

/** What stands for the name `word` in `text`: the words with capitals that are most alike; "": none is. */
function like(word, text) {
  const many = word.split(/\s+/).length;
  const bare = (one) => one.replace(/^\p{L}{1,2}['’](?=\p{Lu})|['’]s$|[.'’-]+$/gu, "");
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu)?.map(bare) ?? [];
  const found = words.map((_, at) => words.slice(at, at + many).join(" ")).filter((one) => /^\p{Lu}/u.test(one));
  const likeness = (one) => alike(one, word);
  const best = found.sort((a, b) => likeness(b) - likeness(a))[0];
  return best && likeness(best) >= ALIKE ? best : "";
}

/** The part of their pairs of letters that two words share, 0 to 1. */
function alike(one, other) {
  const [mine, theirs] = [pairs(one), pairs(other)];
  const shared = mine.filter((pair) => {
    const at = theirs.indexOf(pair);
    if (at >= 0) theirs[at] = null;
    return at >= 0;
  });
  return (2 * shared.length) / Math.max(1, mine.length + theirs.length);
}

/** Two letters each, without accents; a word of one has itself. */
function pairs(word) {
  const plain = word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.length < 2 ? [plain] : Array.from({ length: plain.length - 1 }, (_, at) => plain.slice(at, at + 2));
}
