"""The recogniser in a process of its own: a native library that crashes is an error, not the end of us."""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Self

import msgspec

from pipeline import errors
from pipeline.errors import LivesubsError, WorkerError
from pipeline.settings import SpeechSettings
from pipeline.speech import messages
from pipeline.speech.local import Recogniser
from pipeline.speech.messages import (
    Answer,
    Detect,
    Expect,
    Expected,
    Failed,
    Finish,
    Hear,
    Heard,
    Language,
    Message,
    Open,
    Ready,
    Recognise,
)
from pipeline.system import own_group

__all__ = ["Recogniser", "RecogniserProcess"]

_PATIENCE = 5.0
"""Seconds a worker has to end after its input has ended."""
_LAST_WORDS = 400
"""Characters of the worker's stderr that an error quotes at most."""


class RecogniserProcess:
    """Drives `python -m pipeline.speech.worker`; the interface is local.Recogniser's. WorkerError if it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # a file never fills up like a pipe; closed in close()
        self.compute = 0.0

    @property
    def pid(self) -> int | None:
        """Of the worker, while it is open."""
        return self._process.pid if self._process else None

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        self._process = subprocess.Popen(
            # -P: a folder named `pipeline` where the program was started is not ours.
            [sys.executable, "-P", "-m", "pipeline.speech.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            **own_group(),
        )
        answer = self._ask(Open(str(audio.absolute()), settings))
        if not isinstance(answer, Ready):
            raise self._nonsense(answer)
        return answer.description

    def hear(self, start: float, end: float) -> Heard:
        return self._listen(Hear(start, end))

    def recognise(self, start: float, end: float) -> Heard:
        return self._listen(Recognise(start, end))

    def language(self, start: float, end: float) -> Language:
        answer = self._ask(Detect(start, end))
        if not isinstance(answer, Language):
            raise self._nonsense(answer)
        return answer

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        answer = self._ask(Expect(names))
        if not isinstance(answer, Expected):
            raise self._nonsense(answer)
        return answer.left_out

    def finish(self) -> Heard:
        return self._listen(Finish())

    def close(self) -> None:
        """Ends the worker: its input ends, and if that is not enough it is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        _close(process.stdin)
        _ended(process)
        _close(process.stdout)  # only now: another thread may be reading it until the process ends
        self._stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind and self._process:
            self._process.kill()  # whoever leaves at once does not wait for a sentence
        self.close()

    def _listen(self, message: Message) -> Heard:
        answer = self._ask(message)
        if not isinstance(answer, Heard):
            raise self._nonsense(answer)
        self.compute += answer.compute
        return answer

    def _ask(self, message: Message) -> Answer:
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("open() comes first")
        try:
            self._process.stdin.write(messages.encode(message))
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError as error:
            raise self._died() from error
        if not line.endswith(b"\n"):
            raise self._died()
        try:
            answer = messages.answer(line)
        except msgspec.DecodeError as error:
            raise self._nonsense(line) from error
        if isinstance(answer, Failed):
            raise _error(answer)
        return answer

    def _died(self) -> WorkerError:
        code = _ended(self._process) if self._process else 0
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        kept = "what was recorded is kept, start again"
        return WorkerError(f"the recogniser process died ({how}){self._last_words()}; {kept}")

    def _last_words(self) -> str:
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").strip().splitlines()
        return f", its last words: {lines[-1][-_LAST_WORDS:]}" if lines else ""

    def _nonsense(self, answer: object) -> WorkerError:
        said = str(answer)[:80]
        return WorkerError(f"the recogniser process answered nonsense ({said}); what was recorded is kept, start again")


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Its exit code; it is killed if it has not ended soon."""
    try:
        return process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):  # what it still held cannot be said to a dead worker
            pipe.close()


def _error(failed: Failed) -> LivesubsError:
    """The error that the worker met, as its kind in errors.py."""
    kinds = {kind.exit_code: kind for kind in (errors.SettingsError, errors.ModelError, errors.SessionError)}
    return kinds.get(failed.exit_code, WorkerError)(failed.text)
