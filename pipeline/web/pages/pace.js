// How quickly the picture is played so that it stays where it should be behind live. Pure; seconds throughout.

/** How much quicker and slower than life: nobody hears it. */
const QUICK = 1.03;
const SLOW = 0.97;
/** How far off it has to be before that is mended, and how near it has to come before that is enough. */
const OFF = 0.4;
const NEAR = 0.05;
/** How long a late line is remembered. */
const WINDOW = 60;
/** Lines that come later than this were left out and heard again: no picture can wait for them. */
const HOPELESS = 120;
/** How long before its moment a line should be there. */
const SPARE = 1.5;
/** How much further behind than was asked for the picture may get for the sake of the lines. */
const MOST = 60;
/** A recogniser that is behind by more than this is late; from the sound to the line on the screen it takes as long again. */
const BEHIND = 4;

/** How late the lines are. */
export class Lateness {
  constructor() {
    this._late = [];
  }

  /** A line came at `now` that belongs to stream time `start`, while `edge` was live. */
  note(start, edge, now) {
    const late = edge - start;
    if (late < HOPELESS) this._late.push({ now, late });
  }

  /** Seconds behind live at which the lines of the last minute were just in time; null without any. */
  worst(now) {
    this._late = this._late.filter((one) => now - one.now < WINDOW);
    return this._late.length ? Math.max(...this._late.map((one) => one.late)) : null;
  }

  /** The delay that the lines need. `lag`: seconds of sound that wait for the recogniser. */
  need(now, lag) {
    const worst = this.worst(now);
    return Math.max(worst === null ? 0 : worst + SPARE, lag > BEHIND ? lag + BEHIND : 0);
  }
}

/** The delay to be held: what was `asked` for, more while the lines need it. */
export function wanted(asked, need) {
  return Math.min(Math.max(asked, need), asked + MOST);
}

/** The rate at which to play, from the one before: 1, or a little off until the delay is right. */
export function rate(delay, wanted, before) {
  const off = delay - wanted;
  if (Math.abs(off) > OFF) return off > 0 ? QUICK : SLOW;
  if (before > 1 && off > NEAR) return QUICK;
  if (before < 1 && off < -NEAR) return SLOW;
  return 1;
}
