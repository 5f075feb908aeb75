"""`make screen-sync`: how far the words on the screen are from the picture, through everything that goes wrong.

A live HLS stream whose picture carries a clock, recorded and subtitled by a real session, shown by a real Chromium. At
the moment at which a line appears, the clock is read off the frame that is shown; where that frame lies in stream time
the archive says; the line's start is that of the SRT file. The sound that is played has a beep at every second second
of the picture's clock, too high for the recogniser; it is held against the first frame that shows that second (ear.js).
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf, nan
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import psutil
import srt
from playwright.sync_api import BrowserContext, Page, sync_playwright

from pipeline.source.archive import segments
from pipeline.source.parts import ARCHIVE
from samples.clock import read_clock
from tests.faults.hls import Window
from tests.measures import SAMPLES
from tests.publisher import Publisher, cut, publishing
from tests.servers import free_port, listens
from tests.waiting import until

SPY, EAR = [(Path(__file__).parent / name).read_text("utf-8") for name in ("spy.js", "ear.js")]
BEEPS = "aevalsrc=0.25*sin(2*PI*10000*t)*lt(mod(t\\,2)\\,0.05):s=48000[beeps]"
BESIDE = "[0:a]aresample=16000,aresample=48000[said];[said][beeps]amix=normalize=0:duration=first"
"""The beeps above all that is said and clapped, which ends at 8 kHz here: nothing else is taken for one."""
PLAIN = ("-c:v", "copy")
B_FRAMES = ("-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-bf", "2")
"""The picture, as encoders for little delay make it, and as most others do: its sound begins before its first frame."""
DELAY = 30
LENGTH = 140
WITH_B_FRAMES = 40
"""Seconds of the stream for which those are watched."""
BOUND = 0.1
"""Seconds, at the 95th percentile."""
CUT = 10.0


class Evening:
    """A show that runs, and the page that shows it."""

    def __init__(self, folder: Path, publisher: Publisher, page: Page, session: "subprocess.Popen[bytes]") -> None:
        self.folder, self.publisher, self.page, self.session = folder, publisher, page, session
        self.seen: list[dict[str, Any]] = []
        self.beeps: list[tuple[str, float]] = []
        """(after what, seconds by which it was heard after its frame was shown; infinite where none was)"""
        self.states: set[str] = set()
        self.skipped = 0
        self.did = ["steady"]
        """What was done to it, the last of which holds."""

    @property
    def what(self) -> str:
        return self.did[-1]

    def note(self, seen: dict[str, Any]) -> None:
        """A line has appeared."""
        self.seen.append({**seen, "after": self.what})
        print(f"{seen['stream']:8.2f}  {seen['text'].splitlines()[0]}", flush=True)

    def hear(self, heard: dict[str, Any]) -> None:
        """A beep was heard."""
        late = inf if heard["late"] is None else heard["late"]
        self.beeps.append((self.what, late))
        if abs(late) > BOUND:
            print(f"the beep of second {heard['second']:.0f} was heard {late:+.3f} s after its frame", flush=True)

    def watch(self, until_stream: float) -> None:
        """Lets it play until there."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            told = self.page.evaluate(
                "window.livesubs ? [livesubs.playback.state, livesubs.playback.stream, livesubs.skipped] : []"
            )
            if told:
                self.states.add(f"{self.what}: {told[0]}")
                self.skipped = told[2]
            if told and (told[0] == "ended" or (told[1] or 0) >= until_stream):
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"the screen did not come to {until_stream} s")

    def child(self, word: str) -> psutil.Process:
        """The process of the session that was started with that word."""
        return next(c for c in psutil.Process(self.session.pid).children() if word in c.cmdline())


def kill_server(evening: Evening) -> None:
    evening.child("screen").kill()


def kill_session(evening: Evening) -> None:
    evening.child("run").kill()


def reload(evening: Evening) -> None:
    evening.page.reload()


def cut_source(evening: Evening) -> None:
    evening.publisher.gone = True
    evening.page.wait_for_timeout(CUT * 1000)
    evening.publisher.gone = False


def cut_browser(evening: Evening) -> None:
    evening.page.context.set_offline(True)
    evening.page.wait_for_timeout(CUT * 1000)
    evening.page.context.set_offline(False)


FAULTS: list[tuple[str, float, Callable[[Evening], None]]] = [
    ("kill -9 of the page server", 18, kill_server),
    ("page reload", 34, reload),
    ("kill -9 of the session", 48, kill_session),
    ("10 s cut between source and ffmpeg", 68, cut_source),
    ("10 s cut between browser and server", 92, cut_browser),
]
"""What is done, and at which stream time of the picture."""


def clip(ffmpeg: str, folder: Path, picture: Sequence[str]) -> Path:
    """The rally with its beeps, twice."""
    once, twice = folder / "once.mp4", folder / "twice.mp4"
    beeping = ["-filter_complex", f"{BEEPS};{BESIDE}", "-map", "0:v", *picture, "-b:a", "128k"]
    looped = ["-stream_loop", "1", "-i", str(once), "-c", "copy", "-t", str(LENGTH)]
    for made in (["-i", str(SAMPLES / "rally.mp4"), *beeping, str(once)], [*looped, str(twice)]):
        subprocess.run([ffmpeg, "-v", "error", *made], check=True)
    return twice


