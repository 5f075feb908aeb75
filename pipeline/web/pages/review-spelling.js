// Words of the line that no dictionary has, and what may have been meant.

import { ask } from "./review-server.js";
import { button, said } from "./dom.js";
import { newId } from "./review-whose.js";
import { byId } from "./page.js";

const PAUSE = 400;

export class Spelling {
  constructor(desk) {
    /** `_right`: words that somebody said are right, here, until the glossary has them. */
    Object.assign(this, { _desk: desk, _asked: 0, _none: new Set(), _right: new Set(), _wrong: [] });
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

  /** Whether the line has one. */
  get any() {
    return this._wrong.length > 0;
  }

  /** The word is right, here and in all lines: it goes into the glossary. */
  async _accept({ word }) {
    this._desk.field.focus();
    const { found, why } = await ask("/api/actions", { id: newId(), do: "name", text: `${word} = ${word}` });
    if (!found) return this._desk.tell(why, "refused");
    this._right.add(word);
    this._draw(this._wrong);
    this._desk.faults.again();
    this._desk.tell(`“${word}” is right from now on: it is in the glossary.`);
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

  _draw(found) {
    const wrong = (this._wrong = found.filter(({ word }) => !this._right.has(word)));
    const list = said("ol", "");
    list.append(...wrong.map((word, at) => this._row(word, at)));
    byId("spelling").replaceChildren(...(wrong.length ? [said("h3", "Spelling"), list] : []));
    this._desk.faults.draw();
  }

  _row(word, at) {
    const row = said("li", "");
    row.append(said("b", word.word), ...word.suggestions.map((meant) => button(meant, () => this.take(at, meant))));
    row.append(button("It is right", () => this._accept(word)));
    return row;
  }
}
