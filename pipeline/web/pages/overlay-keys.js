// The overlay's keys (in OBS: right click, Interact). What they say stands in the picture for a moment: hide the source
// with its eye meanwhile if it is on air.

import { letterSwitch, meant } from "./letters.js";
import { byId } from "./page.js";

const SAID = 3;
const REACTION = 0.2; // seconds from hearing a word to the tap
const HELP = `keys
+ −   larger, smaller
t m b   top, middle, bottom
l c   left, centred
x   box behind the letters
← →   50 ms sooner, later
w   tap when you hear a word
r   with the show's clock, or as soon as a line is ready
0   as the address says
? h F1   this; Esc closes it`;

export function control(overlay) {
  const panel = new Panel(byId("note"));
  const keys = {
    "+": () => size(overlay, +0.3),
    "=": () => size(overlay, +0.3),
    "-": () => size(overlay, -0.3),
    t: () => overlay.change({ place: "top" }),
    m: () => overlay.change({ place: "middle" }),
    b: () => overlay.change({ place: "bottom" }),
    l: () => overlay.change({ align: "left" }),
    c: () => overlay.change({ align: "center" }),
    x: () => overlay.change({ box: overlay.set.box ? 0 : 1 }),
    ArrowLeft: () => panel.say(shift(overlay, -50)),
    ArrowRight: () => panel.say(shift(overlay, +50)),
    w: () => panel.ask(overlay),
    r: () => panel.say(toReady(overlay)),
    0: () => overlay.reset(),
    "?": () => panel.help(overlay),
    h: () => panel.help(overlay),
    Escape: () => panel.close(),
  };
  addEventListener("keydown", (event) => {
    if (panel.asked && (event.key === " " || event.key === "Enter")) return panel.tap(overlay);
    const found = keys[meant(event)];
    if (found) event.preventDefault();
    found?.();
  });
  addEventListener("pointerdown", () => panel.asked && panel.tap(overlay));
}

function size(overlay, step) {
  overlay.change({ size: Math.round(Math.min(15, Math.max(2, overlay.set.size + step)) * 10) / 10 });
}

function shift(overlay, step) {
  overlay.change({ offset: overlay.set.offset + step });
  return `${overlay.set.offset} ms${overlay.set.offset > 0 ? " later" : overlay.set.offset < 0 ? " sooner" : ""}`;
}

function toReady(overlay) {
  overlay.change({ delay: null, offset: 0 });
  return "each line as soon as it is ready";
}

class Panel {
  asked = null;

  constructor(element) {
    this.element = element;
  }

  close() {
    this.asked = null;
    this.element.hidden = true;
  }

  say(text, lasting = false) {
    this.element.replaceChildren(text);
    this.element.hidden = false;
    clearTimeout(this.closing);
    if (!lasting) this.closing = setTimeout(() => this.close(), SAID * 1000);
  }

  help(overlay) {
    const { size, place, align, box, tail, delay, offset } = overlay.set;
    const all = Object.entries({ lang: overlay.lanes.map((lane) => lane.lang).join(","), size, place, align, box, tail, delay, offset });
    const query = new URLSearchParams(all.filter(([, value]) => value !== null));
    this.say(`${HELP}\n\nThe same as an address:\n${location.origin}/overlay?${query}\n\n`.replaceAll("%2C", ","), true);
    this.element.append(letterSwitch());
  }

  /** Names the newest words that were said: whoever has not heard them yet taps when they come. */
  ask(overlay) {
    const said = [...overlay.feed.cues.values()].filter((cue) => cue.lang === overlay.source);
    const newest = said.reduce((last, cue) => (last && last.start > cue.start ? last : cue), undefined);
    if (!newest || overlay.behind(newest) === null) return this.say("no words yet; try again when somebody speaks");
    this.say("", true);
    this.asked = newest;
    const words = document.createElement("strong");
    words.textContent = newest.text.split(/\s+/).slice(0, 4).join(" ");
    this.element.replaceChildren("When you hear: ", words, "\ntap here, or press the space bar. Heard already? w for other words, Esc to leave it.");
  }

  tap(overlay) {
    const behind = Math.max(0, overlay.behind(this.asked) - REACTION);
    const delay = Math.round(behind * 20) / 20;
    this.asked = null;
    overlay.change({ delay, offset: 0 });
    this.say(`${delay.toFixed(2)} s behind the stream; ← → by 50 ms`);
  }
}
