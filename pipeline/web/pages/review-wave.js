// The sound around the playhead, with the lines on it whose edges can be drawn, and beneath it the words that were said.

import RegionsPlugin from "/vendor/regions.js";
import WaveSurfer from "/vendor/wavesurfer.js";
import { ask } from "./review-server.js";
import { drawing } from "./review-draw.js";
import { marks, ruler, strip } from "./review-scale.js";
import { snap } from "./review-snap.js";
import { byId } from "./page.js";

/** Seconds that are seen. */
const SPANS = [5, 8, 12, 20, 30, 60];
/** Parts of them: where the playhead comes to stand when the window moves, and how near to its end it goes before. */
const AHEAD = 0.12;
const NEAR = 0.94;
/** Pixels from a place that an edge is drawn to. */
const PULL = 9;
/** Seconds in view from which on the words would lie on each other. */
const DENSE = 20;
const KEPT = 30;
/** While the server is away. */
const UNKNOWN = { max: [0, 0], min: [0, 0] };

export class Wave {
  /** `desk` has the lines, the player and what was heard; `retimed(cue, times)` is told of an edge that was moved. */
  constructor(desk, retimed) {
    Object.assign(this, { _desk: desk, _retimed: retimed, _peaks: new Map(), _drawn: "", _pressed: false });
    /** Something is drawn with the press: it will be no click. And what came meanwhile is drawn after it. */
    this.drawn = this._late = false;
    /** The sound that is looked at has been drawn. */
    this.ready = false;
    this.from = 0;
    this.span = SPANS[2];
    this._box = byId("wave");
    this._regions = RegionsPlugin.create();
    this._surf = WaveSurfer.create({
      container: this._box, height: "auto", interact: false, hideScrollbar: true, cursorWidth: 0, maxPeak: 0.7,
      waveColor: "#6f86a8", progressColor: "#6f86a8", plugins: [this._regions],
    });
    this._regions.on("region-update", (region, side) => this._drag(region, side));
    this._regions.on("region-updated", (region, side) => this._dropped(region, side));
    this._box.addEventListener("pointerdown", () => this._press(), { capture: true });
    addEventListener("click", (event) => this._clicked(event), { capture: true });
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => setTimeout(() => this._released()));
    drawing(this._box, this, desk);
    byId("sound").addEventListener("wheel", (event) => this._wheel(event), { passive: false });
    desk.player.addEventListener("time", () => this.draw());
    desk.heard.addEventListener("change", () => this.draw(true));
    desk.feed.addEventListener("found", () => this._load());
    desk.field.addEventListener("typed", () => this._write());
    new ResizeObserver(() => (this.draw(true), this._load())).observe(this._box);
  }

  get to() {
    return this.from + this.span;
  }

  /** Seconds that an edge is drawn to something from. */
  get within() {
    return (PULL * this.span) / Math.max(1, this._box.clientWidth);
  }

  /** More or less of it is seen at once. */
  zoom(by) {
    const at = SPANS.indexOf(this.span) + by;
    if (!SPANS[at]) return;
    const share = (this._desk.player.stream - this.from) / this.span;
    this.span = SPANS[at];
    this._move(this._desk.player.stream - Math.min(1, Math.max(0, share)) * this.span);
  }

  /** A stretch comes into view, unless it is. */
  show(start, end) {
    if (start >= this.from && end <= this.to - 0.04 * this.span) return;
    this._move(start - AHEAD * this.span);
  }

  /** The playhead, always; the lines and the words, where they are others. */
  draw(anew = false) {
    const { stream, playing } = this._desk.player;
    if (!this._pressed && (stream < this.from || stream > this.from + (playing ? NEAR : 1) * this.span)) {
      return this._move(stream - AHEAD * this.span);
    }
    byId("playhead").style.transform = `translateX(${this.x(stream)}px)`;
    if (anew) this._redraw();
  }

  /** Pixels from the left to a stream time. */
  x(time) {
    return ((time - this.from) / this.span) * this._box.clientWidth;
  }

  /** The stream time under the mouse. */
  time(event) {
    const box = this._box.getBoundingClientRect();
    return this.from + ((event.clientX - box.left) / box.width) * this.span;
  }

  _move(from) {
    this.from = Math.max(0, Math.round(10 * from) / 10);
    this._load();
    this.draw(true);
  }

  _redraw() {
    this._drawLines();
    strip(byId("heard"), this.span > DENSE ? [] : this._desk.heard.words(this.from, this.to), this);
    marks(byId("shots"), this._desk.heard.shots(this.from, this.to), this);
    ruler(byId("ruler"), this);
  }

  async _load() {
    const columns = Math.max(100, Math.round(this._box.clientWidth));
    const { from, to, span } = this;
    const peaks = await this._ask(from, to, columns);
    if (from !== this.from || span !== this.span) return;
    if (this._pressed) return (this._late = true);
    const { max, min } = peaks ?? UNKNOWN;
    await this._surf.load("", [max.map(part), min.map(part)], span).catch(() => {});
    this._drawn = "";
    this.ready = true;
    this._redraw();
    this._ask(Math.round(10 * (from + (NEAR - AHEAD) * span)) / 10, from + (1 + NEAR - AHEAD) * span, columns);
  }

  _ask(from, to, columns) {
    const query = `from=${from.toFixed(1)}&to=${to.toFixed(1)}&columns=${columns}`;
    if (!this._peaks.has(query)) {
      if (this._peaks.size > KEPT) this._peaks.clear();
      const asked = ask(`/api/peaks?${query}`);
      this._peaks.set(query, asked.then(({ found }) => (found || this._peaks.delete(query), found)));
    }
    const found = this._peaks.get(query);
    if (this._desk.facts.running) this._peaks.delete(query); // there may be more of it by then
    return found;
  }

  _press() {
    this._pressed = true;
    this.drawn = false;
  }

  /** What a press began on is not drawn anew before it is over: the browser would drop the click, or the edge. */
  _released() {
    if (!this._pressed) return;
    this._pressed = false;
    if (this._late) this._load();
    this._late = false;
    this._redraw();
  }

  _drawLines() {
    if (this._pressed) return;
    if (this._surf.getDuration() !== this.span) return this._clear();  // edges would stand, and be drawn, at another scale
    const { cues, lang, current } = this._desk;
    const shown = cues.between(lang, this.from, this.to);
    const told = JSON.stringify([this.from, this.span, current, shown.map((cue) => [cue.id, cue.start, cue.end, this._text(cue)])]);
    if (told === this._drawn) return;
    this._clear();
    this._drawn = told;
    for (const cue of shown) this._regions.addRegion(this._region(cue, cue.id === current));
  }

  _clear() {
    this._drawn = "";
    this._regions.clearRegions();
  }

  /** What a line says, as it is being written. */
  _text(cue) {
    return this._desk.textOf(cue).replaceAll("\n", " ");
  }

  _write() {
    const { cue } = this._desk;
    const region = cue && this._regions.getRegions().find(({ id }) => id === cue.id);
    region?.setContent(this._text(cue));
  }

  _region(cue, chosen) {
    const [start, end] = [Math.max(0, cue.start - this.from), Math.min(this.span, cue.end - this.from)];
    return {
      id: cue.id, start, end, content: this._text(cue), minLength: 0.1,
      drag: chosen && cue.start > this.from && cue.end < this.to,
      resizeStart: cue.start >= this.from, resizeEnd: cue.end <= this.to,
      color: chosen ? "rgb(143 193 255 / 32%)" : "rgb(255 255 255 / 9%)",
    };
  }

  /** While an edge is drawn: where it would come to lie. */
  _drag(region, side) {
    this.drawn = true;
    const { time, to } = this._place(region, side ?? "start");
    const line = byId("snap");
    line.hidden = to === "frame";
    line.dataset.to = to;
    line.style.transform = `translateX(${this.x(time)}px)`;
  }

  _dropped(region, side) {
    byId("snap").hidden = true;
    this._drawn = "";
    const cue = this._desk.cues.get(region.id);
    if (!cue) return this._drawLines();
    if (side) return this._retimed(cue, { [side]: this._place(region, side).time });
    const end = this._place(region, "start").time + cue.end - cue.start;
    const last = snap(this._desk, this._beside(cue), "end", end, 0, false);
    const moved = (last.to === "line" ? last.time : end) - cue.end;
    this._retimed(cue, { start: cue.start + moved, end: cue.end + moved });
  }

  _place(region, side) {
    const cue = this._desk.cues.get(region.id);
    const time = this.from + region[side];
    return cue ? snap(this._desk, this._beside(cue), side, time, this.within) : { time, to: "frame" };
  }

  _beside(cue) {
    return this._desk.cues.beside(cue.id, cue.lang);
  }

  /** With Shift the chosen line begins there, with Ctrl it ends there; else the playhead goes there. Heard before all
   * others: who draws an edge drops every click for a moment after. */
  _clicked(event) {
    if (this.drawn || !event.composedPath().includes(this._box)) return;
    const time = this.time(event);
    const cue = this._desk.cue;
    if (event.shiftKey && cue) return this._retimed(cue, { start: snap(this._desk, this._beside(cue), "start", time, this.within).time });
    if (event.ctrlKey && cue) return this._retimed(cue, { end: snap(this._desk, this._beside(cue), "end", time, this.within).time });
    const [there] = this._desk.cues.between(this._desk.lang, time, time);
    if (there) this._desk.select(there.id, { seek: false });
    this._desk.player.seek(time);
  }

  _wheel(event) {
    event.preventDefault();
    if (event.ctrlKey) return this.zoom(Math.sign(event.deltaY));
    const pixels = event.deltaX || event.deltaY;
    const from = this.from + (pixels / this._box.clientWidth) * this.span;
    this._desk.player.pause();
    this._desk.player.seek(Math.max(0, from + AHEAD * this.span));
    this._move(from);
  }
}

const part = (value) => value / 127;
