// Which screens cannot play as fast as the stream comes: far behind where they are to be, and further and further.

/** Seconds further behind than is wanted that are far: after an interruption it is so, too, and gets less by itself. */
const FAR = 10;
/** Seconds by which that has to grow, or get less, to be no chance. */
const MOVED = 1;
/** Seconds further behind from one report to the next that are a jump, and no slow playing. */
const JUMP = 3;

export class Slow {
  constructor(feed) {
    this._far = new Map();
    feed.addEventListener("screens", (event) => this._heard(event.detail));
  }

  /** The last report of the one that is furthest behind; null: each is fast enough. */
  get worst() {
    const slow = [...this._far.values()].filter(({ least, most }) => most - least > MOVED).map(({ screen }) => screen);
    return slow.sort((a, b) => b.delay - a.delay)[0] ?? null;
  }

  /** Lines that come late make it no slow screen: for them more is wanted. */
  _heard(screens) {
    const behind = ({ delay, wanted }) => wanted !== null && delay - wanted > FAR;
    const far = screens.filter((screen) => screen.state === "playing" && screen.follows && behind(screen));
    this._far = new Map(far.map((screen) => [screen.id, { screen, ...this._range(screen) }]));
  }

  /** How far it has been behind since it gets no nearer. */
  _range({ id, delay }) {
    const { least, most, screen } = this._far.get(id) ?? { least: delay, most: delay, screen: { delay } };
    if (delay < most - MOVED || delay > screen.delay + JUMP) return { least: delay, most: delay };
    return { least: Math.min(least, delay), most: Math.max(most, delay) };
  }
}
