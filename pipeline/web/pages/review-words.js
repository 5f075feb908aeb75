// What was said, word by word, and where the picture is cut, for the stretch that is looked at: asked for once, and kept.

import { ask, SOON } from "./review-server.js";

/** Seconds that are asked for at once, and how many such stretches are kept. */
const STRETCH = 60;
const MOST = 20;
/** Milliseconds after which more may be known of one, while the session runs or the shots are still looked for. */
const AGAIN = 10_000;

export class Heard extends EventTarget {
  constructor(running) {
    super();
    const changed = () => this.dispatchEvent(new Event("change"));
    this._words = new Stretches("/api/words", changed, () => running);
    this._shots = new Stretches("/api/shots", changed, (items) => running || !items.length);
  }

  /** The words that are known to be spoken between; those not known yet are asked for, and "change" tells. */
  words(from, to) {
    return this._words.of(from, to).filter((word) => word.end > from && word.start < to);
  }

  shots(from, to) {
    return this._shots.of(from, to).filter((time) => time >= from && time <= to);
  }

  /** The same, all there are: for what cannot be done without. */
  async certainly(from, to) {
    await this._words.all(from, to);
    return this.words(from, to);
  }
}

class Stretches {
  /** `open(items)`: there may be more later. */
  constructor(address, changed, open) {
    Object.assign(this, { _address: address, _changed: changed, _open: open, _known: new Map() });
  }

  of(from, to) {
    const found = [];
    for (let at = Math.max(0, Math.floor(from / STRETCH)); at * STRETCH < to; at++) {
      const known = this._known.get(at);
      found.push(...(known?.items ?? []));
      if (!known || known.old) this._ask(at, known?.items);
    }
    return found;
  }

  async all(from, to) {
    this.of(from, to);
    for (let at = Math.max(0, Math.floor(from / STRETCH)); at * STRETCH < to; at++) await this._known.get(at)?.asked;
  }

  _ask(at, items = null) {
    const one = { items, old: false };
    this._known.set(at, one);
    if (this._known.size > MOST) this._known.delete(this._known.keys().next().value);
    one.asked = this._fetch(at, one);
  }

  async _fetch(at, one) {
    const { found } = await ask(`${this._address}?from=${at * STRETCH}&to=${(at + 1) * STRETCH}`, null, { patience: SOON });
    if (!found) return void (one.old = true);
    one.items = mine(found, at);
    if (this._open(one.items)) setTimeout(() => (one.old = true), AGAIN);
    this._changed();
  }
}

/** Those that begin in the stretch: none is there twice. */
const mine = (items, at) =>
  items.filter((item) => Math.floor((item.start ?? item) / STRETCH) === at);
