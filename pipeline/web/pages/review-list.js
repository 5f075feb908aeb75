// The lines of the track, as many as can be seen: each row is as high as the others, so that thousands cost nothing.

import { after } from "./lines.js";
import { step } from "./review-going.js";
import { drafted, explain, marks } from "./review-marks.js";
import { faults, perSecond, rate } from "./review-shape.js";
import { exact } from "./times.js";

/** Pixels of a row, and rows that are drawn beyond what is seen. */
export const ROW = 46;
const BEYOND = 6;

export class List {
  constructor(box, desk) {
    Object.assign(this, { _box: box, _desk: desk, _rows: new Map(), _free: [], _asked: null });
    this._space = box.firstElementChild;
    box.addEventListener("scroll", () => this.soon(), { passive: true });
    box.addEventListener("click", (event) => this._clicked(event));
    box.addEventListener("keydown", (event) => this._pressed(event));
    new ResizeObserver(() => this.soon()).observe(box);
  }

  /** Draws before the next frame, once. */
  soon() {
    this._asked ??= requestAnimationFrame(() => ((this._asked = null), this.draw()));
  }

  /** The chosen line can be seen, with some lines around it. */
  show(cue) {
    const { cues, lang } = this._desk;
    const found = cues.at(cue.id, lang);
    const at = found < 0 ? after(cues.track(lang), cue.start) : found;
    const { scrollTop, clientHeight } = this._box;
    const [top, bottom] = [at * ROW - ROW, (at + 2) * ROW];
    this._stretch();
    if (top < scrollTop) this._box.scrollTop = top;
    else if (bottom > scrollTop + clientHeight) this._box.scrollTop = Math.min(bottom - clientHeight, top);
    this.soon();
  }

  draw() {
    const { cues, lang } = this._desk;
    const track = cues.track(lang);
    this._stretch();
    const first = Math.max(0, Math.floor(this._box.scrollTop / ROW) - BEYOND);
    const last = Math.min(track.length, Math.ceil((this._box.scrollTop + this._box.clientHeight) / ROW) + BEYOND);
    const wanted = new Set();
    for (let at = first; at < last; at++) wanted.add(track[at].id);
    for (const [id, row] of this._rows) if (!wanted.has(id)) this._release(id, row);
    for (let at = first; at < last; at++) this._draw(track, at);
    if (!this._desk.cue) explain([]);
    this._box.setAttribute("aria-activedescendant", this._rows.has(this._desk.current) ? `row-${this._desk.current}` : "");
  }

  _stretch() {
    const height = `${this._desk.cues.track(this._desk.lang).length * ROW}px`;
    if (this._space.style.height !== height) this._space.style.height = height;
  }

  _release(id, row) {
    this._rows.delete(id);
    row.node.remove();
    this._free.push(row);
  }

  _draw(track, at) {
    const cue = track[at];
    const desk = this._desk;
    let row = this._rows.get(cue.id);
    if (!row) this._rows.set(cue.id, (row = this._free.pop() ?? made()));
    const [before, after] = [track[at - 1], track[at + 1]];
    const text = desk.textOf(cue);
    const rules = desk.faults.of({ ...cue, text });
    const noted = desk.edits.history.notes(cue.id).length;
    const draft = drafted(desk, cue);
    const told = [at, cue, before?.end, after?.start, text, desk.said(cue), desk.queue.why(cue.id), cue.id === desk.current, rules, noted, draft];
    if (!row.node.isConnected) this._space.append(row.node);
    if (row.told && told.every((one, index) => one === row.told[index])) return;
    row.told = told;
    fill(row, desk, { ...cue, text }, at, track.length, faults({ ...cue, text }, before, after, desk.limits));
  }

  /** The list's own keys, while it has the focus. */
  _pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this._box.clientHeight / ROW) - 1);
    const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -Infinity, End: Infinity };
    if (event.key === "Enter") this._desk.field.node.focus();
    else if (event.key in steps) step(this._desk, steps[event.key], { focus: false });
    else return;
    event.preventDefault();
  }

  _clicked(event) {
    const id = event.target.closest("[data-id]")?.dataset.id;
    if (id) this._desk.run({ id: "go", run: (desk) => desk.select(id) });
  }
}

const PARTS = ["number", "time", "text", "said", "speed", "marks"];

function made() {
  const node = document.createElement("div");
  node.className = "row";
  node.setAttribute("role", "option");
  const parts = Object.fromEntries(PARTS.map((name) => [name, document.createElement("span")]));
  for (const name of PARTS) parts[name].className = name;
  node.append(...Object.values(parts));
  return { node, parts, told: null };
}

function fill({ node, parts }, desk, cue, at, total, found) {
  node.id = `row-${cue.id}`;
  node.dataset.id = cue.id;
  node.style.transform = `translateY(${at * ROW}px)`;
  node.classList.toggle("chosen", cue.id === desk.current);
  node.setAttribute("aria-selected", cue.id === desk.current);
  node.setAttribute("aria-posinset", at + 1);
  node.setAttribute("aria-setsize", total);
  parts.number.textContent = at + 1;
  parts.time.textContent = `${exact(cue.start)}\n${(cue.end - cue.start).toFixed(2)} s`;
  parts.text.textContent = cue.text;
  parts.text.lang = cue.lang;
  parts.text.classList.toggle("one", !cue.text.includes("\n"));
  parts.said.textContent = desk.said(cue);
  parts.said.lang = desk.beside ?? "";
  parts.speed.textContent = `${speed(cue, found)} cps`;
  parts.speed.className = found.some((one) => one.rule === "cps" || one.rule === "wpm") ? "speed bad" : "speed";
  const stand = marks(parts.marks, desk, cue, found.filter((one) => one.rule !== "cps"));
  if (cue.id === desk.current) explain(stand);
}

const speed = (cue) => rate(perSecond(cue.text, cue.end - cue.start));

/** Which line that is, as one is told. */
export function named({ cues }, cue) {
  const at = cues.at(cue.id, cue.lang);
  return `${at < 0 ? "a line" : `line ${at + 1}`} at ${exact(cue.start)}`;
}
