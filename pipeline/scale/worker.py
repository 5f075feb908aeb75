"""One worker: a recogniser and the local translators with their models. It has the sound from whoever asks it."""

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pipeline import __version__
from pipeline.errors import SettingsError
from pipeline.events import Chunk, Value
from pipeline.refining.readings import hear_out
from pipeline.settings import SAMPLE_RATE, Settings, SpeechSettings
from pipeline.speech import RecogniserProcess, SupervisedRecogniser
from pipeline.speech.messages import Heard
from pipeline.translation.engine import Answer
from pipeline.translation.local import LocalEngine

_PATIENCE = 10.0
"""Times that a recogniser may take which shares its machine with others."""


class Block(Value, frozen=True):
    """A part of a recording that is heard by itself."""

    start: float
    """Stream time."""
    sound: bytes
    """As in `audio.s16`."""
    names: tuple[str, ...] = ()
    """That may be said in it, what matters most first."""


class Lost(Exception):
    """The worker is gone, and did not do it. Stays in this package."""


class Worker(Protocol):
    """Hears and translates; one thread may have it hear while another has it translate."""

    @property
    def description(self) -> str:
        """The speech model, its device and compute type."""

    def hear(self, block: Block) -> Heard:
        """All that is said in a block; Lost, WorkerError."""

    def translate(self, model: str, text: str, src_lang: str, tgt_lang: str) -> Answer | None:
        """By the local model whose folder has that name; Lost, TranslationFailed."""

    def close(self) -> None:
        """Frees what it holds."""


class LocalWorker:
    """In this process, but for the recogniser, which has its own: it may crash, and is replaced."""

    def __init__(self, settings: Settings, spares: Sequence[SpeechSettings], version: str = __version__) -> None:
        """Loads the speech model; ModelError, SettingsError. `version`: of whoever asks."""
        if version != __version__:
            raise SettingsError(f"livesubs {__version__} is on a worker's machine, here is {version}; install the same")
        self._settings, self._lock = settings, threading.Lock()
        self._engines: dict[str, LocalEngine] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="livesubs-", ignore_cleanup_errors=True)
        self._sound = Path(self._folder.name) / "audio.s16"
        self._recogniser = SupervisedRecogniser(lambda: RecogniserProcess(_PATIENCE), spares)
        self.description = self._recogniser.open(self._sound, settings.speech)

    def hear(self, block: Block) -> Heard:
        first, before = round(block.start * SAMPLE_RATE), self._recogniser.compute
        with self._sound.open("wb") as file:  # at its own place, after a hole that costs no disk
            file.seek(2 * first)
            file.write(block.sound)
        self._recogniser.expect(block.names)
        end = (first + len(block.sound) // 2) / SAMPLE_RATE
        events = hear_out(self._recogniser, Chunk(start=block.start, end=end))
        return Heard(tuple(events), self._recogniser.compute - before)

    def translate(self, model: str, text: str, src_lang: str, tgt_lang: str) -> Answer | None:
        return self._engine(model).translate(text, src_lang, tgt_lang)

    def _engine(self, model: str) -> LocalEngine:
        with self._lock:
            if model not in self._engines:
                folder = next(Path(path) for path in self._settings.translation.models if Path(path).name == model)
                self._engines[model] = LocalEngine(folder, self._settings.translation.threads)
            return self._engines[model]

    def close(self) -> None:
        self._recogniser.close()
        self._folder.cleanup()
