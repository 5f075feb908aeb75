"""What one recogniser says of a recording, heard in several ways; kept as it goes on, for whoever is killed over it.

The ways cut the sound differently, and so the model errs differently (docs/decisions/0021-refine.md).
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from pipeline.errors import unwritable
from pipeline.events import Chunk, Hypothesis, Value
from pipeline.files import NewLines, write_whole
from pipeline.settings import SpeechSettings
from pipeline.speech import Recogniser
from pipeline.speech.messages import Answered

BEAM = 10
"""Readings that are followed at once, at least: twice as many as live."""
_PIECE = 30.0
"""Seconds of sound that the recogniser is given at once."""
_BEFORE = 200
"""Characters of what was said before that a model is told that bears it."""


def ways(settings: SpeechSettings) -> tuple[SpeechSettings, ...]:
    """By long stretches, which have more context; by short ones, which derail less; and at each little pause."""
    best = replace(settings, policy="utterance", beam=max(BEAM, settings.beam), labels=False)
    return (
        replace(best, endpoint=0.8, longest=20.0),
        replace(best, longest=5.0),
        replace(best, endpoint=0.2),
    )


class Reading(Value, frozen=True):
    """A block as it was heard in one way."""

    way: int
    start: float
    """Stream time of the block."""
    heard: tuple[Hypothesis, ...]

    @property
    def text(self) -> str:
        return "".join(word.text for said in self.heard for word in said.committed)


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

    def add(self, reading: Reading) -> None:
        """DiskFull or SessionError if it cannot be written."""
        try:
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(reading) + b"\n")
        except OSError as error:
            raise unwritable(self._path, error) from error
        self._known.append(reading)


def read_on(
    recogniser: Recogniser,
    way: int,
    blocks: Sequence[Chunk],
    notebook: Notebook,
    names: Sequence[str],
    *,
    told: bool,
    done: Callable[[float], None],
) -> None:
    """Has an opened recogniser hear the blocks that are not in the notebook yet. It is `told` what was said before if
    the model bears that. `done` is told how many seconds each has."""
    known = notebook.of(way)
    before = known[-1].text if known else ""
    recogniser.expect((*names,))
    for block in blocks[len(known) :]:
        if told and before:
            recogniser.expect((*names, before[-_BEFORE:].partition(" ")[2]))
        reading = Reading(way=way, start=block.start, heard=tuple(_heard(recogniser, block)))
        notebook.add(reading)
        before = reading.text
        done(block.end - block.start)


def _heard(recogniser: Recogniser, block: Chunk) -> list[Hypothesis]:
    """What is said in a block; of what was kept back, or left out, nothing."""
    return [one for one in hear_out(recogniser, block) if isinstance(one, Hypothesis) and one.committed]


def hear_out(recogniser: Recogniser, block: Chunk) -> list[Answered]:
    """All that an opened recogniser says of a block that it hears by itself."""
    answers: list[Answered] = []
    at = block.start
    while at < block.end:
        upto = min(at + _PIECE, block.end)
        answers += recogniser.hear(at, upto).events
        at = upto
    return [*answers, *recogniser.finish().events]
