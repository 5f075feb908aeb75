// What the room sees, and the hand on it: every control asks for an action, none asks back.

import { fit, rows, surplus } from "./console-fit.js";
import { hand, UNDO } from "./console-hand.js";
import { NameForm } from "./console-names.js";
import { read } from "./italics.js";
import { clock } from "./times.js";
import { outlived } from "./ends.js";
import { byId, language } from "./page.js";
import { UNREACHED } from "./phones.js";

const PLACES = ["bottom", "top", "band"];
const STEP = 5;
/** Seconds by which the screens may be off what they are to keep; and those from which on it is said that they are. */
const NEAR = 1.5;
const OFF = 3;
/** Seconds from which on a distance is told as a time of day is. */
const FAR = 600;
/** Characters of a line that are enough to know it by. */
const SHORT = 40;
/** Seconds by which the screens keep more than was asked for before that is said. */
const MORE = 1;

const time = (seconds) => new Date(Math.max(0, seconds) * 1000).toISOString().slice(11, 19);

export class RoomControls {
  constructor(feed, clock, actions, lines, health, tell) {
    /** Phones get to /read. */
    this.reached = false;
    /** Somebody typed --delay. */
    this.typed = false;
    Object.assign(this, { _tell: tell, _feed: feed, _clock: clock, _actions: actions, _lines: lines, _health: health });
    for (const button of document.querySelectorAll("#place button")) {
      button.addEventListener("click", () => this.place(button.dataset.place));
    }
    byId("say").addEventListener("submit", (event) => this._say(event));
    byId("say-text").addEventListener("input", () => this._drawRoomFor());
    this.names = new NameForm((text, written) => actions.ask({ do: "name", text }, `${written} is in the glossary`),
      (text) => tell(text, "refused"));
    byId("volume").addEventListener("change", () => this._volume(Number(byId("volume").value)));
    /** The room is where it is to be. */
    this._there = false;
  }

  blank() {
    const on = !this._actions.room.blank;
    this._actions.ask({ do: "blank", value: Number(on) }, on ? "The screen is blank" : "The picture is back");
  }

  hide() {
    const on = !this._actions.room.hidden;
    this._actions.ask({ do: "hide", value: Number(on) }, on ? "Subtitles are off" : "Subtitles are on");
  }

  /** The way to /read, for the room's phones. */
  phones() {
    const on = !this._actions.room.phones;
    if (on && !this.reached) return this._tell(`Not shown: ${UNREACHED}`, "refused");
    this._actions.ask({ do: "phones", value: Number(on) }, on ? "The code for phones is on the screen" : "The picture is back");
  }

  place(where = PLACES[(PLACES.indexOf(this._actions.room.place) + 1) % PLACES.length]) {
    const named = { bottom: "at the bottom", top: "at the top", band: "in a band under the picture" };
    this._actions.ask({ do: "place", text: where }, `Subtitles ${named[where]}`);
  }

  size(by) {
    const size = Math.min(2, Math.max(0.5, Math.round((this._actions.room.size + by) * 10) / 10));
    this._actions.ask({ do: "size", value: size }, `Letters at ${Math.round(size * 100)} %`);
  }

  delay(by) {
    const delay = Math.max(STEP, Math.round(this._wish) + by);
    this._actions.ask({ do: "delay", value: delay }, `Going to ${delay} s behind live`);
  }

  /** Seconds behind live that are asked for. */
  get _wish() {
    return this._actions.room.delay ?? this._clock.delay;
  }

  /** How far the room is behind, and where it goes; without a screen the wish. */
  _behind() {
    const [wish, behind] = [Math.round(this._wish), this._clock.behind];
    if (behind === null) return `${wish} s asked for`;
    if (this._clock.ended) return "at the end";
    if (this._feed.ended) return `${clock(behind)} to the end`;
    this._there = Math.abs(behind - this._wish) < (this._there ? OFF : NEAR);  // else it would say now this, now that
    if (this._there) return `${wish} s behind live`;
    const is = behind < FAR ? `${Math.round(behind)} s` : clock(behind);
    return `${is} behind live, ${this._clock.follows ? "going to" : "C: back to"} ${wish}`;
  }

  /** Why that is as it is. */
  _why() {
    const { started, asked, wanted, late } = this._clock;
    if (this._feed.ended || started === undefined) return "";
    const given = started === null ? "as few as the picture needs" : `${started} s`;
    const how = this.typed ? (started === null ? "--delay auto" : "--delay") : "no --delay was given";
    const as = this._actions.room.delay !== null ? `Set here; started with ${given}.` :
      started !== null ? `As started: ${given} (${how}).` :
      `As started (${how}): ${asked ? `at least the ${Math.round(asked)} s that` : "as few as"} the picture needs.`;
    if (!asked || wanted - asked < MORE) return as;
    const lines = late !== null && late > asked - MORE && `lines took up to ${Math.round(late)} s in the last minute`;
    return `${as} ${Math.round(wanted)} s for now: ${lines || "the recogniser is behind"}; less again by itself.`;
  }

  pause() {
    const paused = this._clock.paused;
    this._actions.ask({ do: paused ? "play" : "pause" }, paused ? "The picture plays" : "The picture stands still");
  }

  catchUp() {
    if (this._clock.time === null || this._feed.ended) return;
    const is = this._feed.source?.state === "lost" ? "lost" : "late";
    if (this._clock.newest) return this._tell(`There is nothing newer yet: the stream is ${is}.`, "refused");
    this._actions.ask({ do: "catchup" }, `Going to ${Math.round(this._clock.delay)} s behind live`);
  }

