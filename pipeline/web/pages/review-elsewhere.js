// What other windows are writing in the chosen line: shown, not put into its field. What was left in a window that is closed is
// taken up by whoever opens the line.

import { shown } from "./review-keys.js";
import { button, said } from "./dom.js";
import { HERE, whose } from "./review-whose.js";
import { byId } from "./page.js";

export class Elsewhere {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _told: "" });
    for (const [one, kind] of [[desk.drafts, "change"], [desk.field, "opened"], [desk.field, "typed"]]) {
      one.addEventListener(kind, () => this.draw());
    }
  }

  draw() {
    const parts = this._desk.current === null ? [] : [...this._written(), ...this._left()];
    const told = parts.map((part) => part.textContent).join("\n");
    if (told === this._told) return;
    this._told = told;
    byId("elsewhere").hidden = !parts.length;
    byId("elsewhere").replaceChildren(...parts);
  }

  _written() {
    const { drafts, field, current } = this._desk;
    const written = drafts.elsewhere(current);
    const both = written.length && field.changed;
    return [
      ...written.flatMap(({ by, text }) => [said("b", `Being typed by ${whose(by)}:`), said("q", text)]),
      ...(both ? [said("p", "You both write here. Whoever is done first has the line; the other one is shown both, and asked.")] : []),
    ];
  }

  _left() {
    const { drafts, field, current, keys } = this._desk;
    const [yes, no] = ["accept", "put-back"].map((id) => shown(keys?.of(id)[0] ?? ""));
    if (field.left) {
      const ways = `Begun by somebody who is gone. Write on, or ${yes}: it is right, ${no}: it goes. Else it waits here. The line says:`;
      return [said("p", ways), said("q", this._desk.cues.get(current)?.text ?? "")];
    }
    const draft = drafts.get(current);
    if (!draft || draft.by === HERE || draft.by === field.begun || field.changed) return [];
    const take = () => (field.open(this._desk.cues.get(current)), field.focus());
    return [said("b", `Begun by ${whose(draft.by)}, and left:`), said("q", draft.text), button("Take it up", take)];
  }
}
