// The keys of the screen. What concerns the whole room goes to the server, as from the console; where the picture is
// belongs to this screen alone.

import { letterSwitch, meant } from "./letters.js";
import { byId } from "./page.js";
import { UNREACHED } from "./phones.js";

const SHORT = 5;
const LONG = 30;
/** Milliseconds that an answer may take. */
const PATIENCE = 2000;
const REFUSED = 403;
const PLACES = ["bottom", "top", "band"];

/** What a key does: its names, what is said of it, and the deed. */
const KEYS = [
  [[" ", "k"], "Space", "play, pause", (screen) => (screen.playback.paused ? screen.playback.play() : screen.playback.pause())],
  [["ArrowLeft"], "← →", "5 seconds back, on; with Shift 30", (screen, event) => move(screen, event.shiftKey ? -LONG : -SHORT)],
  [["ArrowRight"], "", "", (screen, event) => move(screen, event.shiftKey ? LONG : SHORT)],
  [["Home"], "Home", "from the start of the show", (screen) => screen.playback.seek(screen.feed.room.begin ?? 0)],
  [["End", "c"], "End", "catch up with live, less the delay", (screen) => screen.playback.catchUp() || screen.say("There is nothing newer yet.")],
  [["g"], "G", "go to a time", (screen) => openPlace(screen)],
  [["b"], "B", "blank", (screen) => ask(screen, "blank", { value: screen.feed.room.blank ? 0 : 1 })],
  [["s"], "S", "subtitles off, on", (screen) => ask(screen, "hide", { value: screen.feed.room.hidden ? 0 : 1 })],
  [["p"], "P", "subtitles at the bottom, the top, in a band", (screen) => ask(screen, "place", { text: after(screen.feed.room.place) })],
  [["+", "="], "+ −", "larger, smaller subtitles", (screen) => ask(screen, "size", { value: screen.feed.room.size + 0.1 })],
  [["-"], "", "", (screen) => ask(screen, "size", { value: screen.feed.room.size - 0.1 })],
  [["]"], "[ ]", "one second nearer to live, further behind", (screen) => delay(screen, 1)],
  [["["], "", "", (screen) => delay(screen, -1)],
  [["q"], "Q", "the code for the room's phones, or the picture again", (screen) => askForPhones(screen)],
  [["m"], "M", "sound off, on, here", () => mute()],
  [["f"], "F", "full screen", () => (document.fullscreenElement ? document.exitFullscreen() : document.body.requestFullscreen())],
  [["t"], "T", "test card", (screen) => screen.toggleTest()],
  [["?", "h"], "? F1", "these keys", (screen, event, help) => (help.open ? help.close() : tell(help))],
];

/** Listens for the keys; `help` is where they are told. */
export function keys(screen, help) {
  describe(help);
  byId("place").addEventListener("submit", (event) => goTo(screen, event));
  addEventListener("keydown", (event) => {
    screen.playback.touched();
    if (event.key === "Escape") help.close();
    const pressed = event.target.closest?.("button") && ["Enter", " "].includes(event.key);
    const found = !pressed && KEYS.find(([names]) => names.includes(meant(event)));
    if (!found) return;
    event.preventDefault();
    found[3](screen, event, help);
  });
  addEventListener("pointerdown", () => screen.playback.touched());
}

function describe(help) {
  const list = document.createElement("dl");
  for (const [, name, what] of KEYS.filter(([, name]) => name)) {
    const [term, said] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    said.textContent = what;
    list.append(term, said);
  }
  help.replaceChildren(list, letterSwitch());
}

/** The keys go on doing what they do: no button of it has the focus at first. */
function tell(help) {
  help.show();
  help.focus();
}

function move(screen, seconds) {
  const { stream } = screen.playback;
  if (stream !== null) screen.playback.seek(stream + seconds);
}

/** Asks for a place, over the picture, which goes on with its words. */
function openPlace(screen) {
  const field = byId("place-time");
  const now = new Date(1000 * Math.max(0, screen.playback.stream ?? 0));
  field.value = now.toISOString().slice(11, 19).replace(/^0/, "");
  byId("place-wrong").hidden = true;
  byId("place").showModal();
  field.select();
}

/** h:mm:ss, m:ss, or seconds. */
function goTo(screen, event) {
  const parts = byId("place-time").value.trim().split(":");
  const fits = parts.length < 4 && parts.every((part) => /^\d+(\.\d+)?$/.test(part));
  byId("place-wrong").hidden = fits;
  if (fits) screen.playback.seek(parts.reduce((sum, part) => sum * 60 + Number(part), 0));
  else event.preventDefault();
}

function delay(screen, seconds) {
  const { wanted } = screen.playback;
  ask(screen, "delay", { value: Math.max(1, Math.round(wanted + seconds)) });
}

function askForPhones(screen) {
  if (screen.phones.reached) ask(screen, "phones", { value: screen.feed.room.phones ? 0 : 1 });
  else screen.say(`Not shown: ${UNREACHED}`);
}

function mute() {
  const video = byId("video");
  video.muted = !video.muted;
}

const after = (place) => PLACES[(PLACES.indexOf(place) + 1) % PLACES.length];

/** Asks the server, and says on the screen why nothing happens; one that may only look on is refused. */
async function ask(screen, what, more) {
  const body = JSON.stringify({ id: crypto.randomUUID?.() ?? `k${Date.now()}${Math.random()}`, do: what, ...more });
  const headers = { "content-type": "application/json" };
  try {
    const answer = await fetch("/api/actions", { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === REFUSED) screen.say("This screen may only look on: do that on the console.");
    else if (!answer.ok) screen.say(await answer.text());
  } catch {
    screen.say("Not done: no word from the page server.");
  }
}
