"""A sentence spoken: its audio, trimmed, with the times of its words and phonemes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.recipe.speak import Manner, Mark, Spoken, say

SAMPLE_RATE = 16_000

VOICES = ("fr", "roa/fr-BE", "roa/fr-CH", "fr+f2", "fr+f4", "roa/fr-BE+f1", "fr+m3", "roa/fr-CH+m7")
"""The espeak voices that the demo recogniser knows."""

_AUDIBLE = 0.01
"""Samples below this are the silence that espeak adds at the end."""

Audio = NDArray[np.float32]
"""One-dimensional, -1 to 1, mono."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word as written, punctuation included; seconds; the pause after a word is not part of it."""

    text: str
    start: float
    end: float

    def moved(self, seconds: float) -> "TimedWord":
        return replace(self, start=self.start + seconds, end=self.end + seconds)


@dataclass(frozen=True, slots=True)
class Phone:
    """The moment a phoneme begins; `name` starts with an underscore where espeak is silent."""

    name: str
    start: float


@dataclass(frozen=True, slots=True)
class Utterance:
    audio: Audio
    words: tuple[TimedWord, ...]
    phones: tuple[Phone, ...]


def utter(text: str, manner: Manner, rate: int = SAMPLE_RATE) -> Utterance:
    """`text` spoken, at `rate`; it ends 10 ms after its last audible sample."""
    import soxr

    spoken = say(text, manner)
    audio = soxr.resample(spoken.samples, spoken.rate, rate)
    audible = (np.flatnonzero(np.abs(audio) > _AUDIBLE) + 1) / rate
    return Utterance(
        audio=audio[: int(audible[-1] * rate) + rate // 100],
        words=_words(text, spoken, audible),
        phones=tuple(Phone(mark.phoneme, mark.start) for mark in spoken.phonemes),
    )


def _words(text: str, spoken: Spoken, audible: NDArray[np.float64]) -> tuple[TimedWord, ...]:
    """`audible`: the moments that can be heard, seconds; a word before a pause ends with the last of its own."""
    written = text.split()
    end = float(audible[-1])
    starts = _filled(_starts(text, written, spoken.words), end)
    pauses = [mark.start for mark in spoken.phonemes if mark.phoneme.startswith("_")]
    words = []
    for word, start, following in zip(written, starts, [*starts[1:], end], strict=True):
        if any(start < pause < following for pause in pauses):
            following = float(audible[np.searchsorted(audible, following, side="right") - 1])
        words.append(TimedWord(word, start, following))
    return tuple(words)


def _starts(text: str, written: list[str], marks: tuple[Mark, ...]) -> list[float | None]:
    """The mark that lies in each written word; None where espeak spoke two written words as one."""
    by_position = {mark.position: mark.start for mark in marks}
    starts: list[float | None] = []
    position = 0
    for word in written:
        first = text.index(word, position)
        position = first + len(word)
        starts.append(next((by_position[at] for at in range(first, position) if at in by_position), None))
    return starts


def _filled(starts: list[float | None], end: float) -> list[float]:
    """Missing starts spread evenly between their neighbours."""
    filled: list[float] = []
    for index, start in enumerate(starts):
        if start is None and index:
            later = ((at, known) for at, known in enumerate(starts) if at > index and known is not None)
            at, known = next(later, (len(starts), end))
            start = filled[-1] + (known - filled[-1]) / (at - index + 1)
        filled.append(start or 0.0)
    return filled
