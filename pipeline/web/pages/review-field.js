// The line that is worked on: its text, its times, how it reads, and what was said. A change is a draft at once, and an
// edit when the line is left or accepted.

import { toggled } from "./review-italics.js";
import { faults, perSecond, rate, read, tidy } from "./review-shape.js";
import { Steps } from "./review-steps.js";
import { HERE, mine } from "./review-whose.js";
import { byId } from "./page.js";

export class Field extends EventTarget {
  constructor(desk) {
    super();
    this._desk = desk;
    this.node = byId("field");
    this._steps = new Steps(this.node);
    /** The line as it was when it was opened, or when it was last changed. */
    this.cue = null;
    /** The window in which the text was begun, while nobody has gone on with it here; empty: it was here. */
    this.begun = "";
    this.node.addEventListener("input", () => this._typed());
    desk.cues.addEventListener("change", () => this._changed());
    desk.edits.addEventListener("done", () => this._changed()); // its lines may have been told before
    desk.drafts.addEventListener("told", (event) => this._elsewhere(event.detail));
  }

  /** What is written there, as it would be kept. */
  get text() {
    return tidy(this.node.value);
  }

  /** It is not what is kept. */
  get changed() {
    return this.cue !== null && this.text !== this.cue.text;
  }

  /** It is of somebody who is gone, and nobody here has said that it is right: to walk past is not to say so. */
  get left() {
    return this.begun !== "" && !mine(this.begun) && this.changed;
  }

  /** The caret, as a place in `text`. */
  get caret() {
    return tidy(`${this.node.value.slice(0, this.node.selectionStart)}|`).length - 1;
  }

  /** One writes there; where no line is chosen, nowhere. */
  focus() {
    if (this.node.disabled) byId("list").focus({ preventScroll: true });
    else this.node.focus({ preventScroll: true });
  }

  /** Opens a line; the caret goes to its beginning, or to where it was. */
  open(cue, caret = 0) {
    const draft = cue && this._desk.drafts.take(cue.id);
    this.begun = draft && draft.by !== HERE ? draft.by : "";
    this.cue = cue && (draft && draft.rev < cue.rev ? { ...cue, rev: draft.rev, text: null } : cue);
    this._put(draft?.text ?? cue?.text ?? "", caret);
    this._steps.forget(draft && this.cue.text);
    this.node.disabled = !cue;
    this.node.readOnly = this._desk.out !== null;
    this.node.lang = cue?.lang ?? "";
    this.draw();
    this.dispatchEvent(new Event("opened"));
  }

  /** What was written has become this. */
  become(cue) {
    this.begun = "";
    if (this.text === cue.text) this.cue = cue, this._steps.forget();
    else this.open(cue, this.node.selectionStart);
    this.draw();
  }

  /** What is written stands against what the line says now: whoever keeps it has seen that. */
  settle(now) {
    this.cue = now;
  }

  /** Another text in it, as if it had been typed; what lies from `from` to `to` is chosen. */
  write(text, from = text.length, to = from) {
    this.node.focus();
    this._steps.begin();
    this._put(text, from, to);
    this._typed();
  }

  /** Takes back what was typed last; whether there is something. */
  undo() {
    return this._step(this._steps.undo());
  }

  /** Whether something was taken back that can be done again. */
  get undone() {
    return this._steps.undone;
  }

  /** Does that again; whether there is something. */
  redo() {
    return this._step(this._steps.redo());
  }

  _step(step) {
    if (!step) return false;
    this._put(step.text, step.from, step.to);
    this._typed();
    return true;
  }

  /** The words that are chosen, or all, are in italics, or not any more. */
  slant() {
    const { value, selectionStart, selectionEnd } = this.node;
    const made = toggled(value, selectionStart, selectionEnd);
    if (!made) return this._desk.tell("There are no words that could be in italics.", "refused");
    this.write(made.text, made.from, made.to);
  }

  /** What was typed is given up, and can be had back as any step. */
  putBack() {
    const now = this.cue && this._desk.cues.get(this.cue.id);
    if (!now) return;
    this.cue = now;
    this._steps.begin();
    this._put(now.text, this.node.selectionStart);
    this._typed();
  }

