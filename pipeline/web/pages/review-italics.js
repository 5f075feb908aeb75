// Italics as they are put on and taken off at the desk, by the marks of italics.js: they begin and end with words. Pure.

import { parts } from "./italics.js";

const MARK = /<\/?i>/g;

/** A text with its letters from `from` to `to` in italics, or, where all of them are, without; where there are none, all of it.
 * Gives {text, from, to}, where those are then; null: there is nothing to read. */
export function toggled(text, from, to) {
  const { plain, slanted } = letters(text);
  const [start, end] = [place(text, from), place(text, to)];
  const [first, last] = words(plain, ...(start < end ? [start, end] : [0, plain.length]));
  if (first === last) return null;
  const all = slanted.every((one, at) => one || at < first || at >= last || !plain[at].trim());
  slanted.fill(!all, first, last);
  const made = marked(plain, slanted);
  if (start < end) return { text: made.text, from: made.after[first], to: made.before[last] };
  const caret = (start < plain.length ? made.after : made.before)[start];
  return { text: made.text, from: caret, to: caret };
}

/** A text as two, whose italics end and begin again there. */
export function cut(text, at) {
  if (parts(text).length < 2) return [text.slice(0, at), text.slice(at)];
  const { plain, slanted } = letters(text);
  const border = place(text, at);
  return [[0, border], [border]].map((part) => marked(plain.slice(...part), slanted.slice(...part)).text);
}

/** What is read of a text, and of each letter whether it is in italics; of marks that begin or end nothing none is. */
function letters(text) {
  const found = parts(text).map(({ part, italic }) => ({ part: part.replace(MARK, ""), italic }));
  return {
    plain: found.map(({ part }) => part).join(""),
    slanted: found.flatMap(({ part, italic }) => Array(part.length).fill(italic)),
  };
}

/** Where a place in a text is in what is read of it. */
function place(text, at) {
  const before = ({ 0: mark, index }) => Math.max(0, Math.min(at - index, mark.length));
  return at - [...text.matchAll(MARK)].reduce((sum, mark) => sum + before(mark), 0);
}

/** A stretch without the spaces at its ends. */
function words(plain, from, to) {
  const part = plain.slice(from, to);
  const first = from + part.length - part.trimStart().length;
  return [first, first + part.trim().length];
}

/** A text with its marks: a space is in italics between letters that are. And where each of its letters is, `before` and `after` the
 * mark there. */
function marked(plain, slanted) {
  const inside = [...slanted, false];
  for (const { 0: space, index } of plain.matchAll(/\s+/g)) {
    inside.fill(Boolean(slanted[index - 1] && slanted[index + space.length]), index, index + space.length);
  }
  const [before, after] = [[], []];
  let text = "";
  for (const [at, italic] of inside.entries()) {
    before.push(text.length);
    if (italic !== (inside[at - 1] ?? false)) text += italic ? "<i>" : "</i>";
    after.push(text.length);
    text += plain[at] ?? "";
  }
  return { text, before, after };
}
