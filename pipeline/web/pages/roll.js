// What is said as it is said: two lines that grow and roll up. Words that stand stay in their line, unless one of them
// is corrected or taken out.

/** Characters a line, lines, and seconds without a new word after which they are cleared. */
const LONGEST = 42;
const LINES = 2;
const STANDS = 4;
/** A line rolls away when it could be read: characters a second, and seconds at least; twice as soon where many wait. */
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
  /** When each line came into sight, of those that have. */
  #seen = [];
  #changed = -Infinity;

  /** `grows`: texts are told while they are said, so that one may give its last words to the next. */
  constructor(lang, grows) {
    Object.assign(this, { lang, grows });
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

  /** The lines that stand now, as a cue; null for none. */
  at(now) {
    while (this.#seen.length < this.#lines.length && this.#room(now)) this.#changed = this.#seen[this.#seen.length] = now;
    const end = this.#seen.length;
    if (end === this.#lines.length && now - this.#changed >= STANDS) this.#clear();
    const text = this.#lines.slice(Math.max(0, end - LINES), end).join("\n");
    return text ? { lang: this.lang, text } : null;
  }

  /** Whether the line on top has stood long enough to make room for the next one. */
  #room(now) {
    const top = this.#seen.length - LINES;
    if (top < 0) return true;
    const hurry = this.#lines.length - this.#seen.length > LINES ? 2 : 1;
    return now - this.#seen[top] >= Math.max(LEAST, this.#lines[top].length / READ) / hurry;
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
    for (const word of words.slice(this.#written.length)) this.#append(word);
    if (!same) this.#seen = this.#lines.map(() => -Infinity); // it is the end of them that stands
    this.#written = words;
    this.#changed = now ?? this.#changed;
  }

  #append(word) {
    const last = this.#lines.pop() ?? "";
    if (!last || last.length + 1 + word.length <= LONGEST) this.#lines.push(last ? `${last} ${word}` : word);
    else this.#lines.push(last, word);
  }
}
