"""The process over a session: it starts it, passes on what asks it to stop, and has it go on when it dies.

It holds nothing that could fail: no model, no stream, no file. When it is killed itself, the session ends at once
(`end_with`), so that whoever resumes it finds nobody at work.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType, MappingProxyType

from pipeline import system

_PAUSE = 0.5
"""Seconds until a session that died goes on: its recogniser and its ffmpeg are ending meanwhile."""
SOON = 60.0
"""Seconds under which a session that dies again has died of the same."""
_TRIES = 3
"""Deaths of that kind, one upon the other, after which it is left to a person."""
_LOOK = 0.25
"""Seconds between two looks at what runs beside a session."""
_TOO_OFTEN = 5.0
"""Seconds between two starts of it: one that cannot start would take the processor from the session."""
FAULT = 1
"""The exit code of a program that has a fault; those above are refusals, which would only come again."""


class Supervised:
    """A session in a process of its own, and beside it what serves its pages or publishes it."""

    def __init__(
        self,
        first: Sequence[str],
        again: Sequence[str],
        can_go_on: Callable[[], bool],
        beside: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """`first` and `again`: what to type after `livesubs` to start it, and to go on once it `can_go_on`; `beside`:
        by its name, what else is to run meanwhile, and ends by itself when nobody needs it any more."""
        self._first, self._again, self._can_go_on = first, again, can_go_on
        self._process: subprocess.Popen[bytes] | None = None
        self._beside = [Companion(name, words) for name, words in beside.items()]
        self._asked = False

    def run(self, tell: Callable[[str], None]) -> int:
        """Its exit code when it has ended; deaths on the way are told. 128 and the signal's number if one ended it."""
        for number in system.STOP_SIGNALS:
            signal.signal(number, self._pass_on)
        code = self._run(tell)
        self._process, self._asked = None, False
        if not self._can_go_on():  # nothing was recorded, so there is nothing to play
            self._pass_on(signal.SIGTERM)
        elif self._beside:
            names = ", ".join(companion.name for companion in self._beside)
            tell(f"the session has ended; still at work until it is done: {names}; Ctrl-C ends that")
        while self._beside:
            for companion in self._beside:
                if not self._asked and companion.killed:
                    companion.revive(tell)
            self._beside = [one for one in self._beside if one.works or (one.killed and not self._asked)]
            time.sleep(_LOOK)
        return code

    def _run(self, tell: Callable[[str], None]) -> int:
        words, deaths = self._first, 0
        while True:
            began = time.monotonic()
            code = self._wait_for(words, tell)
            if code > FAULT or code == 0:
                return code
            deaths = deaths + 1 if time.monotonic() - began < SOON else 1
            died = f"the session was killed ({_signal(code)})" if code < 0 else "the session died of a fault of ours"
            if not self._asked and deaths < _TRIES and self._can_go_on():
                tell(f"{died}; it goes on by itself")
                time.sleep(_PAUSE)
            if self._asked or deaths == _TRIES or not self._can_go_on():
                tell(f"{died}; what it has written is kept, to go on: {system.program()} {' '.join(self._again)}")
                return code if code > 0 else 128 - code
            words = self._again

    def _wait_for(self, words: Sequence[str], tell: Callable[[str], None]) -> int:
        self._process = _start(words)
        while True:
            with suppress(subprocess.TimeoutExpired):
                return self._process.wait(_LOOK)
            for companion in self._beside:
                companion.revive(tell)

    def _pass_on(self, number: int, frame: FrameType | None = None) -> None:
        self._asked = True
        for process in [self._process] if self._process else [companion.process for companion in self._beside]:
            process.send_signal(number)


class Companion:
    """A process beside the session, which is started again when it dies; one that has done its work stays away."""

    def __init__(self, name: str, words: Sequence[str]) -> None:
        self.name, self._words = name, words
        self.process = _start(words)
        self._again_at = 0.0

    @property
    def works(self) -> bool:
        return self.process.poll() is None

    @property
    def killed(self) -> bool:
        return (self.process.poll() or 0) < 0

    def revive(self, tell: Callable[[str], None]) -> None:
        code = self.process.poll()
        if code and time.monotonic() > self._again_at:
            how = _signal(code) if code < 0 else f"exit code {code}"
            tell(f"{self.name} died ({how}); it is started again")
            self.process = _start(self._words)
            self._again_at = time.monotonic() + _TOO_OFTEN


def _start(words: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Starts `livesubs` with these words, under this process."""
    command, *rest = words
    under = ["--under", str(os.getpid())]
    # -P: a folder named `pipeline` where the program was started is not ours.
    return subprocess.Popen([sys.executable, "-P", "-m", "pipeline", command, *under, *rest], **system.own_group())


def end_with(supervisor: int) -> None:
    """Ends this process if the one with that number, which started it, is gone."""
    if sys.platform != "win32" and os.getppid() != supervisor:
        os._exit(128 + signal.SIGKILL)


def _signal(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
