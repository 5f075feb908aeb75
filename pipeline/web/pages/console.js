// The technician's page: the lines before the room reads them, and the hand on the screen. Keys first; thumbs as well.

import { Feed } from "./feed.js";
import { Actions } from "./console-actions.js";
import { RoomClock } from "./console-clock.js";
import { Health } from "./console-health.js";
import { listen } from "./console-keys.js";
import { Lines } from "./console-lines.js";
import { RoomControls } from "./console-room.js";
import { fit, rows } from "./console-fit.js";
import { drawHistory, drawTroubles } from "./console-troubles.js";
import { named } from "./cards.js";
import { element } from "./dom.js";
import { letterSwitch } from "./letters.js";
import { byId, languages, short } from "./page.js";

/** Milliseconds between two looks at the clock. */
const TICK = 100;
const TOLD = 6000;

/** What the server says of itself. */
let served = {};
/** The toast that is seen, and the drawing that is asked for. */
let [telling, drawing] = [null, null];

const feed = new Feed({ screens: true });
const clock = new RoomClock(feed);
const actions = new Actions(feed, toast);
const lines = new Lines(byId("list"), feed, clock, actions, { acted: press, edited, lost });
const health = new Health(feed, clock);
const room = new RoomControls(feed, clock, actions, lines, health, toast);

/** What a key does, with what the table of keys says of it; a line's keys act on the line that is chosen. */
const KEYS = new Map([
  ["ArrowUp", ["↑ or W", "choose the line before", () => lines.step(-1)]],
  ["ArrowDown", ["↓ or S", "choose the next line", () => lines.step(1)]],
  ["Escape", ["Esc", "follow the show again", () => lines.pick(null)]],
  ["e", ["E or Enter", "edit the line: Enter keeps it, Escape does not, Shift+Enter breaks it", () => lines.edit()]],
  ["x", ["X or Delete", "kill the line in every language: neither the room nor the files have it; or have it back", () => killOrRestore()]],
  [" ", ["Space", "hold the line, or send it on", () => onLine(hold)]],
  ["m", ["M", "mark the line for the editor", () => onLine(mark)]],
  ["z", ["Z", "undo what you did last; where the picture is stays", () => actions.undo()]],
  ["b", ["B", "blank the screen, or show it again", () => room.blank()]],
  ["n", ["N", "subtitles off, or on", () => room.hide()]],
  ["q", ["Q", "the code for the room's phones on the screen, or the picture again", () => room.phones()]],
  ["t", ["T", "subtitles at the bottom, the top, in a band", () => room.place()]],
  ["+", ["+", "larger letters", () => room.size(0.1)]],
  ["-", ["-", "smaller letters", () => room.size(-0.1)]],
  ["y", ["Y", "type a line of your own", () => show("say-text")]],
  ["a", ["A", "add a name, the word that is selected", () => (reveal(), room.names.open())]],
  ["l", ["L", "the speaker's language: the next, or by ear", () => room.speaker()]],
  ["p", ["P", "pause or play the picture", () => room.pause()]],
  ["c", ["C", "catch up with the delay", () => room.catchUp()]],
  ["[", ["[", "5 s less delay", () => room.delay(-5)]],
  ["]", ["]", "5 s more delay", () => room.delay(5)]],
  ["i", ["I", "the show starts here", () => room.mark("begin")]],
  ["o", ["O", "the show ends here: the room sees “The end” there, Z takes it back", () => room.mark("end")]],
  ["f", ["F", "the stream that stopped has ended", () => room.stopped("ended")]],
  ["d", ["D", "the stream that stopped was dropped", () => room.stopped("dropped")]],
  ["?", ["? or F1", "this table", tellKeys]],
]);
const ON_LINE = ["x", " ", "e", "m"];
const SAME = { w: "ArrowUp", s: "ArrowDown", Enter: "e", Delete: "x", "=": "+", h: " " };

/** No button there has the focus at first: Space would press it. */
function tellKeys() {
  byId("keys").showModal();
  byId("keys").focus();
}

function press(key) {
  KEYS.get(SAME[key] ?? key)?.[2]();
  draw();
}

function onLine(act) {
  const cue = lines.chosen;
  if (cue && feed.cues.has(cue.id)) act(cue);
  else toast("There is no line to do that to.", "refused");
}

function killOrRestore() {
  const cue = lines.chosen;
  const gone = cue && !feed.cues.has(cue.id) && feed.killed.get(cue.id);
  if (!gone) return onLine(kill);
  actions.undoOne(gone.by, `Back again: “${short(cue.text)}”`, { do: "kill", cue: cue.id });
}

function kill(cue) {
  const langs = [cue.lang, ...lines.others(cue)];
  const where = langs.length > 1 ? ` in ${languages(langs)}` : "";
  actions.ask({ do: "kill", cue: cue.id }, `Killed${where}${late(cue, "it")}: “${short(cue.text)}”`);
}

