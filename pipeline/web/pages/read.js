// What is said, to be read on a phone: the newest line last, and the page follows it.

import { answer } from "./ends.js";
import { Feed } from "./feed.js";
import { keep, settings } from "./kept.js";
import { byId } from "./page.js";
import { ReadLines } from "./read-lines.js";
import { ScreenClock } from "./read-screen.js";
import { Scroll } from "./read-scroll.js";

const LOOK = 200; // milliseconds
/** What is said of a stream that has stopped, as on the screen, by what a person said of it. */
const INTERRUPTED = "The stream is interrupted. It goes on when it is back.";
const STOPPED = { ended: "The show has ended." };
const COUNTS = /\d:\d\d/;
const SIZES = [1.1, 1.3, 1.6, 2, 2.5, 3.1]; // rem

const set = settings({ lang: "", early: null, size: 2 });
const scroll = new Scroll(byId("text"), byId("now"));

/** The facts of the session, asked until it has begun: phones come in before the show. */
async function begun() {
  for (;;) {
    try {
      const facts = await (await fetch("/api/session")).json();
      if (facts.begun) return facts;
    } catch {
      // the server is being started again
    }
    byId("state").textContent = "It has not begun yet.";
    await new Promise((later) => setTimeout(later, 2000));
  }
}

/** The choice of one language, or of each translation with what was said below it. */
function offer(facts, chosen) {
  const one = [...facts.tgt_langs, facts.src_lang].map((lang) => [lang, name(lang)]);
  const two = facts.tgt_langs.map((lang) => [`${lang},${facts.src_lang}`, `${name(lang)} + ${facts.src_lang.toUpperCase()}`]);
  byId("language").replaceChildren(...[...one, ...two].map(([value, text]) => new Option(text, value)));
  byId("language").value = chosen;
  byId("language").addEventListener("change", () => {
    keep({ lang: byId("language").value });
    location.reload();
  });
}

function name(lang) {
  const said = new Intl.DisplayNames([lang], { type: "language" }).of(lang);
  return said.charAt(0).toLocaleUpperCase(lang) + said.slice(1);
}

function larger(steps) {
  set.size = Math.min(SIZES.length - 1, Math.max(0, set.size + steps));
  keep({ size: set.size });
  style();
}

function style() {
  document.documentElement.style.setProperty("--size", `${SIZES[set.size]}rem`);
  byId("early").setAttribute("aria-pressed", String(Boolean(set.early)));
  scroll.follow();
}

byId("larger").addEventListener("click", () => larger(+1));
byId("smaller").addEventListener("click", () => larger(-1));
byId("early").addEventListener("click", () => {
  set.early = set.early ? 0 : 1;
  keep({ early: set.early });
  style();
});
style();

const facts = await begun();
set.early ??= Number(facts.early); // nobody chose
style();
const langs = (set.lang || facts.tgt_langs[0] || facts.src_lang).split(",").slice(0, 2);
offer(facts, langs.join(","));
const feed = new Feed({ lang: langs.length === 1 ? langs[0] : "", screens: "too", behind: !set.early });
const screen = new ScreenClock(feed, facts.delay);
const lines = new ReadLines(byId("text"), feed, langs);

function draw() {
  feed.behind = !set.early;
  const until = screen.position;
  byId("early").hidden = until === Infinity;
  if (feed.ready && lines.draw(set.early ? Infinity : until, !scroll.following)) scroll.follow();
  tell(feed.ended ? "The show has ended."
    : !feed.connected && feed.ready ? "Connection lost; it is tried again."
    : screen.stopped(set.early) ? STOPPED[answer(feed)] ?? INTERRUPTED
    : set.early ? "" : screen.waits);
}

/** One line below the others; who has it read out is not told each second of a countdown. */
function tell(text) {
  const place = byId("state");
  place.ariaLive = COUNTS.test(text) ? "off" : "polite";
  if (place.textContent !== text) place.textContent = text;
}

setInterval(draw, LOOK);
