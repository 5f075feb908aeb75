"""A program beside the session: the page server, a publisher, a sender."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from pipeline import notes, system

Start: TypeAlias = "Callable[..., subprocess.Popen[bytes]]"

FAULT = 1
"""The exit code of a program that has a fault."""
_TOO_OFTEN = 5.0
"""Seconds between two starts of it: one that cannot start would take the processor from the session."""
PAGES = "the page server"
"""The name of the one that is done when nobody has a page open."""
_WELL = 10.0
"""Seconds after which one that was started again is well."""
_HEARD: dict[str, Any] = {} if sys.platform == "win32" else {"stderr": subprocess.PIPE}
"""What is written there is passed on; Windows knows no pipe that can be asked whether it has something."""


class Companion:
    """A process beside the session, which is started again when it dies; one that has done its work stays away."""

    def __init__(self, name: str, words: Sequence[str], start: Start, log: Callable[[str], None]) -> None:
        """`start` takes the words, and more as `subprocess.Popen` does; `log` what it writes that is no sentence."""
        self.name, self._words, self._start, self._log = name, words, start, log
        self._heard = b""
        self._last = ""
        """What it said last."""
        self._dead = False
        """It died, and was told of, and has not been well since."""
        self._began = 0.0
        self._process = self._begin()

    def _begin(self) -> "subprocess.Popen[bytes]":
        self._began = time.monotonic()
        process = self._start(self._words, **_HEARD)
        self._stderr = process.stderr
        if self._stderr:
            os.set_blocking(self._stderr.fileno(), False)
        return process

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def killed(self) -> bool:
        """It did not end by itself."""
        return (self._process.poll() or 0) < 0

    def stop(self) -> None:
        if self.running:
            self._process.send_signal(system.STOP)

    def kill(self) -> None:
        self._process.kill()

    def said(self) -> Iterator[tuple[str, bool]]:
        """Its sentences since the last time, and whether they are good news; each once, until it says another."""
        *lines, self._heard = (self._heard + self._read()).split(b"\n")
        for line in (line.decode("utf-8", "replace").rstrip() for line in lines):
            if line.startswith((notes.SAID, notes.WELL)):
                if line != self._last:
                    yield line.removeprefix(notes.SAID).removeprefix(notes.WELL), line.startswith(notes.WELL)
                self._last = line
            elif line:
                self._log(f"{self.name}: {line}")

    def _read(self) -> bytes:
        with suppress(BlockingIOError):
            return os.read(self._stderr.fileno(), 1 << 16) if self._stderr else b""
        return b""

    def forget(self) -> None:
        """Hears no more of it."""
        if self._stderr:
            self._stderr.close()
            self._stderr = None

    def revive(self) -> Iterator[tuple[str, bool]]:
        """Starts it again if it died; that, and that it is well again, is told once."""
        code, lasted = self._process.poll(), time.monotonic() - self._began
        if code is None and self._dead and lasted > _WELL:
            self._dead = False
            yield f"{self.name} runs again", True
        if not code or (self._dead and lasted < _TOO_OFTEN):
            return
        if not self._dead:
            kept = f"; what it wrote is in {notes.LOG} of the session folder" if code == FAULT else ""
            yield f"{self.name} died ({how(code)}{kept}); it is being started again", False
        self._dead = True
        self.forget()
        with suppress(OSError):  # too little memory, too many processes: the next time
            self._process = self._begin()


def at_work(names: Sequence[str]) -> str:
    """What goes on when the session has ended."""
    others = ", ".join(name for name in names if name != PAGES)
    pages = ["pages are still open"] if PAGES in names else []
    return "; ".join([*([f"still at work until it is done: {others}"] if others else []), *pages])


def how(code: int) -> str:
    """Of what a process died."""
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"signal {-code}"
