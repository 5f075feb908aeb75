// What needs a human first: the lines by how likely they are wrong, each with its reasons; what looking costs, and where
// one may stop.

import { settled } from "./review-list.js";
import { button, said } from "./review-side.js";
import { byId } from "./page.js";

/** Milliseconds until the order is asked for again after something changed. */
const AGAIN = 30_000;

export class Queue {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _of: null, _why: new Map(), _asked: 0 });
    desk.edits.addEventListener("done", () => this._later());
  }

  /** Why a line is among those that are worth a look; empty: it is not. */
  why(id) {
    return this._why.get(id) ?? "";
  }

  /** The next or the last of those that nobody has looked at. */
  step(by) {
    if (!this._of) return this._desk.tell("There is no queue for this track.", "refused");
    const places = this._worth();
    const at = places.findIndex((one) => one.cue === this._desk.current);
    const next = by > 0 ? places.slice(at + 1).find((one) => this._open(one)) ?? places.find((one) => this._open(one)) :
      places.slice(0, Math.max(0, at)).findLast((one) => this._open(one));
    if (next) return this._desk.select(next.cue);
    this._desk.tell(by > 0 ? "All that is worth a look has been looked at: you may stop here." : "That is the first.", "done");
  }

  /** The order as it is now. */
  async renew() {
    const asked = ++this._asked;
    const answer = await fetch(`/api/queue?lang=${this._desk.lang}`).catch(() => null);
    if (asked !== this._asked || !answer?.ok) return;
    this._of = await answer.json();
    this._why = new Map(this._worth().map((one) => [one.cue, one.why.join("\n") || "likely wrong"]));
    byId("queue").hidden = false;
    this._desk.list.soon();
    this.draw();
  }

  draw() {
    if (!this._of) return;
    const places = this._worth();
    const left = places.filter((one) => this._open(one)).length;
    const { price } = this._of;
    const mine = this._of.problems.find((one) => one.cue === this._desk.current);
    const told = JSON.stringify([left, places.length, mine]);
    const box = byId("queue");
    if (box.dataset.told === told) return;
    box.dataset.told = told;
    const reasons = said("ul", "");
    reasons.id = "why";
    reasons.append(...(mine?.why ?? []).map((one) => said("li", one)));
    const row = said("div", "");
    row.className = "row-of";
    row.append(button("Next problem", () => this.step(1)), said("span", left ? `${left} of ${places.length} left` : "you may stop here"));
    const cost = said("p", offered(price, this._of.left));
    cost.className = "price";
    box.replaceChildren(...(mine?.why.length ? [said("h3", "Why it is here"), reasons] : []), row, cost);
  }

  _worth() {
    return this._of ? this._of.problems.slice(0, this._of.stop) : [];
  }

  /** Nobody has settled it, and it can be gone to. */
  _open({ cue, settled: before }) {
    const now = this._desk.cues.get(cue);
    return Boolean(now) && !before && !settled(now);
  }

  _later() {
    this._timer ??= setTimeout(() => ((this._timer = null), this.renew()), AGAIN);
  }
}

/** What looking costs, and what is left to be expected then. */
function offered({ cues, minutes, share }, left) {
  const [some, time] = [cues === 1 ? "1 line" : `${cues} lines`, Math.ceil(minutes)];
  const rest = left < 0.5 ? "hardly any" : `about ${Math.round(left)}`;
  return `${some}, about ${time} min: ${Math.round(100 * share)} % of the faults to be expected. In the rest: ${rest}.`;
}
