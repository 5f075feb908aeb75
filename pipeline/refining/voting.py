"""Several readings of the same sound become one: by stretches, the one that the others are nearest to. Pure.

(Minimum Bayes risk over a handful of readings, each with one vote: Goel and Byrne 2000.) What was heard live is one of
them, and stays wherever another has no more for it: agreement alone may be the same error made three times, and words
that are sure alone may be made up (docs/decisions/0021-refine.md).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from math import log
from statistics import mean

from rapidfuzz.distance import Levenshtein

from pipeline.events import Value, Word
from pipeline.scores.words import plain

_LEAST, _GUESS = 0.001, -1.0
"""A probability at the least, as journals round it; and the mean log probability of a guess."""
_SURER = 0.02
"""By how much the mean log probability has to be better."""
_APART = 0.15
"""Seconds without a word in any reading that end a stretch."""


class Heard(Value, frozen=True):
    """A word of a reading."""

    word: Word
    lang: str
    sentence: str = ""
    """Id of the live sentence that it is of."""


class Span(Value, frozen=True):
    """A part of the stream."""

    start: float
    end: float

    def meets(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


Reading = Sequence[Heard]
"""Words, by their starts."""


def voted(
    live: Reading, others: Sequence[Reading], unheard: Sequence[Span], settled: Sequence[Span], *, veto: bool
) -> Iterator[tuple[Heard, ...]]:
    """The words of each stretch, in order. What was `unheard` live has no live vote; in what is `settled` no other has
    one. With a `veto`, live words only give way to such as the model, which is the same, is surer of."""
    readings = (live, *others)
    for stretch in stretches(readings):
        mine, *theirs = [_within(reading, stretch) for reading in readings]
        if any(stretch.meets(span) for span in settled):
            chosen = mine
        elif any(stretch.meets(span) for span in unheard):
            chosen = _nearest(theirs)
        else:
            chosen = _nearest([mine, *theirs])
            if veto and _sure(mine) + _SURER > _sure(chosen):
                chosen = mine
        if chosen:
            yield chosen


def stretches(readings: Sequence[Reading]) -> Iterator[Span]:
    """The stream in stretches between which no reading has a word."""
    words = sorted((heard.word.start, heard.word.end) for reading in readings for heard in reading)
    if not words:
        return
    start, end = words[0]
    for first, last in words[1:]:
        if first > end + _APART:
            yield Span(start=start, end=end)
            start, end = first, last
        end = max(end, last)
    yield Span(start=start, end=end)


def _within(reading: Reading, stretch: Span) -> tuple[Heard, ...]:
    first = bisect_left(reading, stretch.start, key=lambda heard: heard.word.start)
    return tuple(reading[first : bisect_right(reading, stretch.end, key=lambda heard: heard.word.start)])


def _nearest(found: Sequence[tuple[Heard, ...]]) -> tuple[Heard, ...]:
    """The first of those from which the others differ in the fewest words."""
    words = [plain("".join(heard.word.text for heard in reading)).split() for reading in found]
    costs = [sum(Levenshtein.distance(mine, theirs) for theirs in words) for mine in words]
    return found[costs.index(min(costs))]


def _sure(words: Sequence[Heard]) -> float:
    """Mean log probability of the words; that there are none is as good as a guess."""
    return mean(log(max(heard.word.probability, _LEAST)) for heard in words) if words else _GUESS
