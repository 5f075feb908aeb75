"""`make desk-speed`: the desk with three hours of lines: how soon one can be edited, how typing and scrolling go.

A session of 2,500 lines in two languages, in a real Chromium on an otherwise idle machine. Ends with 1 where a figure
is over what an editor bears.
"""

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pipeline.events import Cue, Ended, Sentence, Word
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from tests.web.conftest import CHROMIUM, Server
from tests.web.shows import begun

LINES = 2500
TYPED = "and so it goes on and on, here and there, and nobody asks why it is so hot tonight"
FIRST, KEY, FRAME, SLOWEST, NODES = 2.0, 50.0, 33.4, 100.0, 400
"""What it may take at most: seconds until a line can be edited, milliseconds of 95 % of the keys and of the frames, of
any frame; rows in the page."""
LISTEN = """() => {
    window.took = [];
    document.getElementById("field").addEventListener("keydown", (event) => requestAnimationFrame(() => {
        const drawn = new MessageChannel();
        drawn.port1.onmessage = () => took.push(performance.now() - event.timeStamp);
        drawn.port2.postMessage(0);
    }), true);
}"""
SCROLL = """async () => {
    const [list, frames] = [document.getElementById("list"), []];
    let [last, rows] = [await new Promise(requestAnimationFrame), 0];
    for (const until = last + 6000; last < until; ) {
        list.scrollTop += 120;
        const now = await new Promise(requestAnimationFrame);
        frames.push(now - last);
        last = now;
        rows = Math.max(rows, document.querySelectorAll(".row").length);
    }
    return { frames, rows };
}"""


def folder(path: Path) -> Path:
    with Journal(path, SystemClock()) as journal:
        journal.append(begun("en"))
        for number in range(LINES):
            start, id = 2 + 4.3 * number, f"s{number}"
            said = f"Nous sommes ici pour la place {number} et nous ne la quitterons pas."
            step = 3.9 / len(said.split())
            words = [
                Word(start=start + step * at, end=start + step * (at + 0.9), text=f" {word}", probability=0.9)
                for at, word in enumerate(said.split())
            ]
            journal.append(Sentence(id=id, lang="fr", start=start, end=start + 3.9, text=said, words=tuple(words)))
            english = f"We are here for square {number},\nand we are not going to leave it."
            for lang, text in (("fr", said), ("en", english)):
                cue = Cue(id=f"{id}.{lang}.1", lang=lang, start=start, end=start + 4.1, text=text, sentences=(id,))
                journal.append(cue)
        journal.append(Ended(reason="ended", stream=4.3 * LINES + 10))
    return path


def part(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def editable(page: Page, address: str) -> float:
    """Seconds from the address to a line that can be typed into."""
    began = time.monotonic()
    page.goto(f"{address}/review", wait_until="commit")
    while not page.evaluate("Boolean(window.livesubs?.current) && document.activeElement.id === 'field'"):
        time.sleep(0.02)
    return time.monotonic() - began


def typing(page: Page) -> list[float]:
    """Milliseconds from each key to what it changes on the page."""
    page.evaluate(LISTEN)
    for key in TYPED:
        page.keyboard.press(key)
        time.sleep(0.06)
    return list(page.evaluate("took"))


def main() -> int:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        server = Server(folder(Path(name)))
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        first = editable(page, server.address)
        time.sleep(3)
        page.keyboard.press("Alt+ArrowDown")
        key = part(typing(page), 0.95)
        scrolled = page.evaluate(SCROLL)
        server.kill()
    frames = scrolled["frames"]
    figures = [
        ("the first line can be edited after, s", first, FIRST),
        ("95 % of the keys are drawn within, ms", key, KEY),
        ("95 % of the frames while scrolling take, ms", part(frames, 0.95), FRAME),
        ("... the slowest of them, ms", max(frames), SLOWEST),
        ("rows in the page, at most", scrolled["rows"], NODES),
    ]
    for name, found, most in figures:
        print(f"{name:<46}{found:8.1f}   at most {most:g}")
    return int(any(found > most for _, found, most in figures))


if __name__ == "__main__":
    sys.exit(main())
