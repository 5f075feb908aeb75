"""What several blocks agree on: by how much theirs is later, and whether its clock runs a little fast (pure)."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from pipeline.events import Value
from pipeline.fit.search import Hit

LIKE = 0.6
"""A block is found where it is so much like ours at least: the same voice saying other words came to 0.5 at most, and
speech with music 15 dB below it to 0.7 at least (docs/fit.md)."""
_ALONE = 0.8
"""... and no other place is so nearly as like."""
NEAR = 0.025
"""Seconds by which blocks on one line may be off."""
_DRIFT = 0.0015
"""By which a clock may run fast or slow: films at 23.976 pictures a second shown as 24 do by 0.001."""
_FORGOT = 20.0
"""Seconds after which no drift is allowed for."""
_LEAST, _LONG = 4, 20.0
"""Blocks and seconds from which on a drift can be told."""


class Line(Value, frozen=True):
    """ours = rate * theirs + shift, seconds."""

    shift: float
    rate: float = 1.0

    def ours(self, theirs: float) -> float:
        return self.rate * theirs + self.shift

    def theirs(self, ours: float) -> float:
        return (ours - self.shift) / self.rate


def sure(hits: Sequence[Hit]) -> list[Hit]:
    """Those that lie there and nowhere else."""
    return [hit for hit in hits if hit.like >= LIKE and hit.next < _ALONE * hit.like]


def lines(hits: Sequence[Hit]) -> list[Line]:
    """Each line that some of the hits lie on, those with the most first; `hits` are sure, by time."""
    groups: list[list[Hit]] = []
    for hit in hits:
        off = [_off(group[-1], hit) for group in groups]
        if off and min(off) < NEAR:
            groups[off.index(min(off))].append(hit)
        else:
            groups.append([hit])
    return list(chain.from_iterable(map(_fitted, sorted(groups, key=len, reverse=True))))


def _off(last: Hit, hit: Hit) -> float:
    """Seconds by which a hit is off the place of the last one, less what a clock may have drifted since."""
    drift = _DRIFT * min(_FORGOT, hit.theirs - last.theirs)
    return abs((hit.ours - hit.theirs) - (last.ours - last.theirs)) - drift


def _fitted(group: Sequence[Hit]) -> Iterator[Line]:
    """One line, or several one after the other where a clock did not drift evenly."""
    theirs, ours = (np.array([getattr(hit, side) for hit in group]) for side in ("theirs", "ours"))
    line = Line(shift=float(np.median(ours - theirs)))
    if len(group) >= _LEAST and theirs[-1] - theirs[0] >= _LONG:
        rate, _ = np.polyfit(theirs, ours, 1)
        line = Line(shift=float(np.mean(ours - rate * theirs)), rate=float(rate))
    worst = float(np.abs(ours - line.rate * theirs - line.shift).max())
    if worst <= NEAR or len(group) < 2 * _LEAST:
        yield line
        return
    middle = len(group) // 2
    yield from _fitted(group[:middle])
    yield from _fitted(group[middle:])
