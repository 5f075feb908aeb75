"""From where to where theirs is ours: of all ways to follow the lines, the one along which the sound is most alike."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from pipeline.events import Value
from pipeline.fit.lines import NEAR, Line
from pipeline.fit.prints import BANDS, RATE, Prints
from pipeline.fit.search import BLOCK, Floats, Hit

_CELL = 5
"""Frames that are decided on together: 50 ms."""
_EVEN = 0.45
"""Likeness at which being ours and not being ours are worth the same."""
_CHANGE = 1.5
"""Seconds of the usual sound, quite the same in both, that a change of line costs."""
_MOST = 15_000_000
"""Cells of all lines together: with so many the memory is bounded, and there are 70 lines for three hours."""
_QUIET = 100.0 * BANDS
"""Of a frame: with less on average nothing is heard."""
_AT_ONCE = 30_000
"""Frames: five minutes."""


class Piece(Value, frozen=True):
    """Theirs from `start` to `end` is ours along the line."""

    start: float
    end: float
    line: Line
    like: float
    """How much alike the two are there, 1 for the same; the loud parts count most."""


def pieces(ours: Prints, theirs: Prints, found: Sequence[Line], hits: Sequence[Hit]) -> list[Piece]:
    """By time; each holds at least one of the hits, which are sure. Of too many lines the first are taken."""
    found = found[: max(1, _MOST * _CELL // max(1, len(theirs)))]
    if not found:
        return []
    usual = max(1.0, float(np.mean(theirs.astype(np.float32) ** 2)) * BANDS * _CELL)
    scores = np.stack([_scores(ours, theirs, line) / usual for line in found])
    path = _followed(scores, _CHANGE * RATE / _CELL * (1 - _EVEN))
    made = [_piece(ours, theirs, found[way], first, last) for first, last, way in _runs(path)]
    return _with_pauses(ours, theirs, [piece for piece in made if any(_holds(piece, hit) for hit in hits)])


def _piece(ours: Prints, theirs: Prints, line: Line, first: int, last: int) -> Piece:
    piece = Piece(start=first * _CELL / RATE, end=last * _CELL / RATE, line=line, like=1.0)
    return replace(piece, like=alike(ours, theirs, piece, piece.start, piece.end))


def alike(ours: Prints, theirs: Prints, piece: Piece, start: float, end: float) -> float:
    """Likeness of a part of a piece, times of theirs; 1 where nothing is heard in either."""
    both, each = _products(ours, theirs, piece.line, round(start * RATE), round(end * RATE))
    return 1.0 if each.sum() <= _QUIET * len(each) else float(both.sum() / each.sum())


def _with_pauses(ours: Prints, theirs: Prints, made: Sequence[Piece]) -> list[Piece]:
    """Each with the time around it in which nothing is heard in either: no sound there tells that it is not ours.

    Between two pieces the first has it, since a line stays on screen when its words are over, and none begins before.
    """
    found: list[Piece] = []
    for number, piece in enumerate(made):
        before = _cell(found[-1].end) if found else 0
        after = _cell(made[number + 1].start) if number + 1 < len(made) else len(theirs) // _CELL
        first = _pause(ours, theirs, piece.line, range(_cell(piece.start) - 1, before - 1, -1))
        last = _pause(ours, theirs, piece.line, range(_cell(piece.end), after))
        start, end = piece.start - first * _CELL / RATE, piece.end + last * _CELL / RATE
        found.append(replace(piece, start=round(start, 3), end=round(end, 3)))
    return found


def _cell(seconds: float) -> int:
    return round(seconds * RATE / _CELL)


def _pause(ours: Prints, theirs: Prints, line: Line, cells: Iterable[int]) -> int:
    """How many of the cells, from the first on, are in both, and heard in neither."""
    return sum(1 for _ in takewhile(lambda cell: _unheard(ours, theirs, line, cell), cells))


def _unheard(ours: Prints, theirs: Prints, line: Line, cell: int) -> bool:
    start, end = cell * _CELL, (cell + 1) * _CELL
    if line.ours(start / RATE) < 0 or line.ours(end / RATE) * RATE > len(ours) + 1:
        return False
    return bool(_products(ours, theirs, line, start, end)[1].max() <= _QUIET)


def _holds(piece: Piece, hit: Hit) -> bool:
    """Whether the whole block lies in the piece, on its line."""
    inside = piece.start <= hit.theirs - BLOCK / RATE / 2 + NEAR and hit.theirs + BLOCK / RATE / 2 - NEAR <= piece.end
    return inside and abs(piece.line.ours(hit.theirs) - hit.ours) <= 2 * NEAR


def _scores(ours: Prints, theirs: Prints, line: Line) -> Floats:
    """For each cell of theirs: how much speaks for its being ours along the line."""
    made = np.zeros(len(theirs), np.float32)
    for first in range(0, len(theirs), _AT_ONCE):
        both, each = _products(ours, theirs, line, first, first + _AT_ONCE)
        made[first : first + len(both)] = both - _EVEN * each
    cells = len(theirs) // _CELL
    return np.asarray(made[: cells * _CELL].reshape(cells, _CELL).sum(axis=1))


def _products(ours: Prints, theirs: Prints, line: Line, first: int, last: int) -> tuple[Floats, Floats]:
    """For each frame in [first, last): how much of it is in ours too, and how much there is in each on average."""
    frames = np.arange(first, min(last, len(theirs)))
    places = np.rint(line.rate * frames + line.shift * RATE).astype(int)
    there = ours[np.clip(places, 0, len(ours) - 1)].astype(np.float32)
    there[(places < 0) | (places >= len(ours))] = 0.0
    here = theirs[frames].astype(np.float32)
    both = np.einsum("ij,ij->i", here, there)
    each = (np.einsum("ij,ij->i", here, here) + np.einsum("ij,ij->i", there, there)) / 2
    return both, each


def _followed(scores: Floats, change: float) -> NDArray[np.int32]:
    """The line that each cell is on, -1 for none, with the highest sum of scores less the changes (Viterbi)."""
    ways, cells = scores.shape
    entered = np.zeros((cells, ways), bool)
    left = np.zeros(cells, np.int32)  # where one comes from that enters a line, or that is on none
    sums, outside = np.full(ways, -np.inf), 0.0
    for cell, gained in enumerate(scores.T):
        top = int(sums.argmax())
        left[cell], outside = (top, float(sums[top])) if sums[top] > outside else (-1, outside)
        entered[cell] = outside - change > sums
        sums = np.where(entered[cell], outside - change, sums) + gained
    path = np.full(cells, -1, np.int32)
    way = int(sums.argmax()) if sums.max() > outside else -1
    for cell in range(cells - 1, -1, -1):
        path[cell] = way
        if way < 0 or entered[cell, way]:
            way = int(left[cell])
    return path


def _runs(path: NDArray[np.int32]) -> Iterator[tuple[int, int, int]]:
    """(first, last + 1, line) of each stretch on one line."""
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    for first, last in pairwise(edges):
        if last > first and path[first] >= 0:
            yield first, last, int(path[first])
