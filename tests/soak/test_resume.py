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

import jiwer
import psutil
import pytest

from bench.peers.figures import pairs
from pipeline.events import Hypothesis, Resumed, Sentence
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
LATE = 0.15
"""Seconds by which a sentence that begins later, or sooner, begins at another time."""

log = logging.getLogger(__name__)


class Run(NamedTuple):
    folder: Path
    moment: float


def begin(url: str, folder: Path, policy: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pipeline", "run", url, "--demo", "--policy", policy, "--out", str(folder)]
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
@pytest.mark.parametrize(
    ("policy", "moments"),
    [("utterance", MOMENTS), *(("stream", MOMENTS[first::3]) for first in range(3))],  # which costs more: by turns
)
def test_twenty_moments(policy: str, moments: list[float], ffmpeg: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    hls = ["-c", "copy", "-f", "hls", "-hls_time", "2", "-hls_list_size", "6", str(site / "live.m3u8")]
    with ExitStack() as stack:
        url = stack.enter_context(files(site)) + "/live.m3u8"
        loop = ["-re", "-stream_loop", str(LOOPS - 1), "-i", str(SAMPLES / "rally.mp4")]
        publisher = stack.enter_context(running(ffmpeg, *loop, *hls))
        until((site / "live.m3u8").exists, 30)
        whole = tmp_path / "whole"
        undisturbed = begin(url, whole, policy)
        until(lambda: recorded(whole) > 0, 60)
        runs = [Run(tmp_path / f"s{number:02}", moment) for number, moment in enumerate(moments)]
        going = {run.folder: begin(url, run.folder, policy) for run in runs}
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
    """By words: a full stop comes and goes with a shift of the sound by a few samples (the demo model is small), and a
    clause with its comma."""
    expected = list(state(whole).sentences.values())
    errors: list[float] = []
    words = wrong = 0
    for run in runs:
        found = state(run.folder)
        assert len(found.gaps) == 1, run
        [gap] = found.gaps
        ours = list(found.sentences.values())
        offset = first_offset(ours, expected)
        after = [s for s in expected if s.start > gap.end - offset + 0.5][1:]
        said = timed(after, 0.0)
        heard = [word for word in timed(ours, offset) if word[1] > after[0].start - LATE]
        words, wrong = words + len(said), wrong + different(run, said, heard) + taken_back(run)
        starts = {sentence.start for sentence in after}
        errors += [abs(there - here) for there, here in pairs(said, heard) if there in starts]
    worst, late = 1000 * max(errors), sum(error > LATE for error in errors)
    log.info("%d moments, %d words, %d heard otherwise", len(runs), words, wrong)
    log.info("%d starts, %d at another time, the worst by %.0f ms", len(errors), late, worst)
    assert wrong == 0
    assert late == 0


def timed(sentences: list[Sentence], offset: float) -> list[tuple[str, float]]:
    """Their plain words, each with its start."""
    words = [word for sentence in sentences for word in sentence.words]
    return [(part, word.start - offset) for word in words for part in plain(word.text).split()]


def taken_back(run: Run) -> int:
    """How many words were told before it was killed, and otherwise when they were heard again."""
    events = [entry.event for entry in read(run.folder / "journal.jsonl")]
    at, resumed = next((at, event) for at, event in enumerate(events) if isinstance(event, Resumed))
    before, after = (
        plain("".join(word.text for e in part if isinstance(e, Hypothesis) for word in e.committed if word.end > heard))
        for part, heard in ((events[:at], resumed.heard), (events[at:], 0.0))
    )
    told = before.split()
    again = [new == old for new, old in zip(after.split(), told, strict=False)]
    if not all(again):
        log.info("killed at %.1f s: told %r, then %r", run.moment, before, " ".join(after.split()[: len(told)]))
    return len(told) - sum(again)


def different(run: Run, said: list[tuple[str, float]], heard: list[tuple[str, float]]) -> int:
    """How many words were heard otherwise, more than once, or not at all."""
    true, ours = (" ".join(word for word, _ in words) for words in (said, heard))
    found = jiwer.process_words(true, ours)
    wrong = int(found.substitutions + found.deletions + found.insertions)
    if wrong:
        log.info("killed at %.1f s:\n%s", run.moment, jiwer.visualize_alignment(found, show_measures=False))
    return wrong


def first_offset(ours: list[Sentence], expected: list[Sentence]) -> float:
    """Sessions begin at different moments of the stream: by how much this one's clock is behind."""
    for sentence in ours:
        same = [s for s in expected if plain(s.text) == plain(sentence.text)]
        if same:
            return sentence.start - same[0].start
    raise AssertionError("nothing in common")
