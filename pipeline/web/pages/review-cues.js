// The lines as the editor sees them: what the feed tells, and over it what was asked here and has no answer yet.

import { after } from "./lines.js";
import { said } from "./sentences.js";

export class Cues extends EventTarget {
  constructor(feed) {
    super();
    this._feed = feed;
    /** {id, gone, made} of what was asked here and was not told yet; the ids of those that were answered. */
    this._asked = [];
    this._answered = new Set();
    this._overlay = this._overOf = null;
    this._tracks = new Map();
    this._positions = new Map();
    feed.addEventListener("cue", () => this._changed());
    feed.addEventListener("withdrawn", (event) => this._withdrawn(event.detail.id));
    feed.addEventListener("edit", ({ detail }) => this._answered.add(detail.id));
    feed.addEventListener("ready", () => this._all());
  }

  get(id) {
    const over = this._over().get(id);
    return over === undefined ? this._feed.cues.get(id) : (over ?? undefined);
  }

  /** The lines of one track, by time. */
  track(lang) {
    const base = this._feed.track(lang);
    const known = this._tracks.get(lang);
    if (known?.base === base && known.asked === this._asked) return known.cues;
    const over = this._over();
    const mine = [...over.values()].filter((cue) => cue?.lang === lang);
    const cues = over.size ? [...base.filter((cue) => !over.has(cue.id)), ...mine].sort((a, b) => a.start - b.start) : base;
    this._tracks.set(lang, { base, asked: this._asked, cues });
    this._positions.set(lang, new Map(cues.map((cue, at) => [cue.id, at])));
    return cues;
  }

  /** Where a line stands in its track; -1: it is no more. */
  at(id, lang) {
    this.track(lang);
    return this._positions.get(lang).get(id) ?? -1;
  }

  /** The lines before and after one. */
  beside(id, lang) {
    const at = this.at(id, lang);
    const track = this.track(lang);
    return at < 0 ? [null, null] : [track[at - 1] ?? null, track[at + 1] ?? null];
  }

  /** The line on screen at a stream time, or the next one. */
  near(lang, stream) {
    const track = this.track(lang);
    const at = after(track, stream);
    return track[at - 1]?.end > stream ? track[at - 1] : (track[at] ?? track.at(-1) ?? null);
  }

  /** The lines of a track that stand on screen at some time between. */
  between(lang, from, to) {
    const track = this.track(lang);
    const found = [];
    for (let at = Math.max(0, after(track, from) - 3); at < track.length && track[at].start < to; at++) {
      if (track[at].end > from) found.push(track[at]);
    }
    return found;
  }

  /** What stands in another track for the same sentences: one text. */
  said(cue, lang) {
    return said(cue, this.track(lang));
  }

  /** It is asked that the lines `gone` are replaced by `made`, by the edit with that id. */
  expect(id, gone, made) {
    this._asked = [...this._asked, { id, gone, made }];
    this._changed();
  }

  /** The edit that makes a line as it is seen, and was not told yet; empty: none does. */
  asked(id) {
    return this._asked.findLast(({ made }) => made.some((cue) => cue.id === id))?.id ?? "";
  }

  /** The edit was refused, or what it makes has been told. */
  forget(id) {
    if (!this._asked.some((one) => one.id === id)) return;
    this._asked = this._asked.filter((one) => one.id !== id);
    this._changed();
  }

  _over() {
    if (this._overOf !== this._asked) {
      this._overOf = this._asked;
      this._overlay = new Map();
      for (const { gone, made } of this._asked) {
        for (const one of gone) this._overlay.set(one, null);
        for (const cue of made) this._overlay.set(cue.id, cue);
      }
    }
    return this._overlay;
  }

  /** All that is known has been told on this connection: what was answered on the one before, and not told there, was changed again. */
  _all() {
    this._asked = this._asked.filter(({ id }) => !this._answered.has(id));
    this._answered.clear();
    this._changed();
  }

  /** A line is no more: nothing is expected of it but by what is asked after that which was to take it out. */
  _withdrawn(id) {
    const at = this._asked.findIndex(({ gone }) => gone.includes(id));
    const left = (one) => ({ ...one, made: one.made.filter((cue) => cue.id !== id) });
    this._asked = this._asked.map((one, asked) => (at < 0 || asked < at ? left(one) : one));
    this._changed();
  }

  /** What was told as it was expected is not expected any more. */
  _changed() {
    const { cues } = this._feed;
    const stands = ({ gone, made }) =>
      gone.some((id) => cues.has(id)) || made.some((cue) => (cues.get(cue.id)?.rev ?? 0) < cue.rev);
    if (this._asked.length) {
      const left = this._asked.filter(stands);
      if (left.length < this._asked.length) this._asked = left;
    }
    if (this._feed.ready) this.dispatchEvent(new Event("change"));
  }
}
