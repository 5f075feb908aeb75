"""`make desk-evening`: an editor's work on twenty minutes at the desk, by keyboard alone, in a real Chromium.

A queue of thirty problems: words, times, splits, merges; in the middle the browser, then the server are killed, and
all goes on where it was; fifty undos and as many redos; in the end the exported file has no fault by netflix-en. Ends
with 1 where that is not so. Takes some minutes.
"""

import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import imageio_ffmpeg
from playwright.sync_api import Page, sync_playwright

from pipeline.events import Cue, Ended, Sentence, Word
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from tests.servers import free_port
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import CHROMIUM, Server
from tests.web.shows import archive, begun

LINES, PROBLEMS, UNDOS = 260, 30, 50
SECONDS = 4.6 * LINES
SAID = "Nous sommes ici pour la place et nous ne la quitterons pas."
GOOD = "We are here for the square,\nand we are not going to leave it."
BAD = (
    GOOD,
    "We are here for the square, and we are not going to leave it alone.",
    "We are here for  the square,\nand we are not going to leave it.",
    "We are here for the square and for the park and for the\nschool and we stay there, all of us, all night long.",
    "We have 3 squares in town,\nand we are not going to leave one.",
)
"""Each with an uncertain name, too."""
MEANT = "We are here for the square,\nand nobody is going to take it."


