// What is wrong, a row each: what it is and what to do; what was told, until somebody has seen it.

import { byId } from "./page.js";
import { element, fill } from "./dom.js";
import { stamp } from "./times.js";

/** What is wrong, and after it what to do, or what is done. */
const ADVICE = /^((?:\([^()]*\)|[^;()])+); .*$/s;

/** `press(key)` answers a question; `seen()` puts away what was told. */
export function drawTroubles(troubles, press, seen) {
  const box = byId("rows");
  const standing = new Set(troubles.map(named));
  for (const row of [...box.children]) if (!standing.has(row.dataset.of)) row.remove();
  troubles.forEach((one, at) => {
    const row = [...box.children].find((known) => known.dataset.of === named(one)) ?? made(one, press, seen);
    fill(row.querySelector(".left"), one.left ?? "");
    if (box.children[at] !== row) box.insertBefore(row, box.children[at] ?? null);
  });
  drawAll(box);
}

byId("all").addEventListener("click", () => {
  byId("troubles").classList.toggle("open");
  drawAll(byId("rows"));
});

/** On a phone the first alone is told, shortly where there is nothing to do, and all of it when that is asked for. */
function drawAll(box) {
  const [all, open] = [byId("all"), byId("troubles").classList.contains("open")];
  const said = box.querySelector(".said");
  all.hidden = !said || !(open || box.children.length > 1 || said.scrollHeight > said.clientHeight + 1);
  all.setAttribute("aria-expanded", open);
  fill(all, open ? "Less" : box.children.length > 1 ? `All ${box.children.length}` : "All");
}

/** All that was told, the last first, so that nothing is lost that goes from the top. */
export function drawHistory(told) {
  const box = byId("past");
  byId("history").hidden = !told.length;
  if (box.dataset.of === JSON.stringify(told)) return;
  box.dataset.of = JSON.stringify(told);
  box.replaceChildren(...told.map((one) => element("li", one.over ? "over" : "", dated(one))));
}

const named = ({ text, how, at, over }) => `${how} ${at} ${over} ${text}`;

/** What was told, and when; of what is over not what to do. */
const dated = ({ text, at, over }) =>
  over ? `${stamp(at)}, over since ${stamp(over)}: ${text.replace(ADVICE, "$1")}` : `${stamp(at)}: ${text}`;

function made({ text, how, at, over, keys, brief }, press, seen) {
  const row = element("p", how);
  row.dataset.of = named({ text, how, at, over });
  const said = element("span", "", at === null ? text : `${how === "past" && !over ? "Past, " : ""}${dated({ text, at, over })}`);
  if (how === "bad" || how === "warn") said.setAttribute("role", "alert");
  const words = element("span", "said");
  const left = element("span", "left");
  words.append(...(at === null ? [left, " ", said] : [said, " ", left]));  // what counts down first
  row.append(words);
  const buttons = element("span", "asked");
  row.classList.toggle("brief", Boolean(brief));
  for (const [key, label, shown] of keys ?? []) buttons.append(button(label, () => press(key), shown));
  if (at !== null) buttons.append(button("Seen", seen));
  if (buttons.children.length) row.append(buttons);
  row.classList.toggle("told", at !== null);
  return row;
}

function button(label, pressed, shown) {
  const made = element("button", "", shown ? `${label} ` : label);
  if (shown) made.append(element("kbd", "", shown));
  made.addEventListener("click", () => {
    pressed();
    byId("list").focus();  // the row goes, and the keys are those of the lines again
  });
  return made;
}
