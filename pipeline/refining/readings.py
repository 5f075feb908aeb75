"""What is said in a recording, heard in several ways.

The ways cut the sound differently, and so the model errs differently (docs/decisions/0021-refine.md).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from msgspec.structs import replace

from pipeline.events import UNSPOKEN, Hypothesis, Sentence, Value
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


def said(heard: Heard) -> tuple[Hypothesis, ...]:
    """Without what was kept back, or left out."""
    return tuple(one for one in heard.events if isinstance(one, Hypothesis) and one.committed)


def before(live: Iterable[Sentence], at: float) -> str:
    """What was said live right before, by time: as no reading is waited for, blocks can be heard in any order."""
    return " ".join(one.text for one in live if at - _BEFORE <= one.start and one.end <= at and one.lang != UNSPOKEN)
