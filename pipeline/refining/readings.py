"""What is said in a recording, heard in several ways; kept as it goes on, for whoever is killed over it.

The ways cut the sound differently, and so the model errs differently (docs/decisions/0021-refine.md).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from pipeline.errors import unwritable
from pipeline.events import UNSPOKEN, Chunk, Hypothesis, Sentence, Value
from pipeline.files import NewLines, write_whole
from pipeline.settings import SpeechSettings
from pipeline.speech.messages import Heard

BEAM = 10
"""Readings that are followed at once, at least: twice as many as live."""
_BEFORE = 15.0
"""Seconds before a block of which a model that bears it is told what was said."""
LONG = 0
"""The way by long stretches, the only one that is told it."""


def ways(settings: SpeechSettings) -> tuple[SpeechSettings, ...]:
    """By long stretches, which have more context; by short ones, which derail less; and at each little pause."""
    best = replace(settings, policy="utterance", beam=max(BEAM, settings.beam), labels=False)
    return (
        replace(best, endpoint=0.8, longest=20.0),
        replace(best, longest=5.0),
        replace(best, endpoint=0.2),
    )


class Block(Value, frozen=True):
    """A part of a recording that is heard by itself, with all that it takes."""

    start: float
    """Stream time."""
    sound: bytes
    """As in `audio.s16`."""
    names: tuple[str, ...] = ()
    """That may be said in it, what matters most first."""
    way: int | None = None
    """Which of `ways`; None: as the settings say."""


Hears: TypeAlias = Callable[[Iterable[Block]], Iterator[Heard]]
"""What is said in each, in order."""


class Reading(Value, frozen=True):
    """A block as it was heard in one way."""

    way: int
    start: float
    """Stream time of the block."""
    heard: tuple[Hypothesis, ...]


class Notebook:
    """The readings so far, a line each; a torn last line is written again."""

    def __init__(self, path: Path, key: str) -> None:
        """`key`: of what they are; those of something else are thrown away. DiskFull or SessionError."""
        self._path = path
        lines = NewLines(path)
        first, *rest = [*lines.take()] or [b""]
        known = first == msgspec.json.encode(key)
        self._known = [msgspec.json.decode(line, type=Reading) for line in rest] if known else []
        write_whole(path, b"".join(line + b"\n" for line in (msgspec.json.encode(key), *(rest if known else ()))))

    def of(self, way: int) -> list[Reading]:
        return [reading for reading in self._known if reading.way == way]

    def left(self, blocks: Sequence[Chunk], ways: int) -> list[tuple[int, Chunk]]:
        """What is not in it, in the order in which it is to be added."""
        return [(way, block) for way in range(ways) for block in blocks[len(self.of(way)) :]]

    def add(self, way: int, block: Chunk, heard: Heard) -> None:
        """Without what was kept back, or left out. DiskFull or SessionError if it cannot be written."""
        said = tuple(one for one in heard.events if isinstance(one, Hypothesis) and one.committed)
        reading = Reading(way=way, start=block.start, heard=said)
        try:
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(reading) + b"\n")
        except OSError as error:
            raise unwritable(self._path, error) from error
        self._known.append(reading)


def before(live: Iterable[Sentence], at: float) -> str:
    """What was said live right before, by time: as no reading is waited for, blocks can be heard in any order."""
    return " ".join(one.text for one in live if at - _BEFORE <= one.start and one.end <= at and one.lang != UNSPOKEN)
