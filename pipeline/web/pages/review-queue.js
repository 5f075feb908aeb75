// What needs a human first: the lines by how likely they are wrong, each with its reasons; how much of that is left, and what
// is to be expected in the rest.

import { button, said } from "./dom.js";
import { ask } from "./review-server.js";
import { shown } from "./review-keys.js";
import { WENT_ON } from "./review-turn.js";
import { byId } from "./page.js";

/** Milliseconds until the order is asked for again after something changed. */
const AGAIN = 30_000;
const ASKING = "What needs a human is still being looked for: try again in a moment.";

export class Queue {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _lang: "", _of: null, _why: new Map(), _asked: 0, _asking: 0, _timer: null });
    /** The last of those that one was at: the next and the one before are told from there. */
    this._last = null;
    desk.edits.addEventListener("done", ({ detail }) => (detail.did === "note" ? this.renew() : this._later()));
  }

  /** Why a line is among those that are worth a look; empty: it is not. */
  why(id) {
    return this._why.get(id) ?? "";
  }

  /** The next or the last of those that nobody has looked at. */
  async step(by) {
    const asked = this._of ? "" : this._asking ? ASKING : this.renew();
    const still = await this._desk.turn.still(asked);
    if (!this._of || !still) return this._desk.tell((await asked) || WENT_ON, "refused");
    const places = this._worth();
    const at = places.findIndex((one) => one.cue === this._last);
    const before = places.slice(0, this._desk.current === this._last ? Math.max(0, at) : at + 1);
    const next = by > 0 ? places.slice(at + 1).find((one) => this._open(one)) ?? places.find((one) => this._open(one)) :
      before.findLast((one) => this._open(one));
    if (next) return this._desk.select(next.cue);
    this._desk.tell(by > 0 ? `${this._head(0, places.length)} ${this._rest(0)}` : this._first(at));
  }

  /** Why nothing comes before. */
  _first(at) {
    if (at < 0) return `This line is not among those that stand out: ${shown(this._desk.keys.of("problem")[0] ?? "")} leads to the first.`;
    return at === 0 ? "That is the first." : "All before it have been looked at.";
  }

  /** The order as it is now; why it is not known: empty where it is, or is asked for again. */
  async renew() {
    const { lang } = this._desk;
    const asked = (this._asking = ++this._asked);
    if (lang !== this._lang) Object.assign(this, { _of: null, _lang: lang });
    const { found, why } = await ask(`/api/queue?lang=${lang}`);
    if (asked !== this._asked) return "";
    this._asking = 0;
    if (!found) return why;
    this._of = found;
    this._why = new Map(this._worth().map((one) => [one.cue, one.why.join("\n") || "likely wrong"]));
    byId("queue").hidden = false;
    this._desk.list.soon();
    this.draw();
    return "";
  }

  draw() {
    if (!this._of) return;
    const places = this._worth();
    if (places.some((one) => one.cue === this._desk.current)) this._last = this._desk.current;
    const left = places.filter((one) => this._open(one)).length;
    const mine = this._of.problems.find((one) => one.cue === this._desk.current);
    const rest = this._rest(left);
    const told = JSON.stringify([left, places.length, mine, rest]);
    const box = byId("queue");
    if (box.dataset.told === told) return;
    box.dataset.told = told;
    const reasons = said("ul", "");
    reasons.id = "why";
    reasons.append(...(mine?.why ?? []).map((one) => said("li", one)));
    const row = said("div", "");
    row.className = "row-of";
    const next = button("Next problem", () => this.step(1));
    const key = said("kbd", shown(this._desk.keys?.of("problem")[0] ?? ""));
    key.dataset.of = "problem";
    next.append(key);
    row.append(...(left ? [next] : []), said("span", this._head(left, places.length)));
    const { share: held } = this._of.forecast;
    const share = left && held ? `They have about ${held} of the faults to be expected. ` : "";
    const price = said("p", share + rest);
    price.className = "price";
    const here = places.includes(mine) ? "Why it is here" : "Not enough to stand out";
    box.replaceChildren(...(mine?.why.length ? [said("h3", here), reasons] : []), row, price);
  }

  /** How much of what stands out is left, and how long that takes. */
  _head(left, all) {
    if (!all) return "No line stands out.";
    if (!left) return all === 1 ? "The one that stands out has been looked at." : `All ${all} that stand out have been looked at.`;
    const minutes = Math.max(1, Math.round((this._of.price.minutes * left) / all));
    return `${left} of ${all} left, about ${minutes} min`;
  }

  /** What is to be expected in the other lines, which nobody is led to; what breaks a rule is there to be seen. `first`: so many are to
   * be looked at before. */
  _rest(first) {
    const { forecast, stop, problems } = this._of;
    const { facts, faults, keys } = this._desk;
    const others = problems.slice(stop).filter((one) => this._open(one)).length;
    const key = shown(keys?.of("fault")[0] ?? "");
    const broken = faults.told && ` There ${/^1 [^,]*$/.test(faults.told) ? "is" : "are"} still ${faults.told}: ${key}.`;
    const wrong = [broken, faults.unsaid && ` ${faults.unsaid} (${key}).`].filter(Boolean).join("");
    if (!others) return `There are no others.${wrong}`;
    const lines = others === 1 ? "In the other line" : `In the ${others} other lines`;
    const stops = wrong ? `.${wrong}` : first ? ": after these you may stop." : ": you may stop here.";
    if (facts.kind === "file") {
      const rest = others === 1 ? "line" : `${others} lines`;
      return `Of a subtitle file nobody knows how sure its words are: read the other ${rest}, too.${wrong}`;
    }
    if (forecast.few) return `${lines} ${forecast.left} is to be expected${stops}`;
    return `${lines} ${forecast.left} may be left that nothing points to: if all has to be right, read them, too.${wrong}`;
  }

  _worth() {
    return this._of ? this._of.problems.slice(0, this._of.stop) : [];
  }

  /** Nobody has settled it, and it can be gone to: also to a line that was taken out. */
  _open({ cue, settled }) {
    const { cues, feed, edits } = this._desk;
    const now = cues.get(cue);
    if (now) return !settled && (!this._desk.done(now) || edits.history.noted(cue));
    return feed.killed.has(cue) && !settled && !edits.history.accepted(cue);
  }

  _later() {
    this._timer ??= setTimeout(() => ((this._timer = null), this.renew()), AGAIN);
  }
}
