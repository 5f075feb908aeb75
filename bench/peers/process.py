"""A system's processes: how they are started, what they cost, how they end."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import imageio_ffmpeg
import psutil

from bench import PLAIN
from pipeline.events import Value

T = TypeVar("T")

THREADS = min(2, os.cpu_count() or 1)
_PATIENCE = 180.0
"""Seconds in which a system has to be there."""
_END = 10.0
"""... and in which it has to go when asked."""
Knobs = Mapping[str, float | int | bool | str]
"""Settings of a system that bear on its latency or cost, by its own names (in capitals: of its environment); others are
as it comes."""


class Place(Value, frozen=True):
    """Where one run of a system finds and leaves things."""

    python: str
    """The interpreter of its environment."""
    model: Path
    folder: Path
    """Its own, for its logs."""


class Unusable(Exception):
    """A system does not run; says why in a sentence."""


def flags(knobs: Knobs) -> list[str]:
    """As a command line takes them: `--a-knob 1`, `--switch`."""
    options: list[str] = []
    for name, value in knobs.items():
        option = f"--{name.replace('_', '-')}"
        options += [option] if value is True else [option, str(value)]
    return options


@contextmanager
def running(
    command: Sequence[str], place: Place, stdin: int | None = None, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[subprocess.Popen[bytes]]:
    """The system as a process with two threads for each of its libraries, no GPU, no way to a model hub, and with
    `more` in its environment."""
    environment = PLAIN | {
        "PATH": f"{_with_ffmpeg(place.folder)}{os.pathsep}{PLAIN['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "NO_PROXY": "127.0.0.1,localhost",
        **{f"{name}_NUM_THREADS": str(THREADS) for name in ("OMP", "MKL", "OPENBLAS")},
        **more,
    }
    with (place.folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=place.folder, stdin=stdin, stdout=log, stderr=log)
    try:
        yield process
    finally:
        _end(process)


def _with_ffmpeg(folder: Path) -> Path:
    """A folder with an ffmpeg in it: this machine's, or else the bundled one."""
    link = folder / "bin" / "ffmpeg"
    link.parent.mkdir(exist_ok=True)
    if not link.exists():
        link.symlink_to(shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe())
    return link.parent


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks it to end, and makes it and what is left of its children."""
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(process.pid)
        before = root.children(recursive=True)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END)
        left = {*before, *(root.children(recursive=True) if root.is_running() else ())}
        for one in (root, *left):  # it first: it may start the others again
            with suppress(psutil.NoSuchProcess):
                one.kill()
    process.wait()


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def connected(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    """A connection to the process, or one of its own, as soon as it listens there."""

    def connection() -> socket.socket | None:
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", port))
        return None

    return until(connection, process)


def until(there: Callable[[], T | None], process: subprocess.Popen[bytes]) -> T:
    """What is there at last; Unusable if the process ends before, or is too slow."""
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if (found := there()) is not None:
            return found
        time.sleep(0.2)
    raise Unusable("it did not start")


class Tree:
    """Processor seconds of a process and all its children, those that have ended too, by their last known state."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._known: dict[tuple[int, float], float] = {}
        self._began, self._before = time.monotonic(), 0.0

    def begin(self) -> None:
        """Counts from now on."""
        self.look()
        self._began, self._before = time.monotonic(), sum(self._known.values())

    def look(self) -> None:
        with suppress(psutil.NoSuchProcess):
            for one in (self._root, *self._root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    times = one.cpu_times()
                    self._known[one.pid, one.create_time()] = times.user + times.system

    @property
    def a_minute(self) -> float:
        """Since it began."""
        self.look()
        return 60 * (sum(self._known.values()) - self._before) / (time.monotonic() - self._began)
