"""The times that a tool can write: one that it had to round is no change. Pure.

SRT has milliseconds, Aegisub hundredths, and Subtitle Edit can keep to the frames of the picture. Which of them a file
was written by is seen from its times: whichever explains most of them, the finest first.
"""

import math
from collections.abc import Callable, Iterable, Sequence

from pipeline.events import Value

_RATES = (100.0, 24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 50.0, 60000 / 1001, 60.0)
_ROUND: Sequence[Callable[[float], float]] = (lambda x: math.floor(x + 0.5), math.floor, math.ceil)
_MILLISECOND = 0.0011
_MOST = 0.5
"""Of the times: a grid that explains fewer is none."""


class Grid(Value, frozen=True):
    """A tool's times: so many a second, rounded like this (position in `_ROUND`)."""

    rate: float = 1000.0
    rounding: int = 0

    def unchanged(self, was: float, now: float) -> bool:
        """Whether `now` is what becomes of `was`; a tool may leave a line alone, and whole milliseconds be cut off."""
        made = _ROUND[self.rounding](round(was * self.rate, 6)) / self.rate
        return min(abs(now - made), abs(now - was)) <= _MILLISECOND


def grid_of(pairs: Iterable[tuple[float, float]]) -> Grid:
    """That of a file, by the times of lines (before, in the file) of which most were not moved."""
    pairs = list(pairs)
    found, most = Grid(), sum(Grid().unchanged(*pair) for pair in pairs)
    for grid in (Grid(rate=rate, rounding=rounding) for rate in _RATES for rounding in range(len(_ROUND))):
        if most == len(pairs):
            break
        explained = sum(grid.unchanged(*pair) for pair in pairs)
        if explained > max(most, _MOST * len(pairs)):
            found, most = grid, explained
    return found
