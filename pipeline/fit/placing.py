"""Where the cues of a session lie in the upload, and which lie nowhere in it (pure)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from pipeline.events import Cue, Value
from pipeline.fit.pieces import Piece

_ENOUGH = 0.5
"""Of a cue's time: with less of it a cue is left out."""
_WHOLE = 0.999
"""... and with less than this it is shortened."""
_EDGE = 0.3
"""Seconds by which a cue may reach over the edge of a piece: there is no sound there that tells the edge better."""
_ALIKE = 0.3
"""What a cue's own sound is like at least."""
_JOINED = 0.5
"""Seconds between two pieces that are seen as one after the other."""

Reason = Literal["missing", "other"]
"""Its sound is not in theirs; there is other sound where it should be."""


class Left(Value, frozen=True):
    """A cue without a counterpart."""

    cue: Cue
    reason: Reason


class Placed(Value, frozen=True):
    """One track on the upload's time."""

    cues: tuple[Cue, ...]
    left: tuple[Left, ...]
    shortened: int
    """Cues of which a part is cut out."""


Alike = Callable[[Piece, float, float], float]
"""How much a part of a piece is like ours; times of theirs."""


def place(cues: Sequence[Cue], pieces: Sequence[Piece], alike: Alike, gap: float) -> Placed:
    """The cues, by time, each wherever its sound is; `gap` seconds at least are kept between two at a join."""
    made: list[Cue] = []
    left: list[Left] = []
    shortened = 0
    for cue in cues:
        there = _places(cue, pieces)
        heard = [parts for parts in there if _heard(parts, alike)]
        made += [_moved(cue, parts) for parts in heard]
        shortened += sum(_share(cue, parts) < _WHOLE for parts in heard)
        if not heard:
            left.append(Left(cue=cue, reason="other" if there else "missing"))
    shown = _apart(sorted(made, key=lambda cue: (cue.start, cue.end)), gap)
    return Placed(cues=tuple(shown), left=tuple(left), shortened=shortened)


_Part = tuple[Piece, float, float]
"""A part of a cue, [start, end) of ours, and the piece that it is in."""


def _places(cue: Cue, pieces: Sequence[Piece]) -> list[list[_Part]]:
    """The parts of the cue at every place in theirs that has enough of it.

    Where something was put in right through a cue, so that no place has enough, the one that has the most.
    """
    there = [parts for run in _runs(pieces) if (parts := _parts(cue, run))]
    if enough := [parts for parts in there if _share(cue, parts) >= _ENOUGH]:
        return enough
    if sum(_share(cue, parts) for parts in there) >= _ENOUGH:
        return [max(there, key=lambda parts: _share(cue, parts))]
    return []


def _share(cue: Cue, parts: Sequence[_Part]) -> float:
    return sum(end - start for _, start, end in parts) / (cue.end - cue.start)


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces that follow on each other in both, as at a cut."""
    run: list[Piece] = []
    for piece in pieces:
        if run and (piece.start - run[-1].end > _JOINED or _from(piece) < _to(run[-1]) - _JOINED):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _from(piece: Piece) -> float:
    return piece.line.ours(piece.start)


def _to(piece: Piece) -> float:
    return piece.line.ours(piece.end)


def _parts(cue: Cue, run: Sequence[Piece]) -> list[_Part]:
    """The parts of a cue that are in a run, what reaches over an edge by little included."""
    parts = []
    for piece in run:
        start, end = max(cue.start, _from(piece)), min(cue.end, _to(piece))
        if end <= start:
            continue
        start = cue.start if start - cue.start <= _EDGE else start
        end = cue.end if cue.end - end <= _EDGE else end
        parts.append((piece, start, end))
    return parts


def _moved(cue: Cue, parts: Sequence[_Part]) -> Cue:
    """From where to where the parts are in theirs."""
    (first, start, _), (last, _, end) = parts[0], parts[-1]
    return replace(cue, start=max(0.0, first.line.theirs(start)), end=last.line.theirs(end))


def _heard(parts: Sequence[_Part], alike: Alike) -> bool:
    """Whether the sound of the longest part is that of the cue."""
    piece, start, end = max(parts, key=lambda part: part[2] - part[1])
    first, last = max(piece.start, piece.line.theirs(start)), min(piece.end, piece.line.theirs(end))
    return alike(piece, first, last) >= _ALIKE


def _apart(cues: Sequence[Cue], gap: float) -> list[Cue]:
    """The cues, each ending before the next begins."""
    made = list(cues[-1:])
    for cue in reversed(cues[:-1]):
        after = made[-1].start
        made.append(cue if cue.end <= after else replace(cue, end=max(cue.start + 0.001, round(after - gap, 3))))
    return made[::-1]
