// What was said, word by word, and where the picture is cut, for the stretch that is looked at: asked for once, and kept.

/** Seconds that are asked for at once, and how many such stretches are kept. */
const STRETCH = 60;
const MOST = 20;

export class Heard extends EventTarget {
  constructor() {
    super();
    this._words = new Stretches("/api/words", () => this.dispatchEvent(new Event("change")));
    this._shots = new Stretches("/api/shots", () => this.dispatchEvent(new Event("change")));
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

  /** More may be known by now. */
  renew() {
    this._words.forget();
    this._shots.forget();
  }
}

class Stretches {
  constructor(address, changed) {
    this._address = address;
    this._changed = changed;
    this._known = new Map();
  }

  of(from, to) {
    const found = [];
    for (let at = Math.max(0, Math.floor(from / STRETCH)); at * STRETCH < to; at++) {
      found.push(...(this._known.get(at)?.items ?? []));
      if (!this._known.has(at)) this._ask(at);
    }
    return found;
  }

  async all(from, to) {
    this.of(from, to);
    for (let at = Math.max(0, Math.floor(from / STRETCH)); at * STRETCH < to; at++) await this._known.get(at)?.asked;
  }

  forget() {
    this._known.clear();
    this._changed();
  }

  _ask(at) {
    const one = { items: null };
    this._known.set(at, one);
    if (this._known.size > MOST) this._known.delete(this._known.keys().next().value);
    one.asked = fetch(`${this._address}?from=${at * STRETCH}&to=${(at + 1) * STRETCH}`)
      .then((answer) => (answer.ok ? answer.json() : []))
      .then((items) => ((one.items = mine(items, at)), this._changed()))
      .catch(() => this._known.delete(at));
  }
}

/** Those that begin in the stretch: none is there twice. */
const mine = (items, at) =>
  items.filter((item) => Math.floor((item.start ?? item) / STRETCH) === at);
