"""The process over a session: it starts it, passes on what asks it to stop, and has it go on when it dies.

It holds nothing that could fail: no model, no stream, no open file. When it is killed itself, the session ends at once
(`ends_with`), so that whoever resumes it finds nobody at work.
"""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from math import inf
from types import FrameType, MappingProxyType
from typing import Any

from pipeline import notes, system
from pipeline.companion import FAULT, Companion, at_work, how
from pipeline.errors import ModelError, SessionError, WorkerError
from pipeline.flow import Repeating

_PAUSES = (2.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds until a session that died goes on, by how often it has died in a row: what it has started is ending, and
lets go of the folder and the GPU, meanwhile."""
_LONG = 120.0
"""Seconds after which a session that dies has not died of the same."""
GONE = 30.0
"""Seconds after which a session that died does not come back by itself: the longest pause, and a slow start."""
_LOOK = 0.25
"""Seconds between two looks at what runs beside a session. A Ctrl-C goes to the session at once, and to the rest so
late at most. It is slept: the wait for an event may hold the lock that a signal handler needs to set it."""
_ENDING = 15.0
"""Seconds that what runs beside a session has to end, once a SIGTERM has ended the session."""
_MAY_PASS = (FAULT, ModelError.exit_code, SessionError.exit_code, WorkerError.exit_code)
"""What a session that had begun may end with and be well the next time: a disk that is full, a GPU still held."""


def _always() -> bool:
    return True


class Supervised:
    """A session in a process of its own, and beside it what serves its pages or publishes it."""

    def __init__(
        self,
        first: Sequence[str],
        again: Sequence[str],
        cut_off: Callable[[], bool],
        recorded: Callable[[], bool] = _always,
        beside: Mapping[str, Sequence[str]] = MappingProxyType({}),
        fault: Callable[[], str] = str,
        given_up: Callable[[], str] = str,
        outbox: notes.Outbox | None = None,
        then: Sequence[str] = (),
        mend: Callable[[], None] = lambda: None,
    ) -> None:
        """`first` and `again`: what to type after `livesubs` to start it, and to go on once it has begun and was
        `cut_off`. `beside`: by its name, what else is to run meanwhile; it ends by itself when nobody needs it any
        more, or at once where nothing was `recorded`. `fault`: the one that it died of last. `given_up` does what is
        left to do for one that does not go on, and says what came of it. What is said beside the session goes to it
        by the `outbox`: the terminal is its own while it runs. `then`: what to type for what follows on one that has
        ended well, once nothing runs beside it any more. `mend` puts the terminal right after one that was killed."""
        self._first, self._again, self._cut_off, self._recorded = first, again, cut_off, recorded
        self._fault, self._given_up, self._outbox, self._then = fault, given_up, outbox, then
        self._mend = mend
        self._process: subprocess.Popen[bytes] | None = None
        self._beside = [
            Companion(name, words, _start, outbox.log if outbox else _forget) for name, words in beside.items()
        ]
        self._over = False
        """No session is to come any more."""
        self._asked: list[int] = []
        """Signals that ask to stop, and how many of them the process has been passed."""
        self._passed = 0

    def run(self, tell: Callable[[str], None]) -> int:
        """Its exit code when it has ended; deaths on the way are told. 128 and the signal's number if one ended it."""
        for number in system.STOP_SIGNALS:
            signal.signal(number, self._ask)
        code = self._run(tell)
        self._take_back(tell)
        self._end_beside(tell)
        if code == 0 and self._then and not self._terminated:
            self._go_on_after()
        return code

    def _run(self, tell: Callable[[str], None]) -> int:
        words, deaths, fault = self._first, 0, ""
        while True:
            began = time.monotonic()
            code = self._wait_for(words, tell)
            if code < 0:
                self._mend()
            if code == 0 or (code > 0 and not (code == FAULT or (words is self._again and code in _MAY_PASS))):
                return code
            deaths = 1 if time.monotonic() - began > _LONG else deaths + 1
            before, fault = fault, self._fault() if code == FAULT else ""
            for_good = deaths > len(_PAUSES) or bool(deaths > 1 and fault and fault == before and not self._cut_off())
            if not self._asked and not for_good:
                then = "goes on by itself" if self._cut_off() else "is started once more"
                _say(tell, f"{_died(code, fault)}; it {then}")
                self._pause(_PAUSES[deaths - 1], tell)
            if self._asked or for_good or (words is self._again and not self._cut_off()):
                self._leave(_died(code, fault), tell)
                return code if code > 0 else 128 - code
            words = self._again if self._cut_off() else self._first

    def _leave(self, died: str, tell: Callable[[str], None]) -> None:
        """After a death that it is not started again after."""
        if not self._cut_off():
            _say(tell, f"{died}, nothing had been recorded")
            return
        if done := self._given_up():
            _say(tell, done)
        way = f"{system.program()} {shlex.join(self._again)}"
        _say(tell, f"{died}; what it has written is kept, to go on: {way}")

    def _end_beside(self, tell: Callable[[str], None]) -> None:
        """Waits for what runs beside it: the room is still behind. A SIGTERM is for all of it."""
        self._process, asked, until = None, len(self._asked), inf
        stopping = self._terminated or not self._recorded()
        if self._beside and not stopping:
            _say(tell, f"the session has ended; {at_work([one.name for one in self._beside])}; Ctrl-C ends that")
        while left := [one for one in self._beside if one.running or (one.killed and not stopping)]:
            stopping = stopping or len(self._asked) > asked
            if self._terminated:
                until = min(until, time.monotonic() + _ENDING)
            for companion in left:
                self._look_after(companion, tell, stay=not stopping)
                if not stopping:
                    continue
                if time.monotonic() < until:
                    companion.stop()
                else:
                    companion.kill()
            time.sleep(_LOOK)
        for companion in self._beside:
            self._look_after(companion, tell, stay=False)
            companion.forget()

    def _go_on_after(self) -> None:
        """What can wait, and be stopped at any time; the session has ended well whatever becomes of it."""
        self._passed = len(self._asked)
        with suppress(OSError):  # too little memory, too many processes: it can be typed
            self._process = _start(self._then)
            self._pass_on()  # what came while it was being started
            self._process.wait()

    def _look_after(self, companion: Companion, tell: Callable[[str], None], *, stay: bool = True) -> None:
        """Passes on what it says; it is started again where it is to `stay`."""
        said = [*companion.said(), *(companion.revive() if stay else ())]
        for text, good in said:
            if self._outbox and not self._over:
                self._outbox.put(text, good=good, about=companion.name)
            else:
                _say(tell, text)

    def _take_back(self, tell: Callable[[str], None]) -> None:
        """What no session was told any more: the terminal is free now."""
        self._over = True
        for text in self._outbox.returned() if self._outbox else ():
            _say(tell, text)

    @property
    def _terminated(self) -> bool:
        """A service manager wants an end; a Ctrl-C, or a terminal that was closed, ends the session alone."""
        return signal.SIGTERM in self._asked

    def _wait_for(self, words: Sequence[str], tell: Callable[[str], None]) -> int:
        self._process, self._passed = None, 0
        try:
            self._process = _start(words)
        except OSError:  # too little memory, too many processes: another death
            return FAULT
        self._pass_on()  # what came while it was being started
        while True:
            with suppress(subprocess.TimeoutExpired):
                return self._process.wait(_LOOK)
            for companion in self._beside:
                self._look_after(companion, tell)
            if self._outbox:
                self._outbox.deliver()

    def _pause(self, seconds: float, tell: Callable[[str], None]) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._asked:
            time.sleep(0.05)
            for companion in self._beside:
                self._look_after(companion, tell)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked.append(number)
        self._pass_on()

    def _pass_on(self) -> None:
        """The first as a polite one, whichever it was: somebody may have sent it to the session as well, and a second
        Ctrl-C there leaves at once."""
        while self._process and self._passed < len(self._asked):
            number = self._asked[self._passed] if self._passed else system.STOP
            self._passed += 1
            self._process.send_signal(number)


def _forget(line: str) -> None:
    pass


def _start(words: Sequence[str], **how: Any) -> "subprocess.Popen[bytes]":
    """Starts `livesubs` with these words, under this process; `how` as `subprocess.Popen` takes it."""
    command, *rest = words
    under = ["--under", str(os.getpid())]
    # -P: a folder named `pipeline` where the program was started is not ours.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "pipeline", command, *under, *rest], **how, **system.own_group()
    )


@contextmanager
def ends_with(supervisor: int | None) -> Iterator[None]:
    """While entered, this process ends once the one with that number, which started it, is gone."""

    def look() -> None:
        if sys.platform != "win32" and os.getppid() != supervisor:
            os._exit(128 + signal.SIGKILL)

    with Repeating(look, seconds=_LOOK, name="supervisor") if supervisor else nullcontext():
        yield


def _say(tell: Callable[[str], None], text: str) -> None:
    with suppress(OSError):  # the terminal is gone, or its disk full: that ends nothing
        tell(text)


def _died(code: int, fault: str) -> str:
    if code > FAULT:
        return "the session could not go on"
    if code < 0:
        return f"the session was killed ({how(code)})"
    return f"the session died of a fault of ours{f' ({fault})' if fault else ''}"
