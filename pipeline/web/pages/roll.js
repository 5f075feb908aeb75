// What is said as it is said: two lines that grow and roll up. Words that stand stay in their line, unless one of them
// is corrected or taken out.

/** Characters a line, lines, and seconds without a new word after which they are cleared. */
const LONGEST = 42;
const LINES = 2;
const STANDS = 4;
/** A line rolls away when what came last of it could be read: characters a second, and seconds at least; twice as soon
 * where many wait. */
const READ = 20;
const LEAST = 1;

/** Texts that are remembered: those before have rolled away. */
const TEXTS = 12;

export class Roll {
  /** The words of each text, by id, in the order that they were begun. */
  #texts = new Map();
  /** Ids of those that have rolled away: what is corrected in them comes too late. */
  #gone = new Set();
  /** Of all the texts there are, the words that have been written. */
  #written = [];
  #lines = [];
  /** Of the lines that have come into sight, since when each reads as it does, and the seconds that it takes to read on. */
  #seen = [];
  #changed = -Infinity;
  /** Words that may yet become others, and since when they are these. */
  #tail = { words: [], since: -Infinity };

  /** `grows`: texts are told while they are said, so that one may give its last words to the next; `narrow(line)`: whether
   * there is room for it. */
  constructor(lang, grows, narrow = () => true) {
    Object.assign(this, { lang, grows, narrow });
  }

  /** A text as it now reads; `now`, seconds. */
  set(id, text, now) {
    if (this.#gone.has(id)) return;
    const fresh = this.grows || !this.#texts.has(id);
    this.#texts.set(id, text.split(/\s+/).filter(Boolean));
    this.#write(fresh ? now : null);
    while (this.#texts.size > TEXTS) this.#forget(this.#texts.keys().next().value);
  }

  /** The text is no more. */
  remove(id) {
    this.#gone.add(id);
    if (this.#texts.delete(id)) this.#write(null);
  }

  /** What comes behind all texts, and may change. */
  follow(text, now) {
    this.#tail = { words: text.split(/\s+/).filter(Boolean), since: now };
  }

  /** The lines that stand now, as a cue; null for none. Its `tail` goes on behind them, as far as nothing has to move. */
  at(now) {
    while (this.#seen.length < this.#lines.length && this.#room(now)) {
      this.#seen.push(read(now, this.#lines[this.#seen.length].length));
      this.#changed = now;
    }
    if (this.#seen.length === this.#lines.length && now - this.#changed >= STANDS) this.#clear();
    const end = this.#seen.length;
    const lines = this.#lines.slice(Math.max(0, end - LINES), end);
    const text = lines.join("\n");
    const tail = end === this.#lines.length && now - this.#tail.since < STANDS ? this.#fitting(lines) : "";
    return text || tail ? { lang: this.lang, text, tail } : null;
  }

  /** Whether the line on top has stood long enough to make room for the next one. */
  #room(now) {
    const top = this.#seen.length - LINES;
    if (top < 0) return true;
    const hurry = this.#lines.length - this.#seen.length > LINES ? 2 : 1;
    return now - this.#seen[top].since >= this.#seen[top].takes / hurry;
  }

  #clear() {
    [this.#lines, this.#seen] = [[], []];
    if (!this.grows) for (const id of [...this.#texts.keys()]) this.#forget(id);
  }

  #forget(id) {
    this.#written.splice(0, this.#texts.get(id).length);
    this.#texts.delete(id);
    this.#gone.add(id);
  }

  /** New words go behind those that stand, from `now` on; where one that stands has become another, or is no more, all of
   * them are written anew. */
  #write(now) {
    const words = [...this.#texts.values()].flat();
    const same = this.#written.every((word, n) => (this.grows && n >= words.length) || word === words[n]);
    if (same && words.length <= this.#written.length) return; // some are on their way from one text to the next
    if (!same) [this.#written, this.#lines] = [[], []];
    const last = this.#seen.length - 1;
    const had = this.#lines[last]?.length;
    for (const word of words.slice(this.#written.length)) this.#append(word);
    if (!same) this.#seen = this.#lines.map(() => read(-Infinity, 0)); // it is the end of them that stands
    else if (now !== null) this.#reads(last, this.#lines[last]?.length - had, now);
    this.#written = words;
    this.#changed = now ?? this.#changed;
  }

  /** A line in sight that has `more` characters now takes longer. */
  #reads(number, more, now) {
    if (more > 0) this.#seen[number] = later(this.#seen[number], read(now, more));
  }

  #append(word) {
    const last = this.#lines.pop() ?? "";
    if (!last || this.#fits(`${last} ${word}`)) this.#lines.push(last ? `${last} ${word}` : word);
    else this.#lines.push(last, word);
  }

  #fits(line) {
    return line.length <= LONGEST && this.narrow(line);
  }

  /** As many words of the tail as find room behind the lines. */
  #fitting(lines) {
    let [last, count, tail] = [lines.at(-1) ?? "", Math.max(1, lines.length), ""];
    for (const word of this.#tail.words) {
      const fits = !last || this.#fits(`${last} ${word}`);
      if (!fits && ++count > LINES) break;
      tail += last ? `${fits ? " " : "\n"}${word}` : word;
      last = fits && last ? `${last} ${word}` : word;
    }
    return tail;
  }
}

const read = (since, characters) => ({ since, takes: Math.max(LEAST, characters / READ) });

const later = (one, other) => (one.since + one.takes > other.since + other.takes ? one : other);
