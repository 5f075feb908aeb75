"""Whether the speech model is fast enough on this machine, and which other one would be."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from pipeline.catalogue import WHISPER, fits
from pipeline.check.rows import Doing, Plan, Row
from pipeline.speech.client import RecogniserProcess
from pipeline.system import program

FAST = 2.0
"""Times as fast as speech while two cores are busy: what is left for applause, heat and a browser."""
PATIENCE = 20.0
"""Seconds after which a slow model has shown enough: at `FAST` times as fast as speech it would be done in 15."""
_BEGINS, _LOADS = 3.0, 150e6
"""Seconds until a recogniser loads its model, and bytes of it that are loaded in one, roughly."""
_MEASURES = "measuring the speech model while two cores are busy"
_PARTS = {"utterance": 5.0, "stream": 0.5}
"""Seconds of sound that are heard at once, by policy: `stream` would save steps that it has to do on the night."""
_BUSY = "import time\nend = time.monotonic() + 90\nprint(flush=True)\nwhile time.monotonic() < end: pass"
"""What keeps a core busy from its first line on; it ends by itself, should we be killed."""


@contextmanager
def _busy(cores: int) -> Iterator[None]:
    """So many cores have work to do, as on the night."""
    command = [sys.executable, "-I", "-c", _BUSY]
    count = min(cores, os.cpu_count() or 1)
    work = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(count)]
    try:
        for process in work:
            assert process.stdout
            process.stdout.readline()
        yield
    finally:
        for process in work:
            process.kill()
            process.communicate()


def loading(path: str) -> float:
    """About how many seconds it takes to load the model in a folder."""
    weights = Path(path) / "model.bin"
    return _BEGINS + (weights.stat().st_size / _LOADS if weights.is_file() else 0.0)


def speed_of(recogniser: RecogniserProcess, seconds: float, policy: str, doing: Doing) -> float:
    """Seconds recognised in a second of work, of so many that it may hear, while two cores are busy."""
    heard, began, part = 0.0, time.monotonic(), _PARTS[policy]
    doing(_MEASURES, PATIENCE)
    with _busy(2):
        while heard < seconds and time.monotonic() < began + PATIENCE:
            recogniser.hear(heard, min(heard + part, seconds))
            heard = min(heard + part, seconds)
            doing(_MEASURES, min(PATIENCE, (time.monotonic() - began) * seconds / heard))
        recogniser.finish()
    return heard / max(recogniser.compute, 1e-6)


def judged(plan: Plan, description: str, loaded: float, speed: float) -> Row:
    """The row `model`: `loaded` in so many seconds, `speed` as measured."""
    times = f"{speed:.1f}" if speed < 10 else f"about {speed:.0f}"  # a small model is measured in a second: it jumps
    said = f"{description}: {times} times as fast as speech while two cores are busy, loaded in {loaded:.1f} s"
    if plan.settings.demo:
        return Row(row="model", ok=speed >= FAST, say=f"{said} (demo model: a closed domain of synthetic speech)")
    best = other_size(Path(plan.settings.speech.model).name, speed, psutil.virtual_memory().available)
    if speed >= FAST:
        larger = f"; {best[0]} would hold too, at about {best[1]:.1f} times" if best else ""
        return Row(row="model", ok=True, say=said + larger)
    way = f"type `{program()} models pull {best[0]}` (about {best[1]:.1f} times)" if best else "take a smaller model"
    return Row(row="model", ok=False, say=f"{said}; at least {FAST:g} is needed: {way}, or close other programs")


def largest() -> str:
    """The largest model that this machine should run, for someone who has none."""
    memory, cores = psutil.virtual_memory().available, psutil.cpu_count(logical=False) or 1
    fitting = [name for name, size in WHISPER.items() if fits(size, memory, cores)]
    return f"of those on offer, up to {fitting[-1]} should fit this machine" if fitting else "it is short of memory"


def other_size(name: str, speed: float, memory: int) -> tuple[str, float] | None:
    """The largest other model that should hold beside one that runs at `speed`, and how fast; larger if that one holds.

    By what the models cost next to each other; None where the model is not on offer or nothing fits `memory` bytes.
    """
    here = WHISPER.get(name)
    if not here:
        return None
    speeds = {other: speed * here.cost / size.cost for other, size in WHISPER.items() if fits(size, memory)}
    holding = [(other, times) for other, times in speeds.items() if times >= FAST and not FAST <= speed <= times]
    return min(holding, key=lambda item: item[1], default=None)
