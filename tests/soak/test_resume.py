"""Twenty sessions on one live stream, each killed at another moment and resumed later: what they go on with."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from pipeline.events import Sentence
from pipeline.journal import read
from pipeline.scores.words import plain
from pipeline.state import State, fold
from tests.measures import SAMPLES
from tests.servers import files, running
from tests.waiting import until

MOMENTS = [4 + 2.5 * number for number in range(20)]
"""Seconds of stream at which a session is killed."""
AWAY = 25.0
"""Seconds until it is resumed: the playlist reaches back 12, so each has a gap."""
LOOPS = 2


class Run(NamedTuple):
    folder: Path
    moment: float


def begin(url: str, folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pipeline", "run", url, "--demo", "--out", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill(session: "subprocess.Popen[bytes]") -> None:
    tree = [*psutil.Process(session.pid).children(recursive=True), psutil.Process(session.pid)]
    for process in tree:
        process.kill()
    session.wait()


def recorded(folder: Path) -> float:
    path = folder / "audio.s16"
    return path.stat().st_size / 32_000 if path.exists() else 0.0


def state(folder: Path) -> State:
    return fold(entry.event for entry in read(folder / "journal.jsonl"))


@pytest.mark.timeout(600)
def test_twenty_moments(ffmpeg: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    hls = ["-c", "copy", "-f", "hls", "-hls_time", "2", "-hls_list_size", "6", str(site / "live.m3u8")]
    with ExitStack() as stack:
        url = stack.enter_context(files(site)) + "/live.m3u8"
        loop = ["-re", "-stream_loop", str(LOOPS - 1), "-i", str(SAMPLES / "rally.mp4")]
        publisher = stack.enter_context(running(ffmpeg, *loop, *hls))
        until((site / "live.m3u8").exists, 30)
        whole = tmp_path / "whole"
        undisturbed = begin(url, whole)
        until(lambda: recorded(whole) > 0, 60)
        runs = [Run(tmp_path / f"s{number:02}", moment) for number, moment in enumerate(MOMENTS)]
        going = {run.folder: begin(url, run.folder) for run in runs}
        due: list[tuple[float, Callable[[], None]]] = []
        for run in runs:
            until(lambda run=run: recorded(run.folder) > 0, 120)  # type: ignore[misc]
        waiting, tick = list(runs), threading.Event()
        while publisher.poll() is None:
            for run in [run for run in waiting if recorded(run.folder) >= run.moment]:
                waiting.remove(run)
                kill(going[run.folder])
                due.append((time.monotonic() + AWAY, lambda run=run: going.update({run.folder: resume(run.folder)})))  # type: ignore[misc]
            for at, action in [item for item in due if item[0] <= time.monotonic()]:
                due.remove((at, action))
                action()
            tick.wait(0.1)
        assert not waiting
        for _, action in due:
            action()
        assert undisturbed.wait(60) == 0
        for session in going.values():
            assert session.wait(90) == 0
    compare(whole, runs)


def resume(folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pipeline", "run", "--resume", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def compare(whole: Path, runs: list[Run]) -> None:
    """By words: a full stop comes and goes with a shift of the sound by a few samples (the demo model is small)."""
    expected = list(state(whole).sentences.values())
    worst, wrong = 0.0, []
    for run in runs:
        found = state(run.folder)
        assert len(found.gaps) == 1, run
        [gap] = found.gaps
        ours = list(found.sentences.values())
        offset = first_offset(ours, expected)
        after = [s for s in expected if s.start > gap.end - offset + 0.5][1:]
        for sentence in after:
            same = [s for s in ours if plain(s.text) == plain(sentence.text)]
            error = min((abs(s.start - offset - sentence.start) for s in same), default=99.0)
            worst = max(worst, error if error < 99 else 0.0)
            if error > 0.15:
                wrong.append((run.moment, round(sentence.start, 2), sentence.text, round(error, 3)))
    logging.getLogger(__name__).info("%d moments; worst time %.0f ms; wrong: %s", len(runs), 1000 * worst, wrong)
    assert not wrong


def first_offset(ours: list[Sentence], expected: list[Sentence]) -> float:
    """Sessions begin at different moments of the stream: by how much this one's clock is behind."""
    for sentence in ours:
        same = [s for s in expected if plain(s.text) == plain(sentence.text)]
        if same:
            return sentence.start - same[0].start
    raise AssertionError("nothing in common")
