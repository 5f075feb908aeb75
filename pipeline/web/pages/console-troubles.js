// What is wrong, a row each: what it is and what to do; what was told, until somebody has seen it.

import { byId } from "./page.js";
import { element, fill } from "./console-row.js";

/** `press(key)` answers a question; `seen()` puts away what was told. */
export function drawTroubles(troubles, press, seen) {
  const box = byId("troubles");
  const standing = new Set(troubles.map(named));
  for (const row of [...box.children]) if (!standing.has(row.dataset.of)) row.remove();
  troubles.forEach((one, at) => {
    const row = [...box.children].find((known) => known.dataset.of === named(one)) ?? made(one, press, seen);
    fill(row.querySelector(".left"), one.left ?? "");
    if (box.children[at] !== row) box.insertBefore(row, box.children[at] ?? null);
  });
}

const named = ({ text, how, at }) => `${how} ${at} ${text}`;

function made({ text, how, at, keys }, press, seen) {
  const row = element("p", how);
  row.dataset.of = named({ text, how, at });
  const said = element("span", "", at === null ? text : `${how === "past" ? "Past, " : ""}${stamp(at)}: ${text}`);
  if (how !== "past") said.setAttribute("role", "alert");
  const words = element("span", "said");
  words.append(said, " ", element("span", "left"));
  row.append(words);
  const buttons = element("span", "asked");
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

/** The time, and the day if it is not this one. */
function stamp(at) {
  const then = new Date(at * 1000);
  const day = then.toDateString() === new Date().toDateString() ? "" : `${then.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}, `;
  return `${day}${then.toTimeString().slice(0, 5)}`;
}