def folder(path: Path) -> Path:
    """Every eighth line is one that a human has to look at, thirty in all."""
    path.mkdir()
    with Journal(path, SystemClock()) as journal:
        journal.append(begun("en"))
        for number in range(LINES):
            start, id = 1 + 4.6 * number, f"s{number}"
            bad = number % 8 == 3 and number // 8 < PROBLEMS
            text = BAD[number // 8 % len(BAD)] if bad else GOOD
            step = 3.9 / len(SAID.split())
            words = [
                Word(start=start + step * at, end=start + step * (at + 0.9), text=f" {word}", probability=0.95)
                for at, word in enumerate(SAID.split())
            ]
            journal.append(Sentence(id=id, lang="fr", start=start, end=start + 3.9, text=SAID, words=tuple(words)))
            for lang, shown in (("fr", SAID), ("en", text)):
                flags = ("name",) if bad and lang == "en" else ()
                cue = Cue(
                    id=f"{id}.{lang}.1",
                    lang=lang,
                    start=start,
                    end=start + 4.1,
                    text=shown,
                    sentences=(id,),
                    flags=flags,
                )
                journal.append(cue)
        journal.append(Ended(reason="ended", stream=SECONDS))
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    archive(ffmpeg, path, (0.0, SECONDS, 0.0))
    return path


@contextmanager
def browser(profile: Path) -> Iterator[tuple[Page, "subprocess.Popen[bytes]"]]:
    """A Chromium of its own, which may be killed."""
    with started(profile) as (address, process), sync_playwright() as playwright:
        yield playwright.chromium.connect_over_cdp(address).contexts[0].pages[0], process


@contextmanager
def started(profile: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The same, and where it can be reached."""
    port = free_port()
    words = ["--headless=new", "--no-sandbox", f"--remote-debugging-port={port}", f"--user-data-dir={profile}"]
    words += ["--window-size=1280,800", "--autoplay-policy=no-user-gesture-required", "about:blank"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([CHROMIUM or "", *words], stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/json/version"), 60)
        yield f"http://127.0.0.1:{port}", process
    finally:
        kill(process)


def answers(address: str) -> bool:
    with suppress(OSError):
        urllib.request.urlopen(address)
        return True
    return False


def kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Editor:
    """Who has a keyboard, and eyes."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self._server = page, server

    def open(self) -> None:
        self.page.goto(f"{self._server.address}/review")
        self.sees("window.livesubs?.current && livesubs.player.there && livesubs.queue.why('s3.en.1')", 120)

    def sees(self, what: str, seconds: float = 60) -> None:
        until(lambda: self.page.evaluate(f"Boolean({what})"), seconds)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.press("Control+a")
        first, *more = text.split("\n")
        self.page.keyboard.type(first)
        for line in more:
            self.press("Enter")
            self.page.keyboard.type(line)

    def rest(self) -> None:
        """All is answered."""
        kept = "livesubs.edits.waiting === 0 && livesubs.drafts.waiting === 0"
        self.sees(f"{kept} && livesubs.edits._sent.size === 0")

    def mend(self, number: int) -> None:
        """One problem, each kind in its way."""
        self.press("F8")
        if number % 5 == 0:
            self.write(MEANT)
        elif number % 5 == 3:
            self.press("Control+Home", *["ArrowRight"] * 27, "Alt+Enter")
            self.rest()
            if number == 3:
                self.press("Alt+Shift+m")
        elif number % 5 == 4:
            self.write("We have three squares in town,\nand we are not going to leave one.")
            self.press("Alt+Shift+.", "Alt+Shift+.", "Alt+Shift+,")
        elif number == 6:
            self.press("Control+ ")
            self.sees("livesubs.player.playing && livesubs.player.frame > livesubs.cue.start + 2.5")
            self.press("Control+ ", "Alt+]")
        self.sees("document.querySelector('#check h3')")
        self.press("Control+Enter")
        self.rest()
        print(f"{number + 1:3} {self.page.inner_text('#progress')}", flush=True)

    def mend_faults(self) -> None:
        """What is still wrong, by the change that is offered, or with other words; what was deleted stays out."""
        for _ in range(4 * PROBLEMS):
            self.sees("document.getElementById('faults').innerText")
            if self.page.inner_text("#faults").startswith("No fault"):
                return
            self.press("F4")
            self.sees("document.querySelector('#check .fault, #spelling li') || livesubs.out")
            if self.page.evaluate("livesubs.out"):
                self.press("Alt+o")
            elif self.page.query_selector("#check .fix"):
                self.press("Alt+x")
            else:
                self.write("We stay here.")
                self.press("Control+s")
            self.rest()
            self.page.evaluate("livesubs.faults.renew()")
        raise AssertionError(f"there is still: {self.page.inner_text('#faults')}")


def lines(path: Path) -> list[tuple[float, float, str]]:
    return [(cue.start, cue.end, cue.text) for cue in state(path).track("en")]


def place(page: Page) -> list[object]:
    """Line, caret, list and playhead (to a hundredth of a second), and what stands in the field."""
    at = page.evaluate("livesubs.place")
    return [{**at, "stream": round(at["stream"], 2)}, page.input_value("#field")]


def edit(path: Path, profile: Path) -> None:
    server = Server(path)
    server.start()
    try:
        work(server, path, profile)
    finally:
        server.kill()


def work(server: Server, path: Path, profile: Path) -> None:
    with browser(profile) as (page, process):
        editor = Editor(page, server)
        editor.open()
        for number in range(15):
            editor.mend(number)
        editor.press("F8", "Control+End")
        page.keyboard.type(" And so")
        editor.rest()
        page.wait_for_timeout(500)  # until the place is kept, which a page does four times a second
        was = place(page)
        kill(process)
    server.kill()
    server.start()
    with browser(profile) as (page, _):
        editor = Editor(page, server)
        editor.open()
        now = place(page)
        print(f"opened again: {now}", flush=True)
        assert now == was, f"it was {was}"
        editor.press("Escape")
        for number in range(15, PROBLEMS):
            editor.mend(number)
        print(page.inner_text("#queue"), flush=True)
        before = lines(path)
        editor.press(*["Control+z"] * UNDOS)
        editor.rest()
        undone = lines(path)
        assert undone != before
        editor.press(*["Control+y"] * UNDOS)
        editor.rest()
        until(lambda: lines(path) == before, 30)
        print(f"{UNDOS} undos and redos: {sum(one not in undone for one in before)} lines and back", flush=True)
        editor.mend_faults()


def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        path = folder(Path(name) / "session")
        edit(path, Path(name) / "profile")
        out = Path(name) / "out.en.srt"
        export = ["export", str(path), "--format", "srt", "--lang", "en", "--out", str(out)]
        subprocess.run([sys.executable, "-m", "pipeline", *export], check=True)
        return subprocess.run([sys.executable, "-m", "pipeline", "qc", str(out), "--profile", "netflix-en"]).returncode


if __name__ == "__main__":
    sys.exit(main())
