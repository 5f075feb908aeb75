"""One worker: a recogniser and the local translators with their models. It has the sound from whoever asks it."""

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from pipeline import __version__
from pipeline.errors import SettingsError, unwritable
from pipeline.refining.readings import Block, ways
from pipeline.settings import SAMPLE_RATE, Settings, SpeechSettings
from pipeline.speech import Recogniser, RecogniserProcess, SupervisedRecogniser
from pipeline.speech.messages import Answered, Heard
from pipeline.translation.engine import Answer
from pipeline.translation.local import LocalEngine

_PATIENCE = 10.0
"""Times that a recogniser may take which shares its machine with others."""
_PIECE = 30.0
"""Seconds of sound that it is given at once."""


class Lost(Exception):
    """The worker is gone, and did not do it. Stays in this package."""


class Worker(Protocol):
    """Hears and translates; one thread may have it hear while another has it translate."""

    @property
    def description(self) -> str:
        """The speech model, its device and compute type."""

    def hear(self, block: Block) -> Heard:
        """All that is said in a block; Lost, ModelError, WorkerError, SessionError without room for its sound."""

    def translate(self, model: str, text: str, src_lang: str, tgt_lang: str) -> Answer | None:
        """By the local model whose folder has that name; Lost, TranslationFailed."""

    def close(self) -> None:
        """Frees what it holds."""


def _process() -> Recogniser:
    return RecogniserProcess(_PATIENCE)


class LocalWorker:
    """In this process, but for the recogniser, which has its own: it may crash, and is replaced."""

    def __init__(
        self,
        settings: Settings,
        spares: Sequence[SpeechSettings],
        *,
        way: int | None = None,
        version: str = __version__,
        make: Callable[[], Recogniser] = _process,
    ) -> None:
        """Loads the speech model; ModelError, SettingsError. `way`: that of the blocks that it is to hear first;
        `version`: of whoever asks; `make`: of recognisers."""
        if version != __version__:
            raise SettingsError(f"livesubs {__version__} is on a worker's machine, here is {version}; install the same")
        self._settings, self._spares, self._make = settings, spares, make
        self._lock = threading.Lock()
        self._engines: dict[str, LocalEngine] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="livesubs-", ignore_cleanup_errors=True)
        self._sound = Path(self._folder.name) / "audio.s16"
        self._recogniser = SupervisedRecogniser(make)
        self.description = self._open(way)

    def _open(self, way: int | None) -> str:
        """Has it hear in that way from now on, for which the model is loaded again."""
        self._recogniser.close()
        speech, *spares = (one if way is None else ways(one)[way] for one in (self._settings.speech, *self._spares))
        self._recogniser = SupervisedRecogniser(self._make, spares)
        description = self._recogniser.open(self._sound, speech)
        self._way = way
        return description

    def hear(self, block: Block) -> Heard:
        if block.way != self._way:
            self._open(block.way)
        first, before = round(block.start * SAMPLE_RATE), self._recogniser.compute
        self._write(first, block.sound)
        self._recogniser.expect(block.names)
        end = (first + len(block.sound) // 2) / SAMPLE_RATE
        events = tuple(self._heard(block.start, end))
        return Heard(events, self._recogniser.compute - before)

    def _write(self, first: int, sound: bytes) -> None:
        """From that sample on, after a hole that costs no disk."""
        try:
            with self._sound.open("wb") as file:
                file.seek(2 * first)
                file.write(sound)
        except OSError as error:
            raise unwritable(self._sound, error) from error

    def _heard(self, start: float, end: float) -> Iterator[Answered]:
        """All that is said there; nothing of it is left open."""
        while start < end:
            upto = min(start + _PIECE, end)
            yield from self._recogniser.hear(start, upto).events
            start = upto
        yield from self._recogniser.finish().events

    def translate(self, model: str, text: str, src_lang: str, tgt_lang: str) -> Answer | None:
        return self._engine(model).translate(text, src_lang, tgt_lang)

    def _engine(self, model: str) -> LocalEngine:
        with self._lock:
            if model not in self._engines:
                folder = next(Path(path) for path in self._settings.translation.models if Path(path).name == model)
                self._engines[model] = LocalEngine(folder, self._settings.translation.threads)
            return self._engines[model]

    def close(self) -> None:
        self._recogniser.__exit__(Lost)  # as whoever leaves at once, and does not wait for a sentence
        self._folder.cleanup()
