"""The way to a recogniser process, and the usual one: a process of its own, asked on stdin, answering on stdout."""

import contextlib
import subprocess
import sys
import tempfile
from typing import IO, Protocol

from pipeline.system import own_group

_PATIENCE = 5.0
"""Seconds a worker has to end after its input has ended."""
_LAST_WORDS = 400
"""Characters of the worker's stderr that an error quotes at most."""


class Link(Protocol):
    """Lines to a recogniser process and back."""

    shared: bool
    """Others are at its other end, too."""

    @property
    def pid(self) -> int:
        """Of the process at the other end."""

    def write(self, line: bytes) -> None:
        """OSError if the process is gone."""

    def readline(self) -> bytes:
        """The next answer; less than a line, or OSError, if the process is gone."""

    def kill(self) -> None:
        """Ends a process that hangs."""

    def leave(self) -> None:
        """Waits for nothing that was asked any more."""

    def close(self) -> None:
        """Lets go of the process."""

    def death(self) -> str:
        """Of what the process died, as the beginning of a sentence."""


class OwnProcess:
    """`python -m pipeline.speech.worker`, which ends with its input."""

    shared = False

    def __init__(self) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # a file never fills up like a pipe; closed in close()
        self._process = subprocess.Popen(
            # -P: a folder named `pipeline` where the program was started is not ours.
            [sys.executable, "-P", "-m", "pipeline.speech.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            **own_group(),
        )
        assert self._process.stdin
        assert self._process.stdout
        self._questions: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    def write(self, line: bytes) -> None:
        self._questions.write(line)
        self._questions.flush()

    def readline(self) -> bytes:
        return self._answers.readline()

    def kill(self) -> None:
        self._process.kill()

    def leave(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """Ends the worker: its input ends, and if that is not enough it is killed."""
        _close(self._questions)
        self._ended()
        _close(self._answers)  # only now: another thread may be reading it until the process ends
        self._stderr.close()

    def death(self) -> str:
        code = self._ended()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"the recogniser process died ({how}){last_words(self._stderr)}"

    def _ended(self) -> int:
        """Its exit code; it is killed if it has not ended soon."""
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def last_words(stderr: IO[bytes]) -> str:
    """What a process wrote last into this file, as a part of a sentence."""
    stderr.seek(0)
    lines = stderr.read().decode(errors="replace").strip().splitlines()
    return f", its last words: {lines[-1][-_LAST_WORDS:]}" if lines else ""


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what it still held cannot be said to a dead worker
        pipe.close()
