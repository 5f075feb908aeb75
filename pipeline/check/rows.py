"""A row of the check: a thing that was tried, whether it will hold, and what to do if not."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from pipeline.events import Value
from pipeline.settings import Settings

T = TypeVar("T")


class Row(Value, frozen=True):
    row: str
    ok: bool
    say: str
    """What was found, in one line; where it does not hold, what to do or type."""
    tried: bool = True
    """False where there was nothing to try it on: no failure, but no promise either."""


Rows: TypeAlias = Generator[Row, None, T]
"""Gives rows as they are known, and in the end what the rows after them build on."""


class Doing(Protocol):
    """Is told what takes time, before it is done."""

    def __call__(self, what: str, seconds: float = 0.0) -> None:
        """About so many `seconds`; 0: a moment. The same again: it is known better now how many, from its beginning."""


class Plan(Value, frozen=True):
    """What is to hold, and with what."""

    source: str
    settings: Settings
    """In force, with the translation models filled in."""
    keys: Mapping[str, str]
    """Of the translation services, by their names in the environment."""
    out: Path | None
    """The session folder, where one was named."""
    doing: Doing
    rehearsal: str | None = None
    """A recording that stands in for what is said and seen, the day before."""
    delay: float | None = None
    """Seconds behind live that were asked for, if any were."""
    asr_key: str = ""
    """Of the transcription server; empty where there is none."""
    model: str = ""
    """Why there is no speech model; empty where there is one."""
