// What becomes of lines that are split, merged, or give words to each other; and what is wrong with one, counted here
// while it is typed (the server's check says more, a moment later). Pure: times in seconds, nothing is asked or drawn.

import { cut } from "./review-italics.js";

/** Seconds that the words of a line may begin before it, or end after it, and still be its own. */
const NEAR = 0.6;
/** Marks after which a new sentence begins. */
const ENDS = /[.!?…]["»”’)\]]*$/;

/** A text as files have it: lines without spaces around them, none empty. */
export const tidy = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean).join("\n");

/** Characters that are read, tags and line breaks left out. */
export const read = (text) => text.replace(/<[^>]*>|\{\\[^}]*\}/g, "").replaceAll("\n", "");

export const perSecond = (text, seconds) => read(text).length / Math.max(0.001, seconds);

/** A speed as it is read, rounded up: what is over looks over. */
export const rate = (speed) => (Math.ceil(10 * speed - 0.000001) / 10).toFixed(1);

/** What can be counted in a line at once, in few words: `{rule, text}`; `limits` are the profile's, null is none. */
export function faults(cue, before, after, limits) {
  const lines = cue.text.split("\n");
  const seconds = cue.end - cue.start;
  const longest = Math.max(...lines.map((line) => read(line).length));
  const speed = perSecond(cue.text, seconds);
  const words = (60 * read(lines.join(" ")).split(/\s+/).filter(Boolean).length) / Math.max(0.001, seconds);
  const found = [];
  const note = (bad, rule, text) => bad && found.push({ rule, text });
  note(limits.cps && speed > limits.cps + 0.0001, "cps", `${rate(speed)} cps`);
  note(limits.wpm && words > limits.wpm + 0.0001, "wpm", `${rate(words)} wpm`);
  note(limits.cpl && longest > limits.cpl, "cpl", `${longest} chars`);
  note(limits.lines && lines.length > limits.lines, "lines", `${lines.length} lines`);
  note(limits.shortest && seconds < limits.shortest - 0.0005, "shortest", `${seconds.toFixed(2)} s`);
  note(limits.longest && seconds > limits.longest + 0.0005, "longest", `${seconds.toFixed(1)} s`);
  const room = after ? after.start - cue.end : Infinity;
  note(room < -0.0005, "overlap", "overlaps");
  note(room >= -0.0005 && limits.gap && room < limits.gap - 0.0015, "gap", `gap ${(1000 * room).toFixed(0)} ms`);
  return found;
}

/** The time at which the part of a cue's text before `caret` has been said: by the words of the recogniser, at the
 * border between two of them that is nearest to the caret's share of the letters. */
export function splitTime(cue, caret, words) {
  const share = read(cue.text.slice(0, caret)).length / Math.max(1, read(cue.text).length);
  const guess = cue.start + share * (cue.end - cue.start);
  const mine = words.filter((word) => word.start > cue.start - NEAR && word.end < cue.end + NEAR);
  if (mine.length < 2) return guess;
  const letters = mine.reduce((sum, word) => sum + word.text.length, 0);
  let said = 0;
  const borders = mine.slice(0, -1).map((word, at) => {
    said += word.text.length;
    return { time: mine[at + 1].start, off: Math.abs(said / letters - share) };
  });
  const best = borders.reduce((one, other) => (other.off < one.off ? other : one));
  return best.time > cue.start + 0.1 && best.time < cue.end - 0.1 ? best.time : guess;
}

/** Where a text is parted that has the caret there: not inside a word, but at its nearer end, unless that is an end of the text.
 * Null: it is all one word. */
export function border(text, caret) {
  const inside = /[^ \n]/.test(text[caret - 1] ?? " ") && /[^ \n]/.test(text[caret] ?? " ");
  if (!inside || UNSPACED.test(text.slice(caret - 1, caret + 1))) return caret;
  const before = Math.max(text.lastIndexOf(" ", caret - 1), text.lastIndexOf("\n", caret - 1)) + 1;
  const after = caret + text.slice(caret).search(/[ \n]|$/);
  const ends = [before, after].filter((at) => at > 0 && at < text.length);
  return ends.length ? ends.reduce((one, other) => (Math.abs(other - caret) < Math.abs(one - caret) ? other : one)) : null;
}

/** Scripts that put no space between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

/** What there is instead of lines that would be too short to be read. */
export const SHORT = "short";

/** A line as two, at `caret`, the second from `time` on; `gap` seconds are left between. Each stands for `least` seconds:
 * where the line is too short for that its end goes on, to `room` at most, else they are SHORT. Null: one would be empty. */
