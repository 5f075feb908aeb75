"""The archive as the film is made of it: the packets of one connection after the other. PyAV is imported when used."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import groupby
from typing import Any, BinaryIO

from pipeline.events import MediaSegment, Value
from pipeline.export.stretches import Stretch


class Piece(Value, frozen=True):
    """A part of one connection: stream time [start, end), which is shown from `at` on."""

    segments: tuple[MediaSegment, ...]
    """That hold it, each from a keyframe on."""
    head: MediaSegment
    """The first of its connection: a picture's settings may be told there alone."""
    start: float
    end: float
    at: float
    from_start: bool
    """It begins with what that connection has first: nothing is cut there."""
    to_end: bool

    @property
    def origin(self) -> float:
        """Stream time at which the time stamps are 0."""
        return self.segments[0].origin


def pieces(found: Sequence[MediaSegment], stretches: Sequence[Stretch]) -> Iterator[Piece]:
    """What the film is joined of, by time; each moment once, though two connections may have it."""
    for stretch in stretches:
        upto = stretch.start
        for _, group in groupby(found, key=lambda segment: segment.connection):
            mine = list(group)
            start, end = max(upto, mine[0].start), min(stretch.end, mine[-1].end)
            if end > start:
                yield Piece(
                    segments=_holding(mine, start, end),
                    head=mine[0],
                    start=start,
                    end=end,
                    at=stretch.shown(start),
                    from_start=start <= mine[0].start,
                    to_end=end >= mine[-1].end,
                )
                upto = end


def _holding(mine: Sequence[MediaSegment], start: float, end: float) -> tuple[MediaSegment, ...]:
    """From the last that begins at `start` or before on; lists say that some end a few pictures early."""
    first = max((number for number, segment in enumerate(mine) if segment.start <= start), default=0)
    return tuple(segment for segment in mine[first:] if segment.start < end)


@contextmanager
def opened(piece: Piece) -> Iterator[Any]:
    """The PyAV container of a piece's packets, in which those of its `head` may come first."""
    import av

    segments = piece.segments if piece.segments[0] == piece.head else (piece.head, *piece.segments)
    with closing(_Joined(segments)) as joined, av.open(joined, format="mpegts") as container:
        yield container


class _Joined:
    """Files as one, as PyAV reads it."""

    def __init__(self, segments: Sequence[MediaSegment]) -> None:
        self._left = [segment.path for segment in reversed(segments)]
        self._file: BinaryIO | None = None

    def read(self, size: int) -> bytes:
        while self._file or self._left:
            self._file = self._file or self._left.pop().open("rb")
            if data := self._file.read(size):
                return data
            self.close()
        return b""

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