  /** The times, the counts and what was said beside the field. */
  draw() {
    const { cue, _desk: desk } = this;
    byId("line").classList.toggle("none", !cue);
    if (!cue) return;
    const now = { ...cue, ...times(desk.cues.get(cue.id) ?? cue), text: this.text };
    const [before, after] = desk.cues.beside(cue.id, desk.lang);
    desk.times.draw(now);
    byId("said").textContent = desk.said(cue);
    byId("said").lang = desk.beside ?? "";
    const found = faults(now, before, after, desk.limits);
    const has = (rule) => found.some((one) => one.rule === rule);
    figure("length", `${(now.end - now.start).toFixed(2)} s`, has("shortest") || has("longest"));
    figure("speed", `${rate(perSecond(now.text, now.end - now.start))} cps`, has("cps") || has("wpm"));
    figure("width", now.text.split("\n").map((line) => read(line).length).join(" + "), has("cpl") || has("lines"));
    figure("room", after ? `gap ${(after.start - now.end).toFixed(2)} s` : "", has("gap") || has("overlap"));
    byId("state").textContent = desk.out ? (desk.feed.killed.has(cue.id) ? "taken out live" : "deleted") : this.left ? "left here" : this.changed ? "changed" : "";
  }

  _put(text, from, to = from) {
    this.node.value = text;
    this.node.setSelectionRange(Math.min(from, text.length), Math.min(to, text.length));
  }

  _typed() {
    if (!this.cue) return;
    this.begun = "";
    if (this.changed) this._keep();
    else this._desk.drafts.drop(this.cue.id);
    this.draw();
    this.dispatchEvent(new Event("typed"));
  }

  /** What is typed is a draft, against what the line said. */
  _keep() {
    this._desk.drafts.keep({ ...(this._desk.cues.get(this.cue.id) ?? this.cue), rev: this.cue.rev }, this.node.value);
  }

  /** The line is another by now: what nobody has typed in follows; else both texts are shown, unless it is by one's own undo. */
  _changed() {
    const { history } = this._desk.edits;
    const now = this.cue && this._desk.cues.get(this.cue.id);
    if (!now || now === this.cue) return this.draw();
    if (this.node.readOnly) return this.open(now); // it was brought back
    const mine = now.text === this.text;
    if (!this.changed || mine) {
      const [start, end] = [this.node.selectionStart, this.node.selectionEnd];
      this.cue = now;
      if (!mine) this._put(now.text, start), this._steps.forget();
      else this.node.setSelectionRange(start, end);
    } else if (now.text === this.cue.text || history.back(now.id, now.rev)) this._stands(now);
    else if (now.rev <= this.cue.rev && !history.wrote(HERE, now.id, now.rev)) {
      this._stands({ ...this.cue, rev: now.rev - 1 }); // beneath it was refused what would have had that rev
    }
    this.draw();
  }

  /** What is typed stands against that. */
  _stands(cue) {
    this.cue = cue;
    if (!this.begun) this._keep();
  }

  /** Another window writes this line (null: some window came or went). What was begun there stands here no longer than it is
   * left there. */
  _elsewhere(id) {
    const { cue } = this;
    if (!cue || (id ?? cue.id) !== cue.id) return;
    const draft = this._desk.drafts.get(cue.id);
    const other = this.begun ? draft?.by !== this.begun || draft.text !== this.node.value : id && !this.changed && !document.hasFocus();
    if (other && this._desk.cues.get(cue.id)) this.open(this._desk.cues.get(cue.id), this.node.selectionStart);
  }

  /** The line was changed by somebody else while it was being written: what it says now; null: it was not. */
  get conflict() {
    const now = this.cue && this._desk.cues.get(this.cue.id);
    return now && this.changed && now.text !== this.cue.text && now.text !== this.text ? now : null;
  }
}

const times = ({ start, end }) => ({ start, end });

function figure(id, text, bad) {
  const node = byId(id);
  node.textContent = text;
  node.classList.toggle("bad", bad);
}
