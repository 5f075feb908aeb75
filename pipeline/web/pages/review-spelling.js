// Words of the line that no dictionary has, and what may have been meant.

import { ask } from "./review-server.js";
import { button, said } from "./dom.js";
import { byId } from "./page.js";

const PAUSE = 400;

export class Spelling {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _asked: 0, _none: new Set(), _wrong: [] });
    desk.field.addEventListener("typed", () => this.soon());
  }

  soon() {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this._look(), PAUSE);
  }

  /** The first suggestion for the first word. */
  take(at = 0, meant = this._wrong[at]?.suggestions[0]) {
    const word = this._wrong[at];
    const { node } = this._desk.field;
    if (!word || !meant || node.value.slice(word.from, word.to) !== word.word) return this._desk.tell("No word is to be put right here.", "refused");
    this._desk.field.write(node.value.slice(0, word.from) + meant + node.value.slice(word.to), word.from + meant.length);
  }

  async _look() {
    const asked = ++this._asked;
    const { lang, field } = this._desk;
    const text = field.node.value;
    if (!field.cue || this._none.has(lang)) return this._draw([]);
    const { found, status } = await ask("/api/spelling", { lang, text });
    if (status === 409) this._none.add(lang);
    if (asked === this._asked) this._draw(field.node.value === text ? (found ?? []) : []);
  }

  _draw(wrong) {
    this._wrong = wrong;
    const list = said("ol", "");
    list.append(...wrong.map((word, at) => this._row(word, at)));
    byId("spelling").replaceChildren(...(wrong.length ? [said("h3", "Spelling"), list] : []));
  }

  _row(word, at) {
    const row = said("li", "");
    row.append(said("b", word.word), ...word.suggestions.map((meant) => button(meant, () => this.take(at, meant))));
    return row;
  }
}
