"""The recogniser: its interface, and the one that runs in this process (in the worker, in tests, on a cluster)."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol, Self

from pipeline.audio import AudioFile
from pipeline.events import Warned
from pipeline.settings import SpeechSettings
from pipeline.speech.agreement import AgreementPolicy
from pipeline.speech.messages import Heard, Language
from pipeline.speech.policy import Policy, Said
from pipeline.speech.recognition import Continuing
from pipeline.speech.served import Served
from pipeline.speech.server import Server
from pipeline.speech.streaming import StreamPolicy
from pipeline.speech.utterance import UtterancePolicy
from pipeline.speech.vad import MEMORY, Silero
from pipeline.speech.whisper import Whisper


class Recogniser(Protocol):
    """Hears a session's `audio.s16` stretch by stretch."""

    @property
    def compute(self) -> float:
        """Seconds spent computing so far; over the seconds heard it is the RTF."""

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        """Loads the model and says which, on what; `audio` need not exist yet. ModelError, SettingsError."""
        ...

    def hear(self, start: float, end: float) -> Heard:
        """Listens to stream time [start, end); where it does not follow the last stretch, what was open is closed."""
        ...

    def recognise(self, start: float, end: float) -> Heard:
        """One stretch of at most 30 s once more, apart from what is open."""
        ...

    def language(self, start: float, end: float) -> Language:
        """The language most likely spoken in a stretch of at most 30 s."""
        ...

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """From now on these names may be said, what matters most first; gives those that there is no room for."""
        ...

    def assume(self, lang: str) -> None:
        """From now on this is spoken, one of the languages that may be; empty: whichever is the likeliest."""
        ...

    def degrade(self, level: int) -> None:
        """Hears with less care from now on, so as to catch up; see `overload`. 0 is all it can."""
        ...

    def finish(self) -> Heard:
        """What is still open: the sound has ended."""
        ...

    def close(self) -> None:
        """Frees what it holds; may be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None: ...


def chosen_policy(
    settings: SpeechSettings,
    server: Server | None = None,
    tell: Callable[[Warned], None] = lambda warned: None,
    load: Callable[[SpeechSettings], Continuing] = Whisper,
) -> tuple[Policy, str]:
    """The policy in use, with the models loaded, and what they are; `tell` is told how the server does."""
    whisper = load(settings)
    if server:
        served, agreed = Served(server, whisper, settings, tell), settings.policy == "stream"
        return (AgreementPolicy if agreed else UtterancePolicy)(Silero(), served, settings), served.description
    kind = StreamPolicy if settings.policy == "stream" else UtterancePolicy
    return kind(Silero(), whisper, settings), whisper.description


class LocalRecogniser:
    """Everything in the caller's thread."""

    def __init__(
        self,
        policy: Callable[[SpeechSettings], tuple[Policy, str]] | None = None,
        server: Server | None = None,
        load: Callable[[SpeechSettings], Continuing] = Whisper,
    ) -> None:
        """`server` hears in place of the local model that `load` gives, for as long as it can."""
        self._told: list[Warned] = []
        self._make = policy or partial(chosen_policy, server=server, tell=self._told.append, load=load)
        self._audio = AudioFile(Path())
        self._policy: Policy | None = None
        self.compute = 0.0

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        self._audio = AudioFile(audio)
        self._policy, description = self._make(settings)
        return description

    def hear(self, start: float, end: float) -> Heard:
        lead = partial(self._audio.lead, start, MEMORY)
        return self._timed(lambda policy: policy.hear(self._audio.read(start, end), start, lead))

    def recognise(self, start: float, end: float) -> Heard:
        return self._timed(lambda policy: policy.recognise(self._audio.read(start, end), start))

    def language(self, start: float, end: float) -> Language:
        return Language(*self._opened().language(self._audio.read(start, end)))

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return self._opened().expect(names)

    def assume(self, lang: str) -> None:
        self._opened().assume(lang)

    def degrade(self, level: int) -> None:
        self._opened().degrade(level)

    def finish(self) -> Heard:
        return self._timed(lambda policy: policy.finish())

    def close(self) -> None:
        self._policy = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close()

    def _opened(self) -> Policy:
        if self._policy is None:
            raise RuntimeError("open() comes first")
        return self._policy

    def _timed(self, work: Callable[[Policy], list[Said]]) -> Heard:
        policy = self._opened()
        began = time.perf_counter()
        events = tuple(work(policy))
        elapsed = time.perf_counter() - began
        self.compute += elapsed
        told = tuple(self._told)
        self._told.clear()
        return Heard((*told, *events), elapsed)