function hold(cue) {
  const { held, over, count } = lines.fate(cue);
  if (over) return toast(`Its moment has passed (${count}): there is nothing to hold or to send; the files have it.`, "refused");
  actions.ask({ do: held ? "send" : "hold", cue: cue.id }, `${held ? "Sent on" : "Held"}: “${short(cue.text)}”`);
}

function mark(cue) {
  actions.ask({ do: "mark", cue: cue.id }, `Marked for the editor: “${short(cue.text)}”`);
}

function edited(cue, text) {
  if (!feed.cues.has(cue.id)) lost(text);
  else if (text.trim()) {
    actions.ask({ do: "edit", cue: cue.id, text }, `Changed${late(cue, "the old text") || long(text)}: “${short(text)}”`);
  } else toast("An empty line cannot be shown: kill it instead.", "refused");
}

/** What is to be said of a change to a line that is past in the room; "": it is not. */
function late(cue, what) {
  const { over, count } = lines.fate(cue);
  if (!over) return "";
  if (clock.live) return `, the overlay has shown ${what}`;
  return ` in the files alone, ${count === "shown" ? `the room has seen ${what}` : `its moment in the room has passed (${count})`}`;
}

function long(text) {
  const count = rows(text).length;
  return count > fit.lines ? `, ${count} lines on the screen` : "";
}

/** What was typed, where the line that it was for is gone. */
function lost(text) {
  toast(`The line that you were correcting is gone; you had typed: “${text}”`, "refused");
}

function show(id) {
  reveal();
  byId(id).focus();
}

/** On a phone the controls are behind More. */
function reveal(on = true) {
  document.body.classList.toggle("more", on);
  byId("more").setAttribute("aria-expanded", on);
}

function toast(text, kind, over = kind !== "waiting") {
  const box = byId("toast");
  box.textContent = text;
  box.className = `shown ${kind}`;
  clearTimeout(telling);
  if (over) telling = setTimeout(() => (box.className = ""), TOLD);
  drawDone();
}

function drawDone() {
  const rows = actions?.done.slice(-6).reverse().map((one) => element("li", one.undone ? "undone" : "", one.said));
  byId("done").replaceChildren(...(rows ?? []));
}

function draw() {
  const shown = lines.draw();
  room.draw();
  const session = feed.session;
  byId("name").textContent = served.title || named(session?.source ?? "") || "livesubs";
  document.title = `${byId("name").textContent} - console`;
  byId("empty").classList.toggle("more", Boolean(shown));
  const none = session ? "No line yet: they come as soon as somebody speaks." : "The session has not begun: its lines come here.";
  byId("empty").textContent = !feed.ready ? "" : shown ? (lines.more ? `and ${lines.more} more` : "") : none;
  const chosen = lines.chosen;
  const fate = chosen && lines.fate(chosen);
  byId("thumb-hold").textContent = fate?.over ? "Over" : fate?.held ? "Send" : "Hold";
  const unseen = document.body.classList.contains("more");  // the lines are behind the controls
  for (const button of document.querySelectorAll("#thumbs [data-key]")) if (ON_LINE.includes(button.dataset.key)) button.disabled = unseen;
  byId("thumb-hold").disabled ||= Boolean(fate?.over);
  byId("thumb-kill").textContent = chosen && !feed.cues.has(chosen.id) ? "Restore" : "Kill";
}

function drawHealth() {
  byId("health").replaceChildren(...health.figures.map(([name, value, how]) => {
    const figure = element("div", how);
    figure.append(element("dt", "", name), element("dd", "", value));
    return figure;
  }));
  drawTroubles(health.troubles, press, () => (health.seen(), drawHealth()));
  drawHistory(health.history);
}

listen((key) => KEYS.has(SAME[key] ?? key), press);
for (const button of document.querySelectorAll("button[data-key]")) button.addEventListener("click", () => press(button.dataset.key));
byId("more").addEventListener("click", () => reveal(!document.body.classList.contains("more")));
byId("keys").querySelector("table").append(...[...KEYS.values()].map(([name, does]) => {
  const row = element("tr");
  row.append(element("th", "", name), element("td", "", does));
  return row;
}));

/** Once for all that is told at one time. */
function soon() {
  if (feed.ready) drawing ??= requestAnimationFrame(() => ((drawing = null), draw()));
}

async function learn() {
  try {
    served = await (await fetch("/api/session", { signal: AbortSignal.timeout(2000) })).json();
    clock.started = served.delay;
    room.reached = Boolean(served.phones);
    room.typed = served.asked;
    Object.assign(fit, { cpl: served.cpl, lines: served.lines });
  } catch {
    setTimeout(learn, 500);
  }
}

byId("keys").append(letterSwitch());
learn();
feed.addEventListener("change", soon);
feed.addEventListener("session", drawDone);
setInterval(draw, TICK);
setInterval(drawHealth, 500);
drawHealth();
