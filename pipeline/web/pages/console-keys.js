// Whose a key is: that of the field that is written in, or of the control that was come to by keyboard; else the console's. What
// was pressed with the mouse does not keep the keys, or Space would press it again where it is to hold a line.

import { FIELDS, meant } from "./letters.js";

const CONTROLS = "button, input[type=range]";
/** What a control does by itself, by its tag. */
const THEIRS = {
  BUTTON: ["Enter", " "],
  INPUT: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"],
};
/** Keys that mean it again while they are held down. */
const AGAIN = ["ArrowUp", "ArrowDown", ..."ws+-=[]"];

/** `ours(key)`: it is one of the console's; `press(key)` does it. */
export function listen(ours, press) {
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest(FIELDS)) return void (event.key === "Escape" && event.target.blur());
    const undo = (event.ctrlKey || event.metaKey) && event.key === "z";
    const key = undo ? "z" : meant(event);
    if (!ours(key) || THEIRS[event.target.tagName]?.includes(key)) return;
    event.preventDefault();
    leave();
    if (!event.repeat || AGAIN.includes(key)) press(key);
  });
  addEventListener("pointerup", leave, true); // a slider may be let go beside it, where it is no click
  addEventListener("click", ({ detail }) => detail && leave(), true); // 0: it was pressed by a key
}

/** The control that has the focus has it no more. */
function leave() {
  if (document.activeElement?.matches(CONTROLS)) document.activeElement.blur();
}
