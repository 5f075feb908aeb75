// What stands around the line that is worked on: the picture with its subtitle, where playback is, what was not done, how
// far the work is, whether all is kept.

import { said } from "./dom.js";
import { exact, stamp } from "./times.js";
import { safe } from "./review-store.js";
import { mine, whose } from "./review-whose.js";
import { byId, language } from "./page.js";

/** Seconds without an answer after which it is said. */
const LATE = 2;

export class Side {
  constructor(desk) {
    this._desk = desk;
    this._asked = null;
    this._tracks();
    byId("name").textContent = desk.facts.name;
    document.body.classList.toggle("alone", !desk.beside);
    for (const [one, kind] of [[desk.edits, "saved"], [desk.edits, "refused"], [desk.edits, "done"], [desk.drafts, "change"], [desk.field, "typed"]]) {
      one.addEventListener(kind, () => this.soon());
    }
    for (const kind of ["lost", "found"]) desk.feed.addEventListener(kind, () => this.soon());
    desk.player.addEventListener("time", () => this._time());
    desk.player.addEventListener("state", () => this._state());
    setInterval(() => this._saved(), 500);
    this._state();
    this._time();
  }

  soon() {
    this._asked ??= requestAnimationFrame(() => ((this._asked = null), this.draw()));
  }

  draw() {
    const { cues, field, edits, lang, current } = this._desk;
    const track = cues.track(lang);
    const accepted = track.filter(({ flags }) => flags.includes("accepted")).length;
    byId("progress").textContent = track.length ? `${accepted} of ${track.length} accepted` : "";
    byId("empty").textContent = track.length ? "" : "No line yet: they come as soon as somebody speaks.";
    const at = current === null ? -1 : cues.at(current, lang);
    byId("number").textContent = at < 0 ? "" : `${at + 1} / ${track.length}`;
    const { done: stands, undone } = edits.history;
    disable("undo", !stands.length && !field.changed);
    disable("redo", !undone && !field.undone);
    this._saved();
    this._desk.waits.draw();
    this._subtitle();
    this._notes();
    this._desk.queue.draw();
  }

  _tracks() {
    const { tracks, lang } = this._desk;
    const choice = byId("track");
    choice.replaceChildren(...tracks.map((one) => new Option(language(one), one, one === lang, one === lang)));
    byId("track-choice").hidden = tracks.length < 2;
    choice.addEventListener("change", () => this._desk.show(choice.value));
  }

  _time() {
    byId("clock").textContent = exact(this._desk.player.frame);
    this._subtitle();
  }

  _state() {
    const { player, facts } = this._desk;
    byId("play").textContent = player.playing ? "❚❚" : "▶";
    byId("play").setAttribute("aria-label", player.playing ? "Stop" : "Play");
    byId("pace").textContent = player.speed === 1 ? "" : `× ${player.speed}`;
    const none = byId("no-picture");
    none.textContent = !window.Hls ? "hls.js is missing: run `make web` in the folder of livesubs." :
      !facts.picture && !facts.sound ? "There is no recording." : !facts.picture ? "Sound alone" : "";
    none.hidden = !none.textContent;
  }

  /** The line on the picture, as it is being written. */
  _subtitle() {
    const { cues, lang, player, current } = this._desk;
    const time = player.frame;
    const cue = cues.between(lang, time, time + 0.001).find((one) => one.start <= time && time < one.end);
    const text = cue ? this._desk.textOf(cue) : "";
    const box = byId("subtitle");
    if (box.dataset.of !== text) {
      box.dataset.of = text;
      box.replaceChildren(...slanted(text));
    }
    box.classList.toggle("mine", cue?.id === current);
  }

  _saved() {
    const { edits, drafts, feed } = this._desk;
    const waiting = edits.waiting + drafts.waiting;
    const lost = !feed.connected || edits.late > LATE;
    const why = waiting && (edits.why || drafts.why);
    const box = byId("saved");
    const said = !waiting ? (lost ? "The server is away: go on, this browser keeps what you do." : "All is kept") :
      lost || why ? [`Not on the server yet: ${waiting}.`, why, `It is tried again; ${safe() ? "this browser has it" : "leave this page open"}.`].filter(Boolean).join(" ") : "Keeping…";
    if (box.textContent !== said) box.textContent = said;
    box.className = lost || why ? "bad" : "";
  }

  _notes() {
    const notes = this._desk.current === null ? [] : this._desk.edits.history.notes(this._desk.current);
    const box = byId("notes");
    if (box.dataset.of === JSON.stringify(notes)) return;
    box.dataset.of = JSON.stringify(notes);
    const list = said("ol", "");
    list.append(...notes.map((one) => noted(one)));
    box.replaceChildren(...(notes.length ? [said("h3", "Notes"), list] : []));
  }
}

/** What it says, whose it is, as far as that is known, and when it was left. */
function noted({ id, note, at }) {
  const row = said("li", note);
  row.append(said("small", ` ${mine(id) ? "yours" : whose(id)}, ${stamp(at)}`));
  return row;
}

function disable(what, off) {
  for (const one of document.querySelectorAll(`button[data-do="${what}"]`)) one.disabled = off;
}

/** A text with its italics as such. */
const slanted = (text) => text.split(/<i>([^]*?)<\/i>/).map((part, at) => (at % 2 ? said("i", part) : part));