@contextmanager
def show(folder: Path, picture: Sequence[str]) -> Iterator[Evening]:
    """A session on a live stream with that picture, and its screen."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    stream = Window(cut(ffmpeg, clip(ffmpeg, folder, picture), folder / "hls"), edge=0, window=90, target=1)
    publisher = Publisher(folder, streams={"live.m3u8": stream})
    port, out = free_port(), folder / "session"
    with publishing(publisher) as base, sync_playwright() as playwright:
        command = [sys.executable, "-m", "pipeline", "run", f"{base}/live.m3u8", "--demo", "--out", str(out)]
        serve = ["--serve", "--port", str(port), "--delay", str(DELAY)]
        session = subprocess.Popen([*command, *serve], stdout=subprocess.DEVNULL)
        try:
            arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
            context = browser.new_context(viewport={"width": 640, "height": 360})
            yield _opened(context, Evening(out, publisher, context.new_page(), session), port)
            browser.close()
        finally:
            for process in psutil.Process(session.pid).children(recursive=True):
                process.kill()
            session.kill()
            session.wait()


def _opened(context: BrowserContext, evening: Evening, port: int) -> Evening:
    context.expose_function("seen", evening.note)
    context.expose_function("heard", evening.hear)
    context.add_init_script(SPY)
    context.add_init_script(EAR)
    until(lambda: any(listens(c.pid, port) for c in psutil.Process(evening.session.pid).children()), 60)
    evening.page.goto(f"http://127.0.0.1:{port}/screen")
    return evening


def first_frames(folder: Path) -> list[tuple[float, float]]:
    """(stream time, clock) of the first frame of every segment of the archive."""
    found = []
    for segment in segments(folder / ARCHIVE):
        with av.open(str(segment.path)) as opened:
            picture = next(opened.decode(video=0))
            assert picture.pts is not None
            assert picture.time_base is not None
            at = _place(folder, segment.path.name[:4]) + float(picture.pts * picture.time_base)
            found.append((at, read_clock(picture.to_ndarray(format="rgb24"))))
    return found


def _place(folder: Path, number: str) -> float:
    rows = [line.split(",") for line in (folder / ARCHIVE / "clock.csv").read_text().splitlines()]
    return next((float(row[1]) for row in rows if row[0] == number), 0.0)


def errors(evening: Evening) -> Iterator[tuple[str, str, float]]:
    """(after what, text, seconds by which it was off) of every line of the SRT file that the page had in time."""
    frames = first_frames(evening.folder)
    cues = list(srt.parse((evening.folder / "subtitles.en.srt").read_text("utf-8")))
    for seen in evening.seen:
        at, clock = max((f for f in frames if f[0] <= seen["stream"] + 0.02), default=frames[0])
        shown = at + seen["clock"] - clock
        starts = [cue.start.total_seconds() for cue in cues if cue.content == seen["text"]]
        if starts:
            start = min(starts, key=lambda start: abs(shown - start))
            if seen["came"] is not None and seen["came"] > start:
                print(f"came {seen['came'] - start:.2f} s after its moment: {seen['text']!r}")
                continue
            yield seen["after"], seen["text"], shown - start


def p95(values: list[float]) -> float:
    found = sorted(abs(value) for value in values)
    return found[min(len(found) - 1, int(0.95 * len(found)))] if found else nan


def with_b_frames() -> bool:
    """A stream whose pictures come in another order than they are shown, and nothing goes wrong."""
    with tempfile.TemporaryDirectory() as made, show(Path(made), B_FRAMES) as evening:
        evening.did = ["steady, with B-frames"]
        evening.watch(WITH_B_FRAMES)
        return told(evening, list(errors(evening)))


def through_faults() -> bool:
    with tempfile.TemporaryDirectory() as made, show(Path(made), PLAIN) as evening:
        for what, at, fault in FAULTS:
            evening.watch(at)
            evening.did.append(what)
            print(f"--- {what}", flush=True)
            fault(evening)
        evening.watch(1e9)
        evening.page.wait_for_timeout(2000)
        return told(evening, list(errors(evening)))


def told(evening: Evening, measured: list[tuple[str, str, float]]) -> bool:
    """Prints how far it was off; whether that is little enough everywhere."""
    good = True
    for what in evening.did:
        off = [value for after, _, value in measured if after == what]
        late = [value for after, value in evening.beeps if after == what]
        good &= bool(off and late) and max(p95(off), p95(late)) <= BOUND
        print(f"{what:38} {len(off):3} lines, off by {1000 * p95(off):5.0f} ms at p95; ", end="")
        print(f"{len(late):3} beeps, off by {1000 * p95(late):5.0f} ms at p95")
    for what, text, off_by in measured:
        if abs(off_by) > BOUND:
            print(f"{off_by:+.3f} s: {text!r}, {what}")
    unknown = [seen["text"] for seen in evening.seen if seen["text"] not in {text for _, text, _ in measured}]
    print(f"skipped {evening.skipped}, not in the SRT file: {unknown}")
    print(json.dumps(sorted(evening.states), indent=1))
    return good


def main() -> int:
    good = [case() for case in (with_b_frames, through_faults)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
