"""The recogniser in a process of its own: a native library that crashes is an error, not the end of us."""

from collections.abc import Callable
from pathlib import Path
from typing import Self

import msgspec

from pipeline import errors
from pipeline.errors import LivesubsError, WorkerError
from pipeline.events import Hypothesis
from pipeline.flow import Caller, DeadlineExpired
from pipeline.settings import SpeechSettings
from pipeline.speech import messages
from pipeline.speech.link import Link, OwnProcess
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

__all__ = ["Recogniser", "RecogniserProcess"]

_HUNG = 20.0
"""Seconds without an answer after which a worker hangs, ..."""
_TIMES = 4.0
"""... and this many seconds more for each second of sound it was given, or five times its slowest answer if that is
more: a slow model is not a hung one."""
_LOADING, _FIRST = 600.0, 60.0
"""Seconds that loading a model, and the first words, may take: nobody knows yet how fast it is here."""
_KEPT = "what was recorded is kept, start again"


def _own(settings: SpeechSettings) -> Link:
    return OwnProcess()


class RecogniserProcess:
    """Asks a recogniser process; the interface is local.Recogniser's. WorkerError if the process dies."""

    def __init__(
        self,
        patience: float = 1.0,
        server: Server | None = None,
        start: Callable[[SpeechSettings], Link] = _own,
    ) -> None:
        """It may take `patience` times as long as one that hears live; `server` hears in place of its model. `start`
        gives the way to a process that may hear with these settings."""
        self._patience, self._server, self._start = patience, server, start
        self._link: Link | None = None
        self._reader = Caller("recogniser")
        self._slowest = 0.0  # answer so far, seconds
        self.compute = 0.0

    @property
    def pid(self) -> int | None:
        """Of the process, while it is open."""
        return self._link.pid if self._link else None

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        self._link = self._start(settings)
        answer = self._ask(Open(str(audio.absolute()), settings, self._server), _LOADING)
        if not isinstance(answer, Ready):
            raise self._nonsense(answer)
        return f"{answer.description}, shared" if self._link.shared else answer.description

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
        link, self._link = self._link, None
        if link:
            link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind and self._link:
            self._link.leave()  # whoever leaves at once does not wait for a sentence
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
        link = self._link
        if link is None:
            raise RuntimeError("open() comes first")
        try:
            link.write(messages.encode(message))
            line = self._reader.call(link.readline, patience)
        except OSError as error:
            raise self._died(link) from error
        except DeadlineExpired:
            link.kill()
            raise WorkerError(f"the recogniser has not answered for {patience:.0f} s; {_KEPT}") from None
        if not line.endswith(b"\n"):
            raise self._died(link)
        try:
            answer = messages.answer(line)
        except msgspec.DecodeError as error:
            raise self._nonsense(line) from error
        if isinstance(answer, Failed):
            raise _error(answer)
        return answer

    def _died(self, link: Link) -> WorkerError:
        return WorkerError(f"{link.death()}; {_KEPT}")

    def _nonsense(self, answer: object) -> WorkerError:
        said = str(answer)[:80]
        return WorkerError(f"the recogniser process answered nonsense ({said}); {_KEPT}")


def _error(failed: Failed) -> LivesubsError:
    """The error that the worker met, as its kind in errors.py."""
    kinds = {kind.exit_code: kind for kind in (errors.SettingsError, errors.ModelError, errors.SessionError)}
    return kinds.get(failed.exit_code, WorkerError)(failed.text)
