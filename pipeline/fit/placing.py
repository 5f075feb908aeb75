"""Where the cues of a session lie in the upload, and which lie nowhere in it (pure)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from pipeline.events import Cue, Value
from pipeline.fit.pieces import Piece

_ENOUGH = 0.5
"""Of a cue's time: with less of it a cue is left out."""
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
    made: list[tuple[Cue, bool]] = []
    left: list[Left] = []
    for cue in cues:
        there = list(_places(cue, pieces))
        heard = [(at, cut) for at, cut, parts in there if _heard(parts, alike)]
        made += [(replace(cue, start=start, end=end), cut) for (start, end), cut in heard]
        if not heard:
            left.append(Left(cue=cue, reason="other" if there else "missing"))
    made.sort(key=lambda one: (one[0].start, one[0].end))
    shown = _apart([cue for cue, _ in made], gap)
    return Placed(cues=tuple(shown), left=tuple(left), shortened=sum(cut for _, cut in made))


_Part = tuple[Piece, float, float]
"""What of theirs [start, end) is a part of a cue."""


def _places(cue: Cue, pieces: Sequence[Piece]) -> Iterator[tuple[tuple[float, float], bool, list[_Part]]]:
    """Every ((start, end), whether something is cut out, parts) in theirs that has enough of the cue.

    Where an insertion goes through a cue, so that no place has enough, the one that has the most.
    """
    runs = [(run, _shares(cue, run)) for run in _runs(pieces)]
    shares = [sum(end - start for _, start, end in parts) / (cue.end - cue.start) for _, parts in runs]
    enough = [share for share in shares if share >= _ENOUGH]
    least = min(enough) if enough else max(shares, default=0.0) if sum(shares) >= _ENOUGH else 2.0
    for (_, parts), share in zip(runs, shares, strict=True):
        if share >= least:
            yield _span(cue, parts), share < 1 - 1e-6, parts
            if not enough:
                return


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


def _shares(cue: Cue, run: Sequence[Piece]) -> list[_Part]:
    """The parts of a cue that are in a run, what reaches over an edge by little included."""
    parts = []
    for piece in run:
        start, end = max(cue.start, _from(piece)), min(cue.end, _to(piece))
        if end <= start:
            continue
        start = cue.start if start - cue.start <= _EDGE else start
        end = cue.end if cue.end - end <= _EDGE else end
        parts.append((piece, max(0.0, piece.line.theirs(start)), piece.line.theirs(end)))
    return parts


def _span(cue: Cue, parts: Sequence[_Part]) -> tuple[float, float]:
    return parts[0][1], parts[-1][2]


def _heard(parts: Sequence[_Part], alike: Alike) -> bool:
    """Whether the sound of the longest part is that of the cue."""
    piece, start, end = max(parts, key=lambda part: part[2] - part[1])
    return alike(piece, max(start, piece.start), min(end, piece.end)) >= _ALIKE


def _apart(cues: Sequence[Cue], gap: float) -> list[Cue]:
    """The cues, each ending before the next begins."""
    made = list(cues[-1:])
    for cue in reversed(cues[:-1]):
        after = made[-1].start
        made.append(cue if cue.end <= after else replace(cue, end=max(cue.start + 0.001, round(after - gap, 3))))
    return made[::-1]
