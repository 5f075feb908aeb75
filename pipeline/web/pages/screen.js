// The screen for the projector. Reading order: feed (what happens), playback (where the picture is), lines (what is
// said there), then this page, which puts them together.

import { card, named } from "./cards.js";
import { draw } from "./drawing.js";
import { Feed } from "./feed.js";
import { keys } from "./keys.js";
import { level } from "./level.js";
import { Lines } from "./lines.js";
import { byId } from "./page.js";
import { Phones, TITLE } from "./phones.js";
import { Report, restored, keep } from "./report.js";
import { TestCard } from "./testcard.js";

const query = new URLSearchParams(location.search);
const langs = [query.get("lang") ?? "", query.get("lang2") ?? ""];
/** Milliseconds until the server is asked again. */
const AGAIN = 500;
/** Milliseconds that its answer may take. */
const ANSWER = 2000;
/** Seconds for which the last frame stands when nothing more comes, before a card says so. */
const PATIENCE = 2;
/** Milliseconds for which a note stands. */
const SAID = 5000;

async function facts() {
  for (;;) {
    try {
      const answer = await fetch("/api/session", { signal: AbortSignal.timeout(ANSWER) });
      if (answer.ok) return await answer.json();
    } catch {
      // the server is being started again
    }
    await new Promise((then) => setTimeout(then, AGAIN));
  }
}

class Screen {
  /** `moves`: ids of what the picture has been moved by already. */
  constructor(served, feed, playback, moves) {
    this.feed = feed;
    this.playback = playback;
    this.moves = new Set(moves);
    this.name = served.title || named(served.source);
    this.lines = [new Lines(feed, langs[0]), ...(langs[1] ? [new Lines(feed, langs[1])] : [])];
    this.test = new TestCard(byId("test"));
    this.phones = new Phones(served.phones);
    /** Ids of the lines on the wall. */
    this.on = [];
    /** What stands in the place of the picture: a title, and a text below it; "": the picture. */
    this.told = "";
    /** What is said for a moment of a key that did nothing. */
    this.said = "";
    for (const event of ["frame", "tick", "moved"]) playback.addEventListener(event, (told) => this[event](told.detail));
    feed.addEventListener("room", () => this.room());
    feed.addEventListener("change", () => this.frame());
    feed.addEventListener("session", ({ detail }) => (this.name = served.title || named(detail.source)));
    this.room();
  }

  /** The frame that is shown now, and its words. */
  frame() {
    const { stream, wait, state } = this.playback;
    const off = ["waiting", "ended"].includes(state) || this.playback.starved > PATIENCE;
    const quiet = stream === null || wait || off || !this.playback.drawn;
    const [first, ...others] = this.lines;
    first.lang = langs[0] || this.feed.session?.tgt_langs[0] || this.feed.session?.src_lang || "";
    const { blank, hidden } = this.feed.room;
    const empty = quiet || blank || hidden || this.phones.shown;
    if (!quiet && empty) this.lines.forEach((lines) => lines.pardon(stream));
    const cues = empty ? [] : [first, ...others].map((lines) => lines.at(stream));
    this.on = cues.filter(Boolean).map((cue) => cue.id);
    draw(byId("subtitles"), cues);
  }

  tick() {
    this.frame();
    const { state, wait } = this.playback;
    const video = byId("video");
    const picture = video.videoWidth > 0 || video.readyState === 0;
    const late = state === "starved" && this.playback.starved < PATIENCE;
    this.card(card({ state: late ? "playing" : state, wait, closed: state === "ended" && this.playback.closed, picture, feed: this.feed, name: this.name }));
    const note = this.said || (this.playback.sound ? "" : "No sound yet: press a key, or click here.");
    byId("note").hidden = !note;
    write("note", note);
  }

  say(text) {
    this.said = text;
    clearTimeout(this.silent);
    this.silent = setTimeout(() => (this.said = ""), SAID);
    this.tick();
  }

  moved(stream) {
    this.lines.forEach((lines) => lines.restart(stream));
  }

  /** How many lines missed their moment. */
  get skipped() {
    const { stream } = this.playback;
    return stream === null ? 0 : this.lines.reduce((sum, lines) => sum + lines.skipped(stream), 0);
  }

  /** What became of the lines that began lately, in ids. */
  get lately() {
    const { stream } = this.playback;
    const all = stream === null ? [] : this.lines.map((lines) => lines.lately(stream));
    return { shown: all.flatMap((one) => one.shown), missed: all.flatMap((one) => one.missed) };
  }

  card(shown) {
    const place = byId("card");
    place.hidden = !shown;
    this.told = this.test.shown ? "Test card" : this.phones.shown ? TITLE : shown && !shown.speaker ? [shown.title, shown.text].filter(Boolean).join("\n") : "";
    document.documentElement.classList.toggle("speaks", Boolean(shown?.speaker));
    if (!shown) return;
    place.classList.toggle("speaker", Boolean(shown.speaker));
    byId("level").hidden = !shown.speaker;
    if (shown.speaker) level(byId("video"), byId("level"));
    write("card-time", shown.speaker ? "" : new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }));
    write("card-title", shown.title);
    write("card-text", shown.text);
  }

  /** What people asked for on the console. */
  room() {
    const { room } = this.feed;
    byId("blank").hidden = !room.blank;
    byId("subtitles").hidden = room.hidden;
    this.phones.show(room.phones);
    document.body.dataset.place = room.place;
    document.documentElement.style.setProperty("--size", room.size);
    document.documentElement.style.setProperty("--rows", this.lines.length * 2);
    byId("video").volume = this.test.shown ? 0 : room.volume;
    for (const move of room.moves) if (!this.moves.has(move.id)) this.move(move);
    this.frame();
  }

  /** Each once; what was asked while this page was away is done when it is back. */
  move({ id, do: what, value }) {
    this.moves.add(id);
    if (what === "play") this.playback.play();
    if (what === "pause") this.playback.pause();
    if (what === "seek") this.playback.seek(value);
    if (what === "catchup") this.playback.catchUp();
  }

  /** The test card over everything; the picture goes on behind it, without its sound. */
  toggleTest() {
    this.test.toggle();
    this.room();
  }
}

function write(id, text) {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}

async function main() {
  document.body.dataset.place = "bottom";
  const served = await facts();
  if (!window.Hls) {
    const { title, text } = card({ state: "setup", feed: {} });
    byId("card").hidden = false;
    write("card-title", title);
    write("card-text", text);
    return;
  }
  const { Playback } = await import("./playback.js");
  const feed = new Feed({ lang: langs[0] && !langs[1] ? langs[0] : "", behind: true });
  if (!feed.ready) await new Promise((then) => feed.addEventListener("ready", then, { once: true }));
  const playback = new Playback(byId("video"), feed, served.delay);
  const moves = restored(feed, playback) ?? feed.room.moves.map((move) => move.id);
  const screen = new Screen(served, feed, playback, moves);
  keys(screen, byId("help"));
  new Report(screen);
  setInterval(() => keep(feed, playback, screen.moves), 250);
  window.livesubs = screen;
}

main();
