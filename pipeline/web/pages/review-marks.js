// What is to be known of a line in the list, in a word each: the doubts about it, what is wrong in its shape, what was done with
// it. What each word means stands at it, and beneath the keys.

import { byId } from "./page.js";

/** By kind, what is said, and what that means. */
const FLAGS = {
  untranslated: ["not translated", "no engine gave a translation that could be shown"],
  doubtful: ["translation doubtful", "the check of the translation doubts it"],
  name: ["name uncertain", "a name in it may be another one"],
  cut: ["cut off", "the recording begins or ends within it"],
  late: ["late", "it came too late for its moment that evening"],
  marked: ["marked", "the technician marked it to be looked at"],
  typed: ["typed live", "the technician typed it"],
  backfilled: ["translated later", "its translation came after its moment"],
};
const RULES = {
  lines: "more lines than allowed", cpl: "a line with more characters than allowed", cps: "too fast to read", wpm: "too fast to read",
  shortest: "on screen too briefly", longest: "on screen too long", reversed: "it ends before it begins", order: "it begins before the one before it",
  overlap: "on screen together with its neighbour", gap: "too near to its neighbour", empty: "without text", blank: "a blank line in it",
  bridge: "a gap before it that is too short to be seen as one: close it, or make it wider", spaces: "spaces too many, or around a line",
  characters: "signs that came from a wrong encoding, or cannot be seen", arrow: "-->, which players take for times", tags: "a tag that is not allowed",
  ellipsis: "other dots than the profile has", punctuation: "a space too many or too few at a sign", hyphens: "other hyphens of two speakers than the profile has",
  numbers: "a number in digits that the profile has in words", break: "a line broken where words belong together",
  spelling: "a word that no dictionary has: beside the line there is what may have been meant",
  balance: "one of its lines is much longer than the other", joined: "two sentences that are kept apart",
};
const STATES = {
  look: ["doubt", "likely wrong: F8 leads there, and says why"],
  note: ["note", "somebody left a note: F8 leads there"],
  draft: ["draft", "begun, and no edit yet"],
  "being typed": ["draft", "another window is writing it"],
  "✓": ["good", "accepted"],
  edited: ["good", "somebody has changed it"],
};

/** Whether somebody is writing it. */
export const drafted = ({ drafts }, { id }) => (drafts.elsewhere(id).length ? "being typed" : drafts.get(id) ? "draft" : "");

/** Draws those of a line, and gives them: [kind, text, meaning] each; `found` is what was counted here. */
export function marks(box, desk, cue, found) {
  const doubts = cue.flags.filter((flag) => FLAGS[flag]).map((flag) => ["doubt", ...FLAGS[flag]]);
  const counted = new Set([...found.map((one) => one.rule), "cps"]);
  const rules = desk.faults.of(cue).filter((rule) => !counted.has(rule)).map((rule) => ({ rule, text: rule }));
  const wrong = [...found, ...rules].map(({ rule, text }) => ["wrong", text, RULES[rule] ?? "it breaks this rule of the profile"]);
  const done = cue.flags.includes("accepted") ? "✓" : cue.flags.includes("edited") ? "edited" : "";
  const states = [desk.edits.history.notes(cue.id).length ? "note" : "", drafted(desk, cue) || done].filter(Boolean);
  const look = desk.queue.why(cue.id) && !desk.done(cue) && !doubts.length ? ["look"] : [];
  const all = [...look.map(state), ...doubts, ...wrong, ...states.map(state)];
  box.replaceChildren(...all.map(mark));
  return all;
}

/** What those of the chosen line mean, beside it; of what was done with it everybody knows. */
export function explain(all) {
  const unclear = all.filter(([kind]) => kind !== "good");
  byId("meanings").replaceChildren(...(unclear.length ? [meanings(unclear)] : []));
}

/** What each means, as a list. */
export function legend() {
  const rules = Object.entries(RULES).map(([rule, meaning]) => ["wrong", rule, meaning]);
  const doubts = Object.values(FLAGS).map((flag) => ["doubt", ...flag]);
  return meanings([...Object.keys(STATES).map(state), ...doubts, ...rules]);
}

function meanings(all) {
  const list = document.createElement("dl");
  list.className = "marks";
  for (const one of all) {
    const [term, meaning] = ["dt", "dd"].map((tag) => document.createElement(tag));
    term.append(mark(one));
    meaning.textContent = one[2];
    list.append(term, meaning);
  }
  return list;
}

const state = (name) => [STATES[name][0], name, STATES[name][1]];

function mark([kind, text, meaning]) {
  const made = document.createElement("b");
  made.className = kind;
  made.textContent = text;
  made.title = meaning;
  if (text === "✓") made.setAttribute("aria-label", meaning);
  return made;
}
