// The lines: what was just shown, what the room reads now, what is coming, each with the seconds until it is shown.

import { Editor } from "./console-editor.js";
import { Fates } from "./console-fates.js";
import { Open } from "./console-open.js";
import { draw, made } from "./console-row.js";
import { said } from "./sentences.js";

/** Lines that stay below the hand after they were shown, and while a hand is over them. */
const PAST = 2;
/** ... and where all are out already. */
const PAST_LIVE = 6;
const PAST_BELOW_HAND = 12;
/** Milliseconds for which a key still means the line that was chosen before the list moved on by itself. */
const GRACE = 350;
/** Lines that are drawn: more is nothing to look at, and a screen may be hours behind. */
const MOST = 60;

export class Lines {
  /** `acted(key)` is told of a button in a line; `edited(cue, text)` of an edit; `lost(text)` of what was typed for a line
   * that is gone. */
  constructor(list, feed, clock, actions, { acted, edited, lost }) {
    Object.assign(this, { _list: list, _feed: feed, _clock: clock, _actions: actions, _acted: acted, _lost: lost });
    this._rows = new Map();
    this._picked = this._auto = this._before = null;
    this._moved = 0;
    /** A button is down over them: no line comes or goes. */
    this._still = false;
    /** Lines that come after those drawn. */
    this.more = 0;
    this.editor = new Editor(feed, (cue, text) => {  // the hand stays on its line
      if (text !== null) edited(cue, text);
      this.draw();
    });
    this._open = new Open(feed, () => [...new Set([this.editor.id, ...actions.correcting])].filter(Boolean));
    this._fates = new Fates(feed, clock, actions, this._open);
    list.addEventListener("click", (event) => this.pick(event.target.closest("li")?.dataset.id ?? null));
    list.addEventListener("pointerdown", () => (this._still = true));  // words are selected there
    for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, () => (this._still = false));
  }

  /** The track that is shown. */
  get lang() {
    const session = this._feed.session;
    return session ? (session.tgt_langs[0] ?? session.src_lang) : "";
  }

  /** The line that keys and thumbs act on: the one picked, or the one on screen, or the next. */
  get chosen() {
    if (this._picked) return this._line(this._picked);
    const hasty = performance.now() - this._moved < GRACE && this._before;
    return this._line(hasty ? this._before : this._auto);
  }

  get picked() {
    return this._picked !== null;
  }

  pick(id) {
    this._picked = id;
    this.draw();
  }

  /** One line up or down. */
  step(by) {
    const ids = [...this._list.children].map((row) => row.dataset.id);
    const at = ids.indexOf(this._picked ?? this._auto);
    this.pick(ids[Math.min(Math.max(0, at + by), ids.length - 1)] ?? null);
    this._rows.get(this._picked)?.scrollIntoView({ block: "nearest" });
  }

  /** Opens the chosen line; with `text`, what was typed in it already. */
  edit(text) {
    const cue = this.chosen;
    if (!cue || this.editor.id || this._struck(cue)) return;
    this._picked = cue.id;
    this.editor.open(cue, this._rows.get(cue.id), text);
  }

  /** What stands on the screen at `time`: as the screens tell it, without one as it is reckoned. */
  on(time) {
    const track = this._feed.track(this.lang);
    if (this._feed.screens.length) return track.filter((cue) => this._fates.on(cue.id));
    return track.filter((cue) => cue.start <= time).slice(-2).filter((cue) => this._fates.of(cue, time).state === "now");
  }

  /** What becomes of a line: console-fates. */
  fate(cue) {
    return this._fates.of(cue, this._clock.time);
  }

  draw() {
    if (!this._feed.ready) return 0;
    const draft = this._restored();
    const time = this._clock.time;
    const shown = this._still ? this._drawn : this._around(time, draft?.id ?? this.editor.id);
    const auto = shown.find((cue) => time === null || cue.end > time)?.id ?? shown.at(-1)?.id ?? null;
    const above = auto === this._auto && this._list.scrollTop === 0 && this._list.matches(":hover");
    const top = above && this._list.firstElementChild;
    const next = auto !== this._auto;
    if (next) [this._before, this._auto, this._moved] = [this._auto, auto, performance.now()];
    if (this._picked && !shown.some((cue) => cue.id === this._picked) && !this.editor.id) this._picked = null;
    const ids = new Set(shown.map((cue) => cue.id));
    for (const [id, row] of this._rows) if (!ids.has(id)) this._remove(id, row);
    shown.forEach((cue, at) => this._place(cue, at, time));
    if (next && this._clock.live && !this._picked) this._rows.get(auto)?.scrollIntoView({ block: "nearest" });  // it is the last
    else if (top) this._list.scrollTop = top.offsetTop - this._list.firstElementChild.offsetTop;  // what comes above moves nothing under the hand
    if (draft && this._picked === draft.id) this.edit(draft.text);
    else if (draft) this._lost(draft.text);
    return shown.length;
  }

  /** The lines that are drawn, as they are now. */
  get _drawn() {
    return [...this._list.children].map((row) => this._line(row.dataset.id)).filter(Boolean);
  }

  /** What was being typed before the page was loaded again, once: its line is the one that is picked; else null. */
  _restored() {
    const draft = this.editor.restored();
    if (draft && !this._feed.cues.has(draft.id)) return this._lost(draft.text), null;
    if (draft) this._picked = draft.id;
    return draft;
  }

  /** The lines around `time`, those that were taken out among them, the one that was picked not long ago, and the one that
   * is `open`. */
  _around(time, open) {
    const all = this._feed.track(this.lang);
    if (time === null) return all.filter((cue, at) => at >= all.length - 20 || cue.id === open);
    const lost = this._gone(this.lang);
    const track = lost.length ? [...all, ...lost].sort((a, b) => a.start - b.start) : all;
    const first = track.findIndex((cue) => cue.end > time);
    const past = this._list.matches(":hover") ? PAST_BELOW_HAND : this._clock.live ? PAST_LIVE : PAST;
    const at = first < 0 ? track.length : first;
    const kept = track.findIndex((cue) => cue.id === this._picked);
    const from = Math.max(0, Math.min(at - past, kept < 0 || at - kept > PAST_BELOW_HAND ? at : kept));
    const until = Math.max(from + MOST, kept + 1);
    this.more = Math.max(0, track.length - until);
    const above = kept >= 0 && kept < from && this._picked === open;
    return [...(above ? [track[kept]] : []), ...track.slice(from, until)];
  }

  _struck(cue) {
    return !this._feed.cues.has(cue.id);
  }

  _line(id) {
    return this._feed.cues.get(id) ?? this._feed.killed.get(id) ?? null;
  }

  _place(cue, at, time) {
    const row = this._rows.get(cue.id) ?? this._make(cue);
    if (this._list.children[at] !== row) this._list.insertBefore(row, this._list.children[at] ?? null);
    const fate = this._fates.of(cue, time);
    const picked = cue.id === (this._picked ?? this._auto);
    const edited = this.editor.id === cue.id;
    row.className = `line ${fate.state}${picked ? " chosen" : ""}${this._picked === cue.id ? " picked" : ""}`;
    row.classList.toggle("editing", edited);
    row.setAttribute("aria-current", picked);
    const stays = fate.state === "struck" ? this.others(cue).filter((lang) => !said(cue, this._gone(lang))) : [];
    draw(row, cue, { ...fate, ...this._said(cue), stays, edited, elsewhere: this._open.where(cue.id) === "there" });
  }

  /** The other languages in which something stands for what a line shows. */
  others(cue) {
    const { src_lang, tgt_langs } = this._feed.session;
    return [src_lang, ...tgt_langs].filter((lang) => lang !== cue.lang && said(cue, this._feed.track(lang)));
  }

  /** What was `said`, beside what is read; `gone`: it was killed, too. */
  _said(cue) {
    const source = this._feed.session?.src_lang;
    if (!source || source === cue.lang) return { said: "", gone: false };
    const gone = this._struck(cue) ? said(cue, this._gone(source)) : "";
    return { said: gone || said(cue, this._feed.track(source)), gone: gone !== "" };
  }

  /** The lines of a track that were killed. */
  _gone(lang) {
    return [...this._feed.killed.values()].filter((cue) => cue.lang === lang && this._struck(cue));
  }

  _make(cue) {
    const pressed = (key) => (this.pick(cue.id), this._acted(key));
    const row = made(cue, this._feed.session?.src_lang ?? "", pressed);
    this._rows.set(cue.id, row);
    return row;
  }

  _remove(id, row) {
    if (this.editor.id === id) return;
    row.remove();
    this._rows.delete(id);
  }
}
