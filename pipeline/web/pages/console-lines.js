// The lines: what was just shown, what the room reads now, what is coming, each with the seconds until it is shown.

import { draw, element, fill, made } from "./console-row.js";

/** Lines that stay below the hand after they were shown, and while a hand is over them. */
const PAST = 2;
const PAST_BELOW_HAND = 12;
/** Seconds, or the part of its own time, that a line must still have for a screen to show it (lines.js). */
const LEFT = 1;
const PART = 0.5;
/** Milliseconds for which a key still means the line that was chosen before the list moved on by itself. */
const GRACE = 350;
/** Lines that are drawn: more is nothing to look at, and a screen may be hours behind. */
const MOST = 60;

export class Lines {
  /** `acted(key)` is told of a button in a line; `edited(cue, text)` of an edit. */
  constructor(list, feed, clock, actions, { acted, edited }) {
    Object.assign(this, { _list: list, _feed: feed, _clock: clock, _actions: actions, _acted: acted, _edited: edited });
    this._rows = new Map();
    this._came = new Map();
    this._picked = this._auto = this._before = null;
    this._moved = 0;
    this.editing = null;
    /** Lines that come after those drawn. */
    this.more = 0;
    feed.addEventListener("cue", (event) => this._arrived(event.detail));
    list.addEventListener("click", (event) => this.pick(event.target.closest("li")?.dataset.id ?? null));
    list.addEventListener("dblclick", (event) => event.target.closest(".words") && this.edit());
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

  /** Opens the chosen line, the caret at its end. */
  edit() {
    const cue = this.chosen;
    if (!cue || this.editing || this._struck(cue)) return;
    const field = element("textarea", "field");
    field.value = cue.text;
    field.rows = Math.max(2, cue.text.split("\n").length);
    field.enterKeyHint = "done";
    field.setAttribute("aria-label", "The line's text");
    this.editing = { id: cue.id, field };
    this._picked = cue.id;
    const row = this._rows.get(cue.id);
    row.classList.add("editing");
    row.querySelector(".en").replaceWith(field);
    field.addEventListener("input", () => this._count());
    field.addEventListener("keydown", (event) => this._typed(event));
    field.addEventListener("blur", () => setTimeout(() => this._left(field), 150));
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    this._count();
  }

  /** What stands on the screen at `time`. */
  on(time) {
    const held = this._actions.room.held;
    return this._feed.track(this.lang).filter((c) => c.start <= time && time < c.end && !held.includes(c.id));
  }

  draw() {
    if (!this._feed.ready) return 0;
    const time = this._clock.time;
    const shown = time === null ? this._feed.track(this.lang).slice(-20) : this._window(time);
    const auto = shown.find((cue) => time === null || cue.end > time)?.id ?? shown.at(-1)?.id ?? null;
    if (auto !== this._auto) [this._before, this._auto, this._moved] = [this._auto, auto, performance.now()];
    if (this._picked && !shown.some((cue) => cue.id === this._picked) && !this.editing) this._picked = null;
    const ids = new Set(shown.map((cue) => cue.id));
    for (const [id, row] of this._rows) if (!ids.has(id)) this._remove(id, row);
    shown.forEach((cue, at) => this._place(cue, at, time));
    return shown.length;
  }

  /** The lines around `time`, those that were taken out among them. */
  _window(time) {
    const lost = this._lost();
    const all = this._feed.track(this.lang);
    const track = lost.length ? [...all, ...lost].sort((a, b) => a.start - b.start) : all;
    const first = track.findIndex((cue) => cue.end > time);
    const past = this._list.matches(":hover") ? PAST_BELOW_HAND : PAST;
    const at = first < 0 ? track.length : first;
    const kept = track.findIndex((cue) => cue.id === this._picked);
    const from = Math.max(0, Math.min(at - past, kept < 0 || at - kept > PAST_BELOW_HAND ? at : kept));
    const until = Math.max(from + MOST, kept + 1);
    this.more = Math.max(0, track.length - until);
    return track.slice(from, until);
  }

  /** What was taken out stays to be seen, struck through, and can be had back. */
  _lost() {
    return [...this._feed.killed.values()].filter((cue) => cue.lang === this.lang && this._struck(cue));
  }

  _struck(cue) {
    return !this._feed.cues.has(cue.id);
  }

  _line(id) {
    return this._feed.cues.get(id) ?? this._feed.killed.get(id) ?? null;
  }

  _arrived(cue) {
    if (!this._came.has(cue.id)) this._came.set(cue.id, this._feed.ready ? this._clock.time : null);
  }

  _place(cue, at, time) {
    const row = this._rows.get(cue.id) ?? this._make(cue);
    if (this._list.children[at] !== row) this._list.insertBefore(row, this._list.children[at] ?? null);
    const [state, count] = this._state(cue, time);
    const picked = cue.id === (this._picked ?? this._auto);
    row.className = `line ${state}${picked ? " chosen" : ""}${this._picked === cue.id ? " picked" : ""}`;
    row.classList.toggle("editing", this.editing?.id === cue.id);
    row.setAttribute("aria-current", picked);
    draw(row, cue, { count, said: this._said(cue), state, edited: this.editing?.id === cue.id });
  }

  /** What becomes of a line, and what stands in the place of its countdown. */
  _state(cue, time) {
    if (this._struck(cue)) return ["struck", "killed"];
    const held = this._actions.room.held.includes(cue.id);
    if (time === null) return [held ? "held" : "coming", ""];
    const came = this._came.get(cue.id);
    const late = came && cue.end - came < Math.min(LEFT, PART * (cue.end - cue.start));
    if (cue.end <= time) return held || late ? ["missed", held ? "held: not shown" : "came late"] : ["past", this._feed.screens.length ? "shown" : "over"];
    if (held) return ["held", `held ${(cue.start - time).toFixed(0)}`];
    if (cue.start <= time) return ["now", this._feed.screens.length ? "on screen" : "no screen"];
    return ["coming", (cue.start - time).toFixed(1)];
  }

  /** What was said, beside what is read. */
  _said(cue) {
    const source = this._feed.session?.src_lang;
    if (!source || source === cue.lang || !cue.sentences.length) return "";
    const mine = new Set(cue.sentences.flatMap((id) => this._bySentence(source).get(id) ?? []));
    return [...mine].map((one) => one.text.replaceAll("\n", " ")).join(" ");
  }

  /** The cues of what was said, by sentence; made anew when there are others. */
  _bySentence(lang) {
    const track = this._feed.track(lang);
    if (track === this._indexed) return this._index;
    [this._indexed, this._index] = [track, new Map()];
    for (const cue of track) {
      for (const id of cue.sentences) this._index.set(id, [...(this._index.get(id) ?? []), cue]);
    }
    return this._index;
  }

  _make(cue) {
    const pressed = (key) => (this.pick(cue.id), this._acted(key));
    const row = made(cue, this._feed.session?.src_lang ?? "", pressed);
    this._rows.set(cue.id, row);
    return row;
  }

  _remove(id, row) {
    if (this.editing?.id === id) return;
    row.remove();
    this._rows.delete(id);
  }

  /** Another place on the page was chosen; a window that is not in front leaves what is half typed alone. */
  _left(field) {
    if (this.editing?.field === field && document.hasFocus() && document.activeElement !== field) this._close(true);
  }

  _typed(event) {
    if (event.key === "Escape") this._close(false);
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this._close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Ends the edit; `save`: if there is anything new in it. */
  _close(save) {
    const { id, field } = this.editing;
    const cue = this._line(id);
    this.editing = null;
    const text = element("p", "en", cue?.text ?? "");
    text.lang = cue?.lang ?? "";
    if (field.isConnected) field.replaceWith(text);
    this._picked = null;
    if (save && cue && field.value.trim() !== cue.text.trim()) this._edited(cue, field.value);
    this.draw();
  }

  /** Beside the field: how long its lines are, and how fast they would have to be read. */
  _count() {
    const { id, field } = this.editing;
    const cue = this._line(id);
    const lines = field.value.split("\n").filter((line) => line.trim());
    const speed = lines.join(" ").length / Math.max(0.1, cue.end - cue.start);
    const row = this._rows.get(id);
    fill(row.querySelector(".remarks"), `${lines.map((line) => line.length).join(" + ")} characters, ${speed.toFixed(0)} a second` +
      (speed > 20 ? " - too fast to read" : ""));
  }
}
