// One line of the console's list: its countdown, its words, and the buttons to lay hand on it.

import { element, fill } from "./dom.js";
import { languages } from "./page.js";

const REMARKS = {
  untranslated: "not translated", doubtful: "translation doubtful", name: "a name is uncertain", cut: "cut off",
  fast: "fast", edited: "edited", marked: "marked for the editor", typed: "typed", backfilled: "translated later",
};
const BUTTONS = [["edit", "e", "Edit", "E"], ["hold", " ", "Hold", "Space"], ["kill", "x", "Kill", "X"],
  ["mark", "m", "Mark", "M"]];

/** The row of a cue; `pressed(key)` is told of its buttons. */
export function made(cue, sourceLang, pressed) {
  const row = element("li", "line");
  row.dataset.id = cue.id;
  const words = element("div", "words");
  const text = element("p", "en");
  text.lang = cue.lang;
  const source = element("p", "source");
  source.lang = sourceLang;
  words.append(text, source, element("p", "remarks"));
  const buttons = element("div", "buttons");
  for (const [name, key, label, shown] of BUTTONS) {
    const button = element("button", name);
    button.append(element("span", "", label), element("kbd", "", shown));
    button.addEventListener("click", () => pressed(key));
    buttons.append(button);
  }
  row.append(element("p", "count"), words, buttons);
  return row;
}

/** Brings the row to what the cue says now; of one that is being edited the words are left alone. */
export function draw(row, cue, { count, said, gone, stays, state, held, over, edited, elsewhere }) {
  fill(row.querySelector(".count"), count);
  const text = row.querySelector(".en");
  if (text) fill(text, cue.text);
  fill(row.querySelector(".source"), said);
  row.querySelector(".source").classList.toggle("gone", gone);
  const remarks = [elsewhere && "open on another console", stays.length && `still there in ${languages(stays)}`,
    ...cue.flags.map((flag) => REMARKS[flag])];
  if (!edited) fill(row.querySelector(".remarks"), remarks.filter(Boolean).join(" · "));
  row.querySelector(".hold").hidden = over;  // its moment has passed: what became of it stands before it
  fill(row.querySelector(".hold span"), held ? "Send" : "Hold");
  fill(row.querySelector(".kill span"), state === "struck" ? "Restore" : "Kill");
}
