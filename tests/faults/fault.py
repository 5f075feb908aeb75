"""What a fault is: a name, a plain line of what happens, the stream, the trouble, and what must come of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.show import Show

Act = Callable[[Show, Any], None]
"""Makes the trouble; is given the show and its stream."""


@dataclass(frozen=True)
class Around:
    """What a session is started with beside its stream, and what the trouble needs (`Show.aid`)."""

    more: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    aid: Any = None


@contextmanager
def plain(folder: Path) -> Iterator[Around]:
    """Nothing more."""
    yield Around()


def possible() -> str:
    """No reason to leave a fault out."""
    return ""


@dataclass(frozen=True)
class Fault:
    name: str
    what: str
    stream: Callable[[], Any]
    act: Act
    seconds: float = 70.0
    """Where the programme ends."""
    gaps: tuple[int, int] = (0, 0)
    """How many there may be, least and most."""
    within: float = 0.15
    """Seconds by which a cue after the trouble may be early or late."""
    alike: float = 1.0
    """How like the words of a sentence have to be, 0 to 1: what is lost on the line cannot be heard."""
    around: Callable[[Path], AbstractContextManager[Around]] = plain
    """Prepares a session folder."""
    untranslated: bool = False
    """Lines may have no English in the end: it was stopped before an engine was back."""
    short: bool = False
    """Part of the short choice."""
    missing: Callable[[], str] = possible
    """Why it cannot be done on this machine; empty if it can."""
