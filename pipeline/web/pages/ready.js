// Cues as early as they are ready, one after the other, each for its length: for a picture that cannot be held back.

const SHORTEST = 0.833;
/** Seconds of text that may wait until what stands makes room sooner, and until the oldest is given up;
 * and those that one which is kept back may wait. */
const HURRY = 4;
const MOST = 12;

export class Ready {
  #waiting = [];
  #shown = null;
  #until = 0;
  #newest = -Infinity;
  /** When the line that was shown last began, stream time. */
  #last = -Infinity;
  #known = new Set();

  /** A cue that came just now; `later`: seconds that it has to wait all the same. */
  add(cue, now, later = 0) {
    if (this.#known.has(cue.id)) return; // a correction, or told again
    this.#known.add(cue.id);
    if (cue.flags.includes("typed")) {
      // By the technician, who wants it read now, and no other that was typed before.
      this.#waiting = [{ id: cue.id, due: now, typed: true }, ...this.#waiting.filter((one) => !one.typed)];
      this.#until = now;
    } else if (cue.start > this.#newest) {
      // An earlier one was translated again, or heard after all: too late for here.
      this.#waiting.push({ id: cue.id, due: now + later });
      this.#newest = cue.start;
    }
  }

  /** A cue that was there before. */
  pass(cue) {
    this.#known.add(cue.id);
    this.#newest = Math.max(this.#newest, cue.start);
  }

  /** The id of the cue that stands now; null: none. `cues` are those there are, by id; those in `open` wait. */
  at(now, cues, held = [], open = []) {
    if (!cues.has(this.#shown) || held.includes(this.#shown) || now >= this.#until) this.#next(now, cues, [...held, ...open]);
    return this.#shown;
  }

  /** Whether a line was kept back until its moment had passed. */
  #late({ id, due }, now, cues, held) {
    return cues.get(id).start < this.#last || (held.includes(id) && now - due > MOST);
  }

  #next(now, cues, held) {
    this.#waiting = this.#waiting.filter((one) => cues.has(one.id) && (one.typed || !this.#late(one, now, cues, held)));
    const due = this.#waiting.filter((one) => one.due <= now && !held.includes(one.id));
    let left = due.reduce((sum, one) => sum + length(cues.get(one.id)), 0);
    while (left > MOST && due.length > 1) {
      const given = due.shift();
      left -= length(cues.get(given.id));
      this.#waiting.splice(this.#waiting.indexOf(given), 1);
    }
    this.#shown = due.length ? due[0].id : null;
    if (this.#shown === null) return;
    this.#waiting.splice(this.#waiting.indexOf(due[0]), 1);
    if (!due[0].typed) this.#last = cues.get(this.#shown).start;
    const own = length(cues.get(this.#shown));
    this.#until = now + (left - own > HURRY ? Math.max(SHORTEST, own * 0.7) : own);
  }
}

const length = (cue) => Math.max(SHORTEST, cue.end - cue.start);
