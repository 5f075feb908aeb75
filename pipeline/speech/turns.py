"""A model that several hear with: one stretch at a time, in the order in which they ask.

Whoever has been answered goes behind all that wait, so it goes round, and nobody waits for more than one stretch of
each other. What needs no model (voice detection, policies, guards, a transcription server) everybody does meanwhile.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import cache
from queue import SimpleQueue
from typing import Any, TypeVar

from pipeline.audio import Samples
from pipeline.flow import spawn
from pipeline.settings import SpeechSettings
from pipeline.speech.languages import Choose, likeliest
from pipeline.speech.recognition import Continuation, Recognition
from pipeline.speech.whisper import Load, Whisper, load_model

T = TypeVar("T")


class Turns:
    """Work that is done in a thread of its own, the first that came first; memory that one used the next one gets."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        spawn(self._work(), bound=1, name="model")

    def take(self, work: Callable[[], T]) -> T:
        """What `work()` returns or raises, once it is its turn; any thread may ask."""
        done: Future[T] = Future()
        self._waiting.put((work, done))
        return done.result()

    def _work(self) -> Iterator[None]:
        while True:
            work, done = self._waiting.get()
            try:
                done.set_result(work())
            except Exception as error:  # it is raised again where the answer is awaited
                done.set_exception(error)
        yield


class Models:
    """Gives each who asks a Whisper of its own, with its own settings; what is loaded once is all of theirs."""

    def __init__(self, load: Load = load_model) -> None:
        self._turns, self._load = Turns(), cache(load)

    def __call__(self, settings: SpeechSettings) -> "InTurn":
        """ModelError, SettingsError."""
        return InTurn(self._turns.take(lambda: Whisper(settings, self._load)), self._turns)


class InTurn:
    """A `Continuing` that takes its turn."""

    def __init__(self, whisper: Whisper, turns: Turns) -> None:
        self._whisper, self._turns = whisper, turns
        self.description = whisper.description

    @property
    def beam(self) -> int:
        return self._whisper.beam

    @beam.setter
    def beam(self, beam: int) -> None:
        self._whisper.beam = beam

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        return self._turns.take(lambda: self._whisper.recognise(samples, choose))

    def go_on(self, samples: Samples, said: tuple[int, ...], choose: Choose = likeliest) -> Continuation:
        return self._turns.take(lambda: self._whisper.go_on(samples, said, choose))

    def language(self, samples: Samples) -> tuple[str, float]:
        return self._turns.take(lambda: self._whisper.language(samples))

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return self._turns.take(lambda: self._whisper.expect(names))
