// Keys that are letters or signs can be switched off (WCAG 2.1.4): somebody who speaks to the machine presses them by
// accident. They then need Alt, on a Mac Ctrl. The others (arrows, space, Home, F1 for the keys) always do what they do.

const PLACE = "livesubs.letters";
const MAC = navigator.platform.startsWith("Mac");

/** Where letters are written. */
export const FIELDS = "textarea, select, input:not([type=range])";

/** The key that is meant, a letter in lower case; null: none of ours, such as one that is typed into a field. */
export function meant(event) {
  if (event.target.closest?.(FIELDS)) return null;
  const { key, altKey, ctrlKey, metaKey } = event;
  const sign = key.length === 1 && key !== " ";
  const [ours, others] = MAC ? [ctrlKey, altKey] : [altKey, ctrlKey];
  if (others || metaKey || ours !== (sign && !letters())) return null;
  return sign ? key.toLowerCase() : key === "F1" ? "?" : key;
}

/** The switch, for where a page tells its keys. */
export function letterSwitch() {
  const button = document.createElement("button");
  button.type = "button";
  const say = () => (button.textContent = letters() ? "Single-letter keys: on" : `Single-letter keys: off, with ${MAC ? "Ctrl" : "Alt"} alone`);
  button.addEventListener("click", () => {
    set(!letters());
    say();
  });
  say();
  return button;
}

function letters() {
  try {
    return localStorage.getItem(PLACE) !== "off";
  } catch {
    return true;
  }
}

function set(on) {
  try {
    localStorage.setItem(PLACE, on ? "on" : "off");
  } catch {
    // a browser that keeps nothing leaves them on
  }
}
