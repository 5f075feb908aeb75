// What the profile says of the line as it stands in the field: asked for when nobody has typed for a moment; and what would
// mend it, which one key does.

import { ask, SOON } from "./review-server.js";
import { button, said } from "./dom.js";
import { byId } from "./page.js";
import { rate } from "./review-shape.js";

/** Milliseconds without a key. */
const PAUSE = 250;
/** What a rule says, of what was found and what is allowed. */
const WORDS = {
  lines: "lines", cpl: "characters in a line", cps: "characters a second", wpm: "words a minute", shortest: "s on screen",
  longest: "s on screen", gap: "s between lines", bridge: "s between lines", overlap: "s too long", spaces: "spaces",
};

export class Check {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _timer: null, _found: null });
    /** What the last answer is about, as it was asked, and what is being asked: {about, answer}. */
    this._last = this._asking = null;
    desk.field.addEventListener("typed", () => this.soon());
    desk.cues.addEventListener("change", () => this.soon());
  }

  soon() {
    if (this._found && this._found.cue !== this._desk.current) this._draw(null); // it was about another line
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._ask(), PAUSE);
  }

  /** The rules that the line breaks, as it stood when that was asked. */
  get rules() {
    const { _found: found } = this;
    return found?.cue === this._desk.current ? found.faults.filter(({ cue }) => !cue).map(({ rule }) => rule) : [];
  }

  /** Makes the change that is offered, for the line as it now stands. */
  async take() {
    const { _desk: desk } = this;
    if (!desk.commit(true)) return;
    const about = JSON.stringify([desk.current, this._about()]);
    clearTimeout(this._timer);
    const answered = await this._ask();
    const { _found: found } = this;
    if (JSON.stringify([desk.current, this._about()]) !== about) return desk.tell(MEANWHILE, "refused");
    if (!answered) return desk.tell("The rules could not be asked about just now. Try it again.", "refused");
    if (!found.faults.length) return desk.tell("Nothing is wrong with this line.", "refused");
    if (!found.fixed.length) return desk.tell("No change is offered for what is wrong here: it needs other words, or other times.", "refused");
    const lines = found.fixed.map((fix) => [this._line(fix.cue), fix]).filter(([now]) => now);
    const made = lines.map(([now, { start, end, text }]) => ({ ...now, start, end, text }));
    const reads = lines.some(([now, { text }]) => text !== now.text);
    desk.ask(reads ? "text" : "retime", lines.map(([now]) => now), made, "Changed as it was offered");
  }

  /** The line that an answer is about: the one that was asked about (0), or a neighbour. */
  _line(place) {
    const [before, after] = this._desk.cues.beside(this._desk.current, this._desk.lang);
    return [before, this._desk.cue, after][place + 1] ?? null;
  }

  /** A line, the chosen one as it stands in the field. */
  _written(cue) {
    return cue.id === this._desk.current ? { ...cue, text: this._desk.textOf(cue) } : cue;
  }

  /** Whether there is an answer about the line as it now stands. */
  async _ask() {
    const body = this._about();
    const about = JSON.stringify(body);
    if (about === this._last) return true;
    if (about === this._asking?.about) return this._asking.answer;
    this._asking = { about };
    if (!body) return this._draw(null), false;
    return (this._asking.answer = this._answer(body, this._asking));
  }

  async _answer(body, asking) {
    const { current } = this._desk;
    const { found } = await ask("/api/check", body, { patience: SOON });
    if (asking !== this._asking) return false;
    this._asking = null;
    if (!found) return false;
    this._draw({ cue: current, ...found });
    this._last = asking.about;
    return true;
  }

  /** What is asked: the line as it now stands, between its neighbours. */
  _about() {
    const { cue, cues, lang } = this._desk;
    if (!cue) return null;
    const [before, after] = cues.beside(cue.id, lang).map((one) => one && plain(one));
    return { lang, cues: [plain(this._written(cue))], before, after };
  }

  _draw(found) {
    this._found = found;
    this._desk.faults.draw();
    const box = byId("check");
    if (!found) this._last = null;
    if (!found) return box.replaceChildren();
    const list = said("ol", "");
    list.append(...found.faults.map((fault) => said("li", told(fault))));
    for (const item of list.children) item.className = "fault";
    const head = said("h3", `Quality: ${found.profile}`);
    const fine = said("p", "Nothing is wrong.");
    fine.className = "fine";
    box.replaceChildren(head, found.faults.length ? list : fine, ...(found.fixed.length ? [this._offer(found)] : []));
  }

  /** What one key would change. */
  _offer(found) {
    const box = said("div", "");
    box.className = "fix";
    const change = said("span", "");
    for (const fix of found.fixed) {
      const now = this._line(fix.cue);
      if (!now) continue;
      const { start, end, text } = this._written(now);
      if (fix.cue < 0) change.append("The line before: ");
      if (fix.text !== text) change.append(...compared(text, fix.text), "\n");
      if (fix.start !== start) change.append(`begins ${by(fix.start - start)}\n`);
      if (fix.end !== end) change.append(`ends ${by(fix.end - end)}\n`);
    }
    if (found.left.length) change.append(`Then still: ${found.left.map((one) => one.rule).join(", ")}.`);
    const take = button("Change", () => this.take());
    const key = said("kbd", this._desk.keys?.of("fix")[0]?.replace("+", " ") ?? "");
    take.append(key);
    box.append(take, change);
    return box;
  }
}

/** Said in place of what was made of a line that has become another. */
export const MEANWHILE = "You changed the line meanwhile: press it again.";

const plain = ({ start, end, text }) => ({ start, end, text });

const by = (seconds) => `${Math.abs(seconds).toFixed(3)} s ${seconds > 0 ? "later" : "earlier"}`;

function told({ rule, found, allowed }) {
  const figure = (value) => (typeof value === "number" ? String(Math.round(1000 * value) / 1000) : value);
  const limit = allowed === "" || allowed === null ? "" : `, allowed: ${figure(allowed)}`;
  const speed = rule === "cps" || rule === "wpm";
  return `${rule}: ${speed ? rate(found) : figure(found)} ${typeof found === "number" ? (WORDS[rule] ?? "") : ""}`.trim() + limit;
}

/** Both texts, word by word: what goes is struck out, what comes is marked. */
export function compared(before, after) {
  const [old, now] = [before, after].map((text) => text.match(/\n|[^\s]+| /g) ?? []);
  let [head, tail] = [0, 0];
  while (head < old.length && old[head] === now[head]) head++;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const middle = (words) => words.slice(head, words.length - tail).join("").replaceAll("\n", "⏎\n");
  const parts = [now.slice(0, head).join(""), said("del", middle(old)), said("ins", middle(now)), now.slice(now.length - tail).join("")];
  return parts.filter((part) => (part.textContent ?? part) !== "");
}
