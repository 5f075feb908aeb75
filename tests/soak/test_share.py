"""Four live streams at once on two cores with one recogniser process: how late their cues are, and what each further
stream costs in memory.

`make share` runs it; it takes some 23 minutes of an otherwise idle machine and is not part of `make test`. `make share
SHARE_SECONDS=120` has the streams shorter.
"""

import logging
import os
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from pipeline.events import Hypothesis
from pipeline.journal import read
from pipeline.scores.latency import latencies
from tests.measures import SAMPLES
from tests.soak.random_whisper import write
from tests.waiting import until

SECONDS = float(os.environ.get("SHARE_SECONDS", "600"))
STREAMS = 4
CORES = 2
LATE = 6.0
"""Seconds from the end of what a cue says to the cue, of 95 in 100."""
DEARER = 1.1
"""Times a run without its worker, that a further stream may cost."""
HEARD = 4
"""Utterances after which a run holds what it will hold."""

log = logging.getLogger(__name__)


@pytest.fixture(autouse=True)
def two_cores() -> Iterator[None]:
    before = psutil.Process().cpu_affinity()
    psutil.Process().cpu_affinity(before[:CORES])
    yield
    psutil.Process().cpu_affinity(before)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Of a recogniser that is as large as Whisper small, and hears nonsense."""
    model = tmp_path / "small"
    write(model)
    file = tmp_path / "livesubs.toml"
    file.write_text(f'[speech]\nmodel = "{model}"\nwindow = 10.0\n[translation]\nchain = ["none"]\n', "utf-8")
    return file


def looped(ffmpeg: str, folder: Path, sample: Path, seconds: float) -> Path:
    """The sample again and again, as long as that."""
    whole = folder / f"{sample.stem}.m4a"
    loop = ["-stream_loop", "-1", "-i", str(sample), "-vn", "-t", str(seconds), "-c:a", "aac", "-b:a", "128k"]
    subprocess.run([ffmpeg, "-v", "error", *loop, str(whole)], check=True)
    return whole


def spoken_at_first(ffmpeg: str, folder: Path) -> Path:
    """Twenty seconds of the rally, and then silence: who has heard them has the processor for those that come."""
    whole = folder / "first.m4a"
    first = ["-t", "20", "-i", str(SAMPLES / "rally.mp4"), "-vn", "-af", "apad", "-t", "600", "-c:a", "aac"]
    subprocess.run([ffmpeg, "-v", "error", *first, str(whole)], check=True)
    return whole


@contextmanager
def running(source: Path, out: Path, runtime: Path, *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "pipeline", "run", str(source), "--pace", "1", "--out", str(out), "--no-refine"]
    env = {**os.environ, "XDG_RUNTIME_DIR": str(runtime)}
    with subprocess.Popen([*command, *more], env=env, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


@pytest.mark.timeout(SECONDS + 120)
@pytest.mark.parametrize("policy", ["utterance", "stream"])
def test_four_streams_on_two_cores_are_not_late(policy: str, ffmpeg: str, tmp_path: Path, runtime: Path) -> None:
    samples = [looped(ffmpeg, tmp_path, SAMPLES / name, SECONDS) for name in ("rally.mp4", "noisy.m4a")]
    with ExitStack() as stack:
        outs = [tmp_path / str(number) for number in range(STREAMS)]
        options = ["--demo", "--share-recogniser", "--policy", policy]
        runs = [
            stack.enter_context(running(samples[number % 2], out, runtime, *options)) for number, out in enumerate(outs)
        ]
        assert [run.wait(SECONDS + 90) for run in runs] == [0] * STREAMS
    for out in outs:
        late = [one.seconds for one in latencies(read(out / "journal.jsonl"))]
        p95 = statistics.quantiles(late, n=20)[-1]
        median = statistics.median(late)
        log.info("%s, stream %s: %d cues, %.2f s late, p95 %.2f s", policy, out.name, len(late), median, p95)
        assert p95 <= LATE


def heard(out: Path) -> bool:
    journal = out / "journal.jsonl"
    said = (entry.event for entry in read(journal)) if journal.exists() else ()
    return sum(isinstance(event, Hypothesis) and bool(event.committed) for event in said) >= HEARD


def memory(runs: list["subprocess.Popen[bytes]"]) -> tuple[float, float]:
    """MB of all processes, and of those of them that are recognisers, each page divided among those that have it."""
    every = {process for run in runs for process in (psutil.Process(run.pid), *_below(run.pid))}
    sizes = {process: process.memory_full_info().pss / 1e6 for process in every}
    return sum(sizes.values()), sum(size for process, size in sizes.items() if _recognises(process))


def _below(pid: int) -> list[psutil.Process]:
    return list(psutil.Process(pid).children(recursive=True))


def _recognises(process: psutil.Process) -> bool:
    return bool({"pipeline.speech.worker", "pipeline.speech.shared"} & set(process.cmdline()))


@pytest.mark.timeout(600)
def test_a_further_stream_costs_no_more_than_a_run_without_its_worker(
    ffmpeg: str, tmp_path: Path, runtime: Path, settings: Path
) -> None:
    source = spoken_at_first(ffmpeg, tmp_path)
    options = ["--settings", str(settings)]
    with running(source, tmp_path / "alone", runtime, *options) as run:
        until(lambda: heard(tmp_path / "alone"), 120)
        whole, worker = memory([run])
        log.info("alone: %.0f MB, of which the worker %.0f", whole, worker)
    runs: list[subprocess.Popen[bytes]] = []
    sums: list[float] = []
    with ExitStack() as stack:
        for number in range(STREAMS):
            out = tmp_path / str(number)
            runs.append(stack.enter_context(running(source, out, runtime, *options, "--share-recogniser")))
            until(lambda out=out: heard(out), 120)  # type: ignore[misc]
            whole_now, shared = memory(runs)
            sums.append(whole_now)
            log.info("%d sharing: %.0f MB, of which the recogniser %.0f", number + 1, whole_now, shared)
    further = [after - before for before, after in pairwise(sums)]
    log.info("each further stream: %s MB, a run without its worker: %.0f", list(map(round, further)), whole - worker)
    assert max(further) <= DEARER * (whole - worker)
