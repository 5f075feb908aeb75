// The line that is open: its field, what is said beside it, and what was typed, which a reload does not lose.

import { fit, rows, surplus } from "./console-fit.js";
import { element, fill } from "./dom.js";
import { keepInTab, ofTab } from "./kept.js";

const DRAFT = "draft";
/** Milliseconds after which another place on the page has the focus, where it goes to one. */
const GONE = 150;
/** Characters a second that are too many to read. */
const FAST = 20;

export class Editor {
  /** `closed(cue, text)`: it is closed; text: null where there is nothing to keep. */
  constructor(feed, closed) {
    this._feed = feed;
    this._closed = closed;
    this._open = null;
    this._restored = false;
  }

  /** The id of the line that is open; null: none. */
  get id() {
    return this._open?.cue.id ?? null;
  }

  /** Opens a line in its row, the caret at its end. */
  open(cue, row, text = cue.text) {
    const field = element("textarea", "field");
    field.value = text;
    field.rows = Math.max(2, text.split("\n").length);
    field.enterKeyHint = "done";
    field.setAttribute("aria-label", "The line's text");
    this._open = { cue, field, row };
    row.classList.add("editing");
    row.querySelector(".en").replaceWith(field);
    field.addEventListener("input", () => this._typing());
    field.addEventListener("keydown", (event) => this._typed(event));
    field.addEventListener("blur", () => setTimeout(() => this._left(field), GONE));
    field.focus();
    field.setSelectionRange(text.length, text.length);
    this._typing();
  }

  /** What was being typed before the page was loaded again, {id, text}, the first time; else null. */
  restored() {
    if (this._restored || !this._feed.session) return null;
    this._restored = true;
    return ofTab(DRAFT, this._feed.session.began_at);
  }

  /** Ends the edit; `save`: if there is anything new in it. */
  close(save) {
    const { cue, field, row } = this._open;
    const now = this._feed.cues.get(cue.id) ?? cue;
    this._open = null;
    this._keep(null);
    const text = element("p", "en", now.text);
    text.lang = now.lang;
    if (field.isConnected) field.replaceWith(text);
    row.querySelector(".remarks").classList.remove("long");
    this._closed(now, save && field.value.trim() !== now.text.trim() ? field.value : null);
  }

  /** Another place on the page was chosen; a window that is not in front leaves what is half typed alone. */
  _left(field) {
    if (this._open?.field === field && document.hasFocus() && document.activeElement !== field) this.close(true);
  }

  _typed(event) {
    if (event.key === "Escape") this.close(false);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Beside the field: how long its lines are, and how fast they would have to be read. */
  _typing() {
    const { cue, field, row } = this._open;
    this._keep({ id: cue.id, text: field.value });
    const lines = field.value.split("\n").filter((line) => line.trim());
    const speed = lines.join(" ").length / Math.max(0.1, cue.end - cue.start);
    const long = surplus(field.value);
    const remarks = row.querySelector(".remarks");
    remarks.classList.toggle("long", Boolean(long));
    const over = `${rows(field.value).length} lines on the screen, which has room for ${fit.lines}: ` +
      `leave out ${long.length} characters, as many as “${long}”`;
    const is = `${lines.map((line) => line.length).join(" + ")} characters, ${speed.toFixed(0)} a second`;
    fill(remarks, long ? over : `${is}${speed > FAST ? " - too fast to read" : ""}`);
  }

  _keep(draft) {
    if (this._feed.session) keepInTab(DRAFT, this._feed.session.began_at, draft);
  }
}
