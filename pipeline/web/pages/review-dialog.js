// What is asked in a small window: a time to go to, by how much to shift, a note.

import { here } from "./review-going.js";
import { isBy, seconds, shift } from "./review-timing.js";
import { byId } from "./page.js";
import { exact } from "./times.js";

const GONE = "That line is not there any more: it was taken out elsewhere.";

export class Asking {
  constructor(desk) {
    Object.assign(this, { _desk: desk, _dialog: byId("asking"), _done: null });
    this._dialog.querySelector("form").addEventListener("submit", (event) => this._answered(event));
    this._dialog.addEventListener("close", () => desk.field.node.focus());
  }

  goTo() {
    const { player } = this._desk;
    this._open("Go to a time", "h:mm:ss, m:ss or seconds", exact(player.stream), [], (text) => {
      const to = seconds(text);
      if (!(to >= 0)) return "Write a time such as 1:02:03.5.";
      player.seek(to);
      here(this._desk);
      return "";
    });
  }

  shift() {
    const { cue } = this._desk;
    if (!cue) return;
    const ways = [["rest", "this line and all after it"], ["alone", "this line alone"]];
    const label = "By seconds (+0.4, -0.4), or the time at which this line is to begin (1:02:03.5)";
    this._open("Shift", label, exact(this._desk.player.frame), ways, (text, way) => {
      const time = seconds(text);
      if (Number.isNaN(time)) return "Write +0.4, -0.4 or a time such as 1:02:03.5.";
      const now = this._desk.current === cue.id && this._desk.cue;
      if (!now) return GONE;
      shift(this._desk, isBy(text) ? time : time - now.start, way === "alone");
      return "";
    });
  }

  note() {
    const { cue } = this._desk;
    if (!cue) return;
    this._open("A note on this line", "To a colleague: it changes nothing", "", [], (text) => {
      if (!text.trim()) return "Write what it is about.";
      const now = this._desk.cues.get(cue.id);
      if (!now) return GONE;
      this._desk.ask("note", [now], [], "Noted", { note: text.trim() });
      return "";
    });
  }

  /** `done(text, way)` says what is wrong with it; empty: nothing. */
  _open(title, label, text, ways, done) {
    this._done = done;
    byId("asking-title").textContent = title;
    byId("asking-label").textContent = label;
    byId("asking-wrong").textContent = "";
    byId("asking-ways").replaceChildren(...ways.map(([value, said], at) => choice(value, said, at === 0)));
    byId("asking-ways").hidden = !ways.length;
    this._dialog.showModal();
    byId("asking-text").value = text;
    byId("asking-text").select();
  }

  _answered(event) {
    if (event.submitter?.value !== "yes") return;
    const way = this._dialog.querySelector("input[type=radio]:checked")?.value ?? "";
    const wrong = this._done(byId("asking-text").value, way);
    byId("asking-wrong").textContent = wrong;
    if (wrong) event.preventDefault();
  }
}

function choice(value, said, checked) {
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "way", value, checked });
  label.append(radio, ` ${said}`);
  return label;
}
