// Which keys do what: one table of the conventions, which whoever has other habits changes; that is kept in this browser.

import { letterSwitch, meant } from "./letters.js";
import { legend } from "./review-marks.js";
import { byId } from "./page.js";

const PLACE = "livesubs.desk keys";
/** Signs by where they are on the keyboard: they are elsewhere, or need Shift, where other languages are written. */
const SIGNS = {
  BracketLeft: "[", BracketRight: "]", Minus: "-", Equal: "=", Comma: ",", Period: ".", Slash: "/", Semicolon: ";",
  Quote: "'", Backquote: "`", Backslash: "\\", Space: "Space",
};
const SHOWN = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };

/** The name of what is pressed, such as Ctrl+Shift+M; empty: a modifier alone, or a sign that is typed by AltGr. */
export function pressed(event) {
  if (event.getModifierState("AltGraph")) return "";
  const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (["Control", "Alt", "Shift", "Meta", "AltGraph", "Dead"].includes(key) && !SIGNS[code]) return "";
  const letter = /^[a-z]$/i.test(key) ? key.toUpperCase() : /^Key[A-Z]$/.test(code) ? code.slice(3) : "";
  const name = letter || SIGNS[code] || (/^Digit\d$/.test(code) ? code.slice(5) : key);
  return [ctrlKey || metaKey ? "Ctrl" : "", altKey ? "Alt" : "", shiftKey ? "Shift" : "", name].filter(Boolean).join("+");
}

export class Keys {
  /** `commands`: {id, group, keys, what, run, may, cannot, answers, once, shapes}; `run` gets the desk, `may` says whether the
   * key is meant for it now, `cannot` why this session has nothing for it, `answers` that it does not end a question,
   * `once` that a key that is held down does it once, and `shapes` that other changes wait for it. */
  constructor(commands, desk) {
    Object.assign(this, { _commands: commands, _desk: desk, _own: own() });
    this._index();
    this._dialog = byId("keys");
    addEventListener("keydown", (event) => this._press(event));
    addEventListener("mousedown", (event) => this._held(event));
    for (const button of document.querySelectorAll("button[data-do]")) {
      button.addEventListener("click", (event) => this._clicked(button.dataset.do, event));
    }
    this._label();
  }

  /** The keys of a command. */
  of(id) {
    return this._own[id] ?? this._commands.find((one) => one.id === id)?.keys ?? [];
  }

  /** Whoever has a mouse goes on writing; with the keyboard one stays where one is. */
  _clicked(id, event) {
    if (event.detail) this._desk.field.node.focus({ preventScroll: true });
    return this._desk.run(this._commands.find((one) => one.id === id));
  }

  /** Also one who draws on the sound, or slips on a line. */
  _held(event) {
    if (event.button || !event.target.closest(".row, #sound")) return;
    event.preventDefault();
    this._desk.field.focus();
  }

  /** The keys on the buttons. */
  _label() {
    for (const button of document.querySelectorAll("button[data-do]")) {
      const command = this._commands.find((one) => one.id === button.dataset.do);
      button.title = `${command.what} (${this.of(command.id).join(", ")})`;
      button.hidden = this._cannot(command);
    }
    for (const node of document.querySelectorAll("kbd[data-of]")) node.textContent = shown(this.of(node.dataset.of)[0] ?? "");
  }

  /** What this session has nothing for is not offered. */
  _cannot({ cannot }) {
    return Boolean(cannot?.(this._desk.facts));
  }

  /** Shows them all, each to be changed. */
  help() {
    if (this._dialog.open) return this._dialog.close();
    this._draw();
    this._dialog.showModal();
  }

  /** They are others now. */
  _changed() {
    keep(this._own);
    this._index();
    this._label();
  }

  _index() {
    this._by = new Map(this._commands.flatMap((command) => this.of(command.id).map((key) => [key, command])));
  }

  _press(event) {
    if (this._changing) return this._change(event);
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const name = pressed(event);
    const command = this._by.get(name) ?? (meant(event) === "?" ? this._by.get("F1") : null);
    if (!command || (/^[A-Z0-9]$/.test(name) && !meant(event))) return;
    if (command.may && !command.may(this._desk, event)) return;
    if (event.repeat && command.once) return event.preventDefault();
    event.preventDefault();
    this._desk.run(command);
  }

  /** The next key that is pressed is the command's. */
  _change(event) {
    event.preventDefault();
    event.stopPropagation();
    const name = pressed(event);
    if (!name) return;
    const id = this._changing;
    this._changing = null;
    if (name !== "Escape") this._set(id, name === "Backspace" ? [] : [name]);
    this._draw();
    this._dialog.querySelector(`[data-key="${id}"]`)?.focus();
  }

  /** A key does one thing: whoever had it has it no more. */
  _set(id, keys) {
    for (const command of this._commands) {
      const left = this.of(command.id).filter((key) => !keys.includes(key));
      if (left.length < this.of(command.id).length) this._own[command.id] = left;
    }
    this._own[id] = keys;
    this._changed();
  }

  _draw() {
    const parts = [...grouped(this._commands.filter((one) => !this._cannot(one)))].map(([group, commands]) => {
      const [section, title, list] = ["section", "h3", "dl"].map((tag) => document.createElement(tag));
      title.textContent = group;
      list.append(...commands.flatMap((command) => this._row(command)));
      section.append(title, list);
      return section;
    });
    byId("keys-list").replaceChildren(...parts);
    byId("legend").replaceChildren(legend());
    byId("keys-more").replaceChildren(letterSwitch(), this._letters(), this._forget());
  }

  _row(command) {
    const [term, said, button] = ["dt", "dd", "button"].map((tag) => document.createElement(tag));
    button.type = "button";
    button.dataset.key = command.id;
    button.textContent = this._changing === command.id ? "press a key…" : this.of(command.id).map(shown).join(" / ") || "none";
    button.setAttribute("aria-label", `${command.what}: ${this.of(command.id).join(" or ") || "no key"}. Change it`);
    button.addEventListener("click", () => ((this._changing = command.id), this._draw()));
    term.append(button);
    said.textContent = command.what;
    return [term, said];
  }

  /** What that switch is about here. */
  _letters() {
    const told = document.createElement("span");
    told.className = "quiet";
    told.textContent = "Here that is ? alone, and what you set to a letter: they do nothing where one writes.";
    return told;
  }

  _forget() {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "All as they were";
    button.addEventListener("click", () => ((this._own = {}), this._changed(), this._draw()));
    return button;
  }
}

/** A key as it is told. */
export const shown = (name) => name.split("+").map((part) => SHOWN[part] ?? part).join(" ");

function grouped(commands) {
  const groups = new Map();
  for (const one of commands) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return groups;
}

function own() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? {};
  } catch {
    return {};
  }
}

function keep(keys) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(keys));
  } catch {
    // a browser that keeps nothing has them until the page is loaded again
  }
}