export function split(cue, caret, { time, gap, least, room }) {
  const [first, second] = cut(cue.text, caret).map(tidy);
  if (!first || !second) return null;
  const end = Math.max(cue.end, Math.min(room, cue.start + 2 * least + gap));
  const begins = between(time, cue.start + least + gap, end - least);
  if (begins === null) return SHORT;
  return [
    { ...cue, text: first, end: round(begins - gap) },
    { ...cue, text: second, start: round(begins), end: begins + least > cue.end ? round(begins + least) : cue.end },
  ];
}

/** Two lines as one, in one sentence where the first has no end; its text is broken anew where it fits. */
export function merge(first, second, limits) {
  const goesOn = !ENDS.test(first.text.trim());
  const rest = goesOn ? lowered(second.text) : second.text;
  const text = flat(`${first.text} ${rest}`);
  return {
    ...first,
    end: second.end,
    text: broken(text, limits),
    sentences: [...new Set([...first.sentences, ...second.sentences])],
    flags: [...new Set([...first.flags, ...second.flags])],
  };
}

/** Two lines as one sentence, whatever stands between them: the full stop goes, and the capital after it. */
export function joined(first, second, limits) {
  const open = { ...first, text: first.text.trim().replace(/[.…]+$/, "") };
  return merge(open, second, limits);
}

/** The words before the caret go to the line before, or with `by` 1 those after it to the line after. Null: nothing
 * would be left, or nothing goes. The times stay with the words: the border moves to `time`, but so that what is left stands
 * for `least` seconds; SHORT: it cannot. */
export function give(cue, neighbour, caret, by, { time, gap, least }, limits) {
  const [before, after] = cut(cue.text, caret).map(tidy);
  if (!before || !after) return null;
  const [kept, given] = by < 0 ? [after, before] : [before, after];
  const text = broken(flat(by < 0 ? `${neighbour.text} ${given}` : `${given} ${neighbour.text}`), limits);
  const border = by < 0 ? between(time, cue.start, cue.end - least) : between(time, cue.start + least + gap, cue.end);
  if (border === null) return SHORT;
  if (by < 0) return [{ ...neighbour, text, end: round(border - gap) }, { ...cue, text: kept, start: round(border) }];
  return [{ ...cue, text: kept, end: round(border - gap) }, { ...neighbour, text, start: round(border) }];
}

/** The time that is nearest to one and lies between; null: there is none, but for half a millisecond. */
const between = (time, first, last) => (first > last + 0.0005 ? null : Math.max(first, Math.min(time, last)));

/** On one line, its words a space apart. */
export const flat = (text) => text.replace(/\s+/g, " ").trim();

/** The first letter small, unless the word looks like a name, an abbreviation or I. */
export function lowered(text) {
  const word = text.match(/^\W*([\p{L}’']+)/u)?.[1] ?? "";
  const stays = /^I\b|^I['’]/.test(word) || (word.length > 1 && word === word.toUpperCase()) || !COMMON.test(word);
  return stays ? text : text.replace(/^\W*\p{Lu}/u, (begin) => begin.toLowerCase());
}

/** Words that are no names: what sentences begin with. */
const COMMON = new RegExp(
  `^(?:${(
    "a an the this that these those he she it we you they my your his her its our their who what when where why how which " +
    "and or but so because if as of in on at by for from to with without not no yes there here then now all some many most " +
    "each every one two three is are was were will would can could should must do does did have has had let more even only " +
    "le la les un une des du de et ou mais donc car si que qui quand où comment pourquoi ce cet cette ces il elle on nous " +
    "vous ils elles mon ma mes son sa ses notre nos votre vos leur leurs je tu ne pas dans sur pour par avec sans en y à au " +
    "aux est sont était étaient sera seront a ont"
  ).replaceAll(" ", "|")})$`,
  "i",
);

/** A text on one line if it fits, else on two of much the same length, after punctuation where that is near. */
export function broken(text, { cpl = 42, lines = 2 }) {
  if (read(text).length <= cpl || lines < 2) return text;
  const places = [...text.matchAll(/ /g)].map((match) => match.index);
  if (!places.length) return text;
  const cost = (at) => {
    const [first, second] = [read(text.slice(0, at)).length, read(text.slice(at + 1)).length];
    const over = Math.max(0, first - cpl) + Math.max(0, second - cpl);
    return 100 * over + Math.abs(first - second) - (/[,;:.!?…]$/.test(text.slice(0, at)) ? 12 : 0);
  };
  const at = places.reduce((one, other) => (cost(other) < cost(one) ? other : one));
  return `${text.slice(0, at)}\n${text.slice(at + 1)}`;
}

export const round = (seconds) => Math.round(1000 * seconds) / 1000;
