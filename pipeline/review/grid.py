"""The times that a tool can write: one that it had to round is no change. Pure.

SRT has milliseconds, Aegisub hundredths, and Subtitle Edit can keep to the frames of the picture. Which of them a file
was written by is seen from its times: whichever explains most of them, the finest first.
"""

from collections.abc import Iterable

from pipeline.events import Value

_RATES = (100.0, 24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 50.0, 60000 / 1001, 60.0)
_ROUNDED = ((-0.5, 0.5), (-1.0, 0.0), (0.0, 1.0))
"""By how much of a unit a time may move: to the nearest, down, up."""
_MILLISECOND = 0.0011
_MOST = 0.5
"""Of the times: a grid that explains fewer is none."""


class Grid(Value, frozen=True):
    """A tool's times: so many a second, rounded like this (position in `_ROUNDED`)."""

    rate: float = 1000.0
    rounding: int = 0

    def unchanged(self, was: float, now: float) -> bool:
        """Whether `now` is what becomes of `was`; a tool may leave a line alone, and whole milliseconds be cut off."""
        if abs(now - was) <= _MILLISECOND:
            return True
        least, most = _ROUNDED[self.rounding]
        there = abs(now - round(now * self.rate) / self.rate) <= _MILLISECOND
        return there and least / self.rate - _MILLISECOND <= now - was <= most / self.rate + _MILLISECOND


def grid_of(pairs: Iterable[tuple[float, float]]) -> Grid:
    """That of a file, by the times of lines (before, in the file) of which most were not moved."""
    pairs = list(pairs)
    found, most = Grid(), sum(Grid().unchanged(*pair) for pair in pairs)
    for grid in (Grid(rate=rate, rounding=rounding) for rate in _RATES for rounding in range(len(_ROUNDED))):
        if most == len(pairs):
            break
        explained = sum(grid.unchanged(*pair) for pair in pairs)
        if explained > max(most, _MOST * len(pairs)):
            found, most = grid, explained
    return found
