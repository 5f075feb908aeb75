// Subtitles over somebody else's picture, in OBS or a mixer: text and nothing else.
//
// As early as they are ready, or with ?delay=SECONDS behind the stream, or with ?play=1 a finished session from its start.
// Where the session says each word as soon as it is sure, lines roll up word by word, and clause by clause in translation;
// with ?tail=1 what is not sure yet stands behind them, dimmed.

import { draw } from "./drawing.js";
import { Feed } from "./feed.js";
import { read } from "./italics.js";
import { forget, keep, settings } from "./kept.js";
import { Lines } from "./lines.js";
import { control } from "./overlay-keys.js";
import { byId, now } from "./page.js";
import { Ready } from "./ready.js";
import { Roll } from "./roll.js";
import { width } from "./width.js";

const DEFAULTS = { lang: "", size: 5.4, place: "bottom", align: "center", box: 0, tail: 0, delay: null, offset: 0, play: null, from: 0 };
/** Figures that are as wide as lines that roll may be: 42 letters of what people say have room, whatever the font. */
const COLUMN = 45;

class Overlay {
  constructor() {
    this.set = settings(DEFAULTS);
    this.stage = byId("stage");
    this.lanes = [];
    this.source = this.began = this.live = null;
    this.feed = new Feed({ tail: this.set.tail, behind: this.#later });
    this.feed.addEventListener("session", (event) => this.#lay(event.detail));
    this.feed.addEventListener("cue", (event) => this.#came(event.detail));
    this.feed.addEventListener("growing", (event) => this.#grew(event.detail));
    this.feed.addEventListener("tail", ({ detail }) => this.#lane(detail.lang)?.roll?.follow(detail.text, now()));
    this.feed.addEventListener("withdrawn", (event) => this.#went(event.detail));
    this.feed.addEventListener("ready", () => this.#begin());
    this.#style();
  }

  /** Changes settings by hand; they stay. */
  change(changed) {
    Object.assign(this.set, changed);
    keep(changed);
    this.#changed();
  }

  /** As the address says, again. */
  reset() {
    forget();
    this.set = settings(DEFAULTS);
    this.#changed();
  }

  #changed() {
    this.feed.behind = this.#later;
    this.#style();
  }

  /** Lines do not come as soon as they are ready. */
  get #later() {
    return this.set.delay !== null || Boolean(this.set.play);
  }

  /** Stream time that the picture below shows; null: nobody knows, cues come as they are ready. */
  position(now) {
    const { play, delay, offset, from } = this.set;
    if (play) return this.began === null ? null : from + now - this.began - offset / 1000;
    const live = delay === null ? null : this.edge(now);
    return live === null ? null : live - delay - offset / 1000;
  }

  /** Stream time that arrives now, and would arrive once the stream has ended: its last words are still to come. */
  edge(now) {
    if (!this.feed.ended) this.live = this.feed.edge === null ? null : { edge: this.feed.edge, at: now };
    return this.live && this.live.edge + now - this.live.at;
  }

  /** Seconds behind the stream at which `cue` would begin now; null: the stream's clock is not known. */
  behind(cue) {
    const live = this.edge(now());
    return live === null ? null : live - cue.start;
  }

  draw = () => {
    const at = now();
    const { blank, hidden } = this.feed.room;
    draw(this.stage, blank || hidden ? [] : this.lanes.map((lane) => this.#cue(lane, at)));
    requestAnimationFrame(this.draw);
  };

  #cue(lane, now) {
    const position = this.position(now);
    if (position !== null) return lane.lines.at(position);
    if (this.#later) return null;
    if (lane.roll) return this.#rolled(lane, now);
    const { cues, room, opened } = this.feed;
    return cues.get(lane.ready.at(now, cues, room.held, opened.map((one) => one.cue)));
  }

  #begin() {
    this.began ??= now();
    this.stage.dataset.ready = this.lanes.length ? "yes" : "no"; // for whoever looks from outside
  }

  /** What was typed stands alone while it does. */
  #rolled(lane, now) {
    const rolled = lane.roll.at(now);
    return (now < lane.typed?.until && this.feed.cues.get(lane.typed.id)) || rolled;
  }

  #lane(lang) {
    return this.lanes.find((one) => one.lang === lang);
  }

  #grew({ id, lang, text }) {
    this.#lane(lang)?.roll?.set(id, text, now());
  }

  #went({ id }) {
    for (const lane of this.lanes) lane.roll?.remove(id);
  }

  /** What is said grows by itself; one of before that was translated again has rolled away. */
  #rolls(lane, cue) {
    if (!this.feed.ready) lane.newest = Math.max(lane.newest, cue.start);
    else if (cue.flags.includes("typed")) {
      if (lane.typed?.id !== cue.id) lane.typed = { id: cue.id, until: now() + cue.end - cue.start };
    } else if (lane.lang !== this.source && cue.start >= lane.newest) {
      lane.roll.set(cue.id, read(cue.text), now());
      lane.newest = cue.start;
    }
  }

  #came(cue) {
    const lane = this.#lane(cue.lang);
    if (lane?.roll) return this.#rolls(lane, cue);
    if (this.feed.ready) lane?.ready.add(cue, now(), Math.max(0, this.set.offset / 1000));
    else lane?.ready.pass(cue);
  }

  /** A lane for each language asked for, once it is known which there are. */
  #lay(session) {
    if (this.lanes.length) return;
    this.source = session.src_lang;
    const langs = this.set.lang ? this.set.lang.split(",") : [session.tgt_langs[0] ?? session.src_lang];
    const rolls = session.policy === "stream" && this.set.delay === null && !this.set.play;
    this.lanes = langs.map((lang) => ({
      lang, ready: new Ready(), lines: new Lines(this.feed, lang), newest: 0, typed: null,
      roll: rolls ? new Roll(lang, lang === this.source, (line) => this.#fits(line)) : null,
    }));
    this.#style();
  }

  /** What has the font of the lines, where somebody gave them another. */
  get #letters() {
    return this.stage.querySelector("p") ?? this.stage;
  }

  #fits(line) {
    return width(line, this.#letters) <= COLUMN * width("0", this.#letters);
  }

  #style() {
    const { size, place, align, box } = this.set;
    const rolls = this.lanes.some((lane) => lane.roll);
    this.stage.className = [place, align, box ? "box" : "", rolls ? "rolls" : ""].join(" ").trim();
    this.stage.style.setProperty("--size", size);
    this.stage.style.setProperty("--column", COLUMN * width("0", this.#letters));
  }
}

const overlay = new Overlay();
overlay.draw();
control(overlay);
