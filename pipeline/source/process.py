"""An ffmpeg of ours: started, listened to, stopped. Imports `flow`, `system` and how its words are redacted."""

import contextlib
import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from pipeline.flow import spawn
from pipeline.source import guard
from pipeline.source.failures import redact_all
from pipeline.system import end_group, own_group

LOCK = ".recording"
"""Beside the log: held while an ffmpeg of this folder lives, also one whose session was killed."""
_BY_THE_WAY = re.compile(r"(\[[^\]]+ @ \w+\] )*\[(info|verbose)\]")
"""How a line begins that is no warning, with `-loglevel level`."""


class Ffmpeg:
    """A running ffmpeg. What it warns of goes to `log`, without secrets; the last lines are kept as `said`.

    It runs below a guard, which ends it when asked to or when we are gone. With `fed`, the caller writes ffmpeg's
    input to `input`; closing that ends it too. `hear` is given all that it says, from a thread of its own.
    """

    def __init__(
        self,
        command: list[str],
        *,
        output: int | IO[bytes],
        log: Path,
        fed: bool = False,
        hear: Callable[[str], None] | None = None,
    ) -> None:
        lock = str(log.with_name(LOCK).absolute())
        watch = [str(guard.__file__), "fed" if fed else "kept", str(os.getpid()), lock]
        self._fed, self._log, self._hear = fed, log, hear
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", *watch, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.PIPE,
            **own_group(),
        )
        self._lines: deque[str] = deque(maxlen=30)
        self._drained = spawn(self._drain(), bound=1, name="ffmpeg-log")

    @property
    def input(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    @property
    def output(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def over(self) -> bool:
        """It has ended, and all that it said was heard: not if its guard was killed, since it may then live on."""
        return self.ended and (self._drained.finished or self._process.returncode < 0)

    @property
    def said(self) -> str:
        """The last lines of its log, all of them once it has ended."""
        if self.ended:
            for _ in self._drained:  # until the end of its log
                pass
        return "\n".join(self._lines)

    def stop(self) -> None:
        """Asks it to finish what it writes and end; comes back at once, safe in a signal handler."""
        if self._fed:
            self._process.terminate()
        else:
            self.input.close()

    def join(self) -> int:
        """Its exit code, once it has ended by itself or was stopped."""
        return self._process.wait()

    def wait(self, seconds: float) -> int:
        """Its exit code; it is killed when it has not ended within `seconds`."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def close(self) -> None:
        """Ends it for sure (within 5 s) and gives its pipes back."""
        if not self.ended:
            self.stop()
            self.wait(5.0)
        if self._process.returncode < 0:
            end_group(self._process.pid)  # its guard was killed and could not end it
        _ = self.said
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()
        self.close_input()

    def close_input(self) -> None:
        """No more input: it finishes and ends."""
        with contextlib.suppress(OSError):  # what was still to be written may have no reader any more
            self.input.close()

    def _drain(self) -> Iterator[None]:
        """Reads its log as it comes: an ffmpeg that nobody listens to stops when the pipe is full."""
        assert self._process.stderr
        self._log.touch()
        for line in self._process.stderr:
            text = redact_all(line.decode("utf-8", "replace").rstrip())
            if self._hear:
                self._hear(text)
            if _BY_THE_WAY.match(text):
                continue
            self._lines.append(text)
            # On a full disk the last lines are still in memory.
            with contextlib.suppress(OSError), self._log.open("a", encoding="utf-8") as log:
                log.write(text + "\n")
        yield from ()
