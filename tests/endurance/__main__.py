"""`python -m tests.endurance [--hours 6] [--pace 12]` (`make endurance`): the rally again and again, as one recording.

Says once an hour of it how far behind the subtitles are, what memory, threads and open files there are; in the end, how
fast memory grew after the first ten minutes and how long the journal takes to be folded.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Annotated, NamedTuple

import imageio_ffmpeg
import msgspec
import numpy as np
import psutil
import typer

from pipeline.journal import read
from pipeline.state import fold
from tests.faults.programme import RALLY, ROUND

EVERY = 2.0
"""Seconds between two looks."""
WARM = 600.0
"""Seconds of the stream that memory may grow in."""
HOUR = 3600.0
GROWTH, LAG, FOLD = 3.0, 5.0, 2.0
"""At most: megabytes an hour, seconds behind, seconds to fold the journal."""


class Look(NamedTuple):
    """The program at one moment."""

    recorded: float
    """Stream time, seconds."""
    lag: float
    session: float
    """Megabytes of its own memory, ..."""
    worker: float
    """... and of the recogniser's."""
    threads: int
    files: int


def main(
    hours: Annotated[float, typer.Option(help="How long the recording is.")] = 6.0,
    pace: Annotated[float, typer.Option(help="Times real time.")] = 12.0,
) -> None:
    """Runs the program on hours of speech and holds what it uses against the limits."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        command = ["run", str(_long(folder, hours)), "--demo", "--pace", str(pace), "--out", str(folder / "s")]
        began = time.monotonic()
        with subprocess.Popen([sys.executable, "-m", "pipeline", *command], stdout=subprocess.DEVNULL) as session:
            try:
                looks = list(_told(_looks(session, folder / "s")))
            finally:
                session.kill()
        typer.echo(f"{hours:g} h in {(time.monotonic() - began) / 60:.1f} min, exit code {session.returncode}")
        wrong = [*_judge(looks), *_folded(folder / "s" / "journal.jsonl")]
    typer.echo(f"endurance: {'; '.join(wrong) if wrong else 'held'}")
    sys.exit(1 if wrong or session.returncode else 0)


def _long(folder: Path, hours: float) -> Path:
    path, rounds = folder / "long.m4a", ceil(hours * HOUR / ROUND)
    looped = ["-stream_loop", str(rounds - 1), "-i", str(RALLY), "-vn", "-c", "copy"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *looped, str(path)], check=True)
    return path


def _looks(session: "subprocess.Popen[bytes]", folder: Path) -> Iterator[Look]:
    """The program from time to time, until it has ended."""
    tail = _Tail(folder / "journal.jsonl")
    while session.poll() is None:
        time.sleep(EVERY)
        with suppress(psutil.Error, ValueError):  # it is just being started, or ends
            [top] = psutil.Process(session.pid).children()
            [worker] = [child for child in top.children() if "pipeline.speech.worker" in child.cmdline()]
            recorded, heard = tail.progress()
            yield Look(
                recorded,
                recorded - heard,
                _own(top),
                _own(worker),
                top.num_threads() + worker.num_threads(),
                top.num_fds() + worker.num_fds(),
            )


def _own(process: psutil.Process) -> float:
    """Megabytes that a process has for itself. Pages of a library's file are not counted: who else has it open, and so
    whether they are its own, changes while we look."""
    used = process.memory_info()
    return float(used.rss - getattr(used, "shared", 0)) / 1e6


class _Tail:
    """The end of a journal that grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = (0.0, 0.0)

    def progress(self) -> tuple[float, float]:
        """What was recorded and what was heard as last told."""
        with suppress(OSError), self._path.open("rb") as journal:
            journal.seek(max(0, self._path.stat().st_size - 100_000))
            for line in journal.read().split(b"\n")[1:-1]:
                event = msgspec.json.decode(line)
                if event["kind"] == "progress":
                    self._last = (event["recorded"], event["heard"])
        return self._last


def _told(looks: Iterator[Look]) -> Iterator[Look]:
    """The looks, each hour's first one printed."""
    hour = 0.0
    for look in looks:
        yield look
        if look.recorded >= hour:
            hour += HOUR
            memory = f"session {look.session:.1f} MB, recogniser {look.worker:.1f} MB"
            open_now = f"{look.threads} threads, {look.files} files"
            typer.echo(f"{look.recorded / HOUR:4.1f} h: lag {look.lag:.1f} s, {memory}, {open_now}")


def _judge(looks: list[Look]) -> Iterator[str]:
    """What is over its limit."""
    warm = [look for look in looks if look.recorded >= WARM]
    hours = [look.recorded / HOUR for look in warm]
    for name, used in (("session", [x.session for x in warm]), ("recogniser", [x.worker for x in warm])):
        slope = float(np.polyfit(hours, used, 1)[0])
        typer.echo(f"memory of the {name}: {slope:+.2f} MB an hour")
        if slope > GROWTH:
            yield f"the {name} grows by {slope:.1f} MB an hour"
    lag = float(np.percentile([look.lag for look in warm], 99))
    typer.echo(f"lag: 99 % of the time under {lag:.1f} s, most {max(look.lag for look in warm):.1f} s")
    if lag > LAG:
        yield f"{lag:.1f} s behind: choose a lower --pace"
    first, last = _around(looks, min(HOUR, looks[-1].recorded / 2)), _around(looks, looks[-1].recorded - WARM / 2)
    typer.echo(f"threads {first.threads} and {last.threads}, files {first.files} and {last.files}")
    if (first.threads, first.files) != (last.threads, last.files):
        yield "threads or open files have changed"


def _around(looks: list[Look], at: float) -> Look:
    """The look with the usual counts around a moment: some are open for an instant only."""
    near = [look for look in looks if abs(look.recorded - at) < WARM / 2]
    return sorted(near, key=lambda look: (look.threads, look.files))[len(near) // 2]


def _folded(journal: Path) -> Iterator[str]:
    began = time.monotonic()
    state = fold(entry.event for entry in read(journal))
    seconds = time.monotonic() - began
    size = journal.stat().st_size / 1e6
    typer.echo(f"{len(state.sentences)} sentences; the journal of {size:.0f} MB folds in {seconds:.2f} s")
    if seconds > FOLD:
        yield f"the journal folds in {seconds:.1f} s"


if __name__ == "__main__":
    typer.run(main)
