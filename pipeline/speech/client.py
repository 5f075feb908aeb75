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
from pipeline.events import Hypothesis
from pipeline.flow import Caller, DeadlineExpired
from pipeline.settings import SpeechSettings
from pipeline.speech import messages
from pipeline.speech.local import Recogniser
from pipeline.speech.messages import (
    Answer,
    Assume,
    Degrade,
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
from pipeline.speech.server import Server
from pipeline.system import own_group

__all__ = ["Recogniser", "RecogniserProcess"]

_PATIENCE = 5.0
"""Seconds a worker has to end after its input has ended."""
_HUNG = 20.0
"""Seconds without an answer after which a worker hangs, ..."""
_TIMES = 4.0
"""... and this many seconds more for each second of sound it was given, or five times its slowest answer if that is
more: a slow model is not a hung one."""
_LOADING, _FIRST = 600.0, 60.0
"""Seconds that loading a model, and the first words, may take: nobody knows yet how fast it is here."""
_KEPT = "what was recorded is kept, start again"
_LAST_WORDS = 400
"""Characters of the worker's stderr that an error quotes at most."""


class RecogniserProcess:
    """Drives `python -m pipeline.speech.worker`; the interface is local.Recogniser's. WorkerError if it dies."""

    def __init__(self, patience: float = 1.0, server: Server | None = None) -> None:
        """It may take `patience` times as long as one that hears live; `server` hears in place of its model."""
        self._patience, self._server = patience, server
        self._process: subprocess.Popen[bytes] | None = None
        self._reader = Caller("recogniser")
        self._slowest = 0.0  # answer so far, seconds
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
        answer = self._ask(Open(str(audio.absolute()), settings, self._server), _LOADING)
        if not isinstance(answer, Ready):
            raise self._nonsense(answer)
        return answer.description

    def hear(self, start: float, end: float) -> Heard:
        return self._listen(Hear(start, end), end - start)

    def recognise(self, start: float, end: float) -> Heard:
        return self._listen(Recognise(start, end), end - start)

    def language(self, start: float, end: float) -> Language:
        answer = self._ask(Detect(start, end), _LOADING)
        if not isinstance(answer, Language):
            raise self._nonsense(answer)
        return answer

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        answer = self._ask(Expect(names), _FIRST)
        if not isinstance(answer, Expected):
            raise self._nonsense(answer)
        return answer.left_out

    def assume(self, lang: str) -> None:
        self._listen(Assume(lang), 0.0)

    def degrade(self, level: int) -> None:
        self._listen(Degrade(level), 0.0)

    def finish(self) -> Heard:
        return self._listen(Finish(), 0.0)

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

    def _listen(self, message: Message, sound: float) -> Heard:
        """The answer to a message about so many seconds of sound."""
        usual = max(_HUNG, 5 * self._slowest) if self._slowest else _FIRST
        answer = self._ask(message, self._patience * (usual + _TIMES * sound))
        if not isinstance(answer, Heard):
            raise self._nonsense(answer)
        self.compute += answer.compute
        if any(isinstance(said, Hypothesis) and said.committed for said in answer.events):
            self._slowest = max(self._slowest, answer.compute)
        return answer

    def _ask(self, message: Message, patience: float) -> Answer:
        """The worker's answer; WorkerError when it dies or has none within `patience` seconds."""
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("open() comes first")
        try:
            self._process.stdin.write(messages.encode(message))
            self._process.stdin.flush()
            line = self._reader.call(self._process.stdout.readline, patience)
        except OSError as error:
            raise self._died() from error
        except DeadlineExpired:
            self._process.kill()
            raise WorkerError(f"the recogniser has not answered for {patience:.0f} s; {_KEPT}") from None
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
        return WorkerError(f"the recogniser process died ({how}){self._last_words()}; {_KEPT}")

    def _last_words(self) -> str:
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").strip().splitlines()
        return f", its last words: {lines[-1][-_LAST_WORDS:]}" if lines else ""

    def _nonsense(self, answer: object) -> WorkerError:
        said = str(answer)[:80]
        return WorkerError(f"the recogniser process answered nonsense ({said}); {_KEPT}")


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