  /** The show begins or ends at the line that was picked, else at what the room sees now. */
  mark(what) {
    const at = this._lines.picked ? this._lines.chosen.start : (this._clock.time ?? 0);
    const left = at - (this._clock.time ?? at);
    const then = `: the room sees “The end” ${left >= 1 ? `in ${clock(left)}` : "now"}; ${UNDO()} takes that back`;
    this._actions.ask({ do: what, value: Math.max(0, at) }, `The show ${what}s at ${time(at)}${what === "end" ? then : ""}`);
  }

  /** Of a stream that stopped without an end of its own: it had `ended`, or was `dropped`. */
  stopped(what) {
    const { source, room } = this._feed;
    const back = what === "dropped" && room.stopped?.do === "ended";
    const on = back && outlived(this._feed);
    if (source?.state !== "lost" && !back) return this._tell("The stream has not stopped.", "refused");
    const live = `The picture goes on where it stopped; ${hand("C", "“Catch up”")} goes to live`;
    const said = what === "ended" ? "The stream has ended" : on ? live : "The stream was dropped";
    this._actions.ask({ do: what, value: source.state === "lost" ? source.stream : room.stopped.at }, said);
  }

  speaker(lang = this._next()) {
    const said = lang ? `The speaker is now: ${language(lang)}` : "The speaker's language is found by ear";
    this._actions.ask({ do: "speaker", lang }, said);
  }

  draw() {
    const room = this._actions.room;
    const now = this._clock.time;
    const wall = byId("wall");
    const on = now === null ? [] : this._lines.on(now);
    wall.dataset.place = room.place;
    wall.classList.toggle("blank", room.blank);
    wall.classList.toggle("hidden", room.hidden);
    const { card } = this._clock;
    wall.classList.toggle("card", Boolean(card) && !room.blank);
    const none = room.blank || ((room.hidden || room.phones) && !card);
    byId("wall-text").textContent = none ? "" : card || on.map((cue) => read(cue.text)).join("\n");
    byId("wall-state").textContent = room.blank ? "blank" : room.hidden ? "subtitles off" : room.phones ? "code for phones" :
      this._playing(now);
    for (const [id, state] of [["blank", room.blank], ["thumb-blank", room.blank], ["hide", room.hidden], ["phones", room.phones]]) {
      byId(id).setAttribute("aria-pressed", state);
    }
    for (const button of document.querySelectorAll("#place button")) {
      button.setAttribute("aria-pressed", button.dataset.place === room.place);
    }
    byId("size").textContent = `${Math.round(room.size * 100)} %`;
    if (document.activeElement !== byId("volume")) byId("volume").value = room.volume;
    byId("loud").textContent = `${Math.round(room.volume * 100)} %`;
    byId("pause").firstChild.textContent = this._clock.paused ? "Play " : "Pause ";
    byId("delay").textContent = this._behind();
    byId("delay-note").textContent = this._why();
    byId("begin").classList.toggle("set", room.begin !== null);
    byId("begin").firstChild.textContent = room.begin === null ? "Starts here " : `Starts ${time(room.begin)} `;
    byId("end").firstChild.textContent = room.end === null ? "Ends here " : `Ends ${time(room.end)} `;
    this._drawSpeaker();
  }

  _playing(now) {
    if (now === null) return "nothing yet";
    const none = this._clock.live ? " · live, on the overlay" : this._feed.screens.length ? "" : " · no screen is open: reckoned";
    return `${time(now)}${this._clock.paused ? " · paused" : ""}${none}`;
  }

  _drawSpeaker() {
    const facts = this._health.facts;
    const spoken = facts?.spoken ?? [];
    const box = byId("speaker");
    if (box.dataset.spoken !== spoken.join()) {
      box.dataset.spoken = spoken.join();
      box.replaceChildren(...(spoken.length > 1 ? ["", ...spoken] : []).map((lang) => this._speakerButton(lang)));
      byId("speaker-note").textContent = spoken.length > 1 ? "" :
        `${spoken.map(language).join("") || "One language"} alone. For more, start with --languages fr,es.`;
    }
    for (const button of box.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", button.dataset.lang === (facts?.speaker ?? ""));
    }
  }

  _speakerButton(lang) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.lang = lang;
    button.textContent = lang ? language(lang) : "By ear";
    button.addEventListener("click", () => this.speaker(lang));
    return button;
  }

  _next() {
    const all = ["", ...(this._health.facts?.spoken ?? [])];
    return all[(all.indexOf(this._health.facts?.speaker ?? "") + 1) % all.length];
  }

  _volume(value) {
    this._actions.ask({ do: "volume", value }, `Volume ${Math.round(value * 100)} %`);
  }

  _say(event) {
    event.preventDefault();
    const text = byId("say-text").value.trim();
    if (!text) return;
    if (rows(text).length > fit.lines) return this._tell(`${tooLong(text)}.`, "refused");
    const at = this._clock.time;
    if (at === null) return this._tell("Not yet: nothing has come of the stream, so a line has no place in it.", "refused");
    this._actions.ask({ do: "say", text, value: Math.max(0, at), lang: this._lines.lang }, `On the screen: “${text}”`);
    byId("say-text").value = "";
    byId("say-text").blur();
    this._drawRoomFor();
  }

  /** Says how much of a typed line there is room for. */
  _drawRoomFor() {
    const text = byId("say-text").value.trim();
    const most = fit.cpl * fit.lines;
    byId("say-note").textContent = !text ? "" : rows(text).length > fit.lines ? `${tooLong(text)}.` :
      `${text.length} of about ${most} characters`;
  }
}

/** By how much a typed line is more than the screen has room for. */
function tooLong(text) {
  const long = surplus(text);
  const words = long.length > SHORT ? `…${long.slice(-SHORT)}` : long;
  return `Too long: leave out ${long.length} characters, as many as “${words}”`;
}
