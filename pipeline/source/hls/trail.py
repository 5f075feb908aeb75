"""Where we are in a playlist that moves on: what of it is new, and whether it goes on from what we have. Pure.

A playlist may come from a cache that is behind, from an encoder that was restarted and counts from 0 again, or hold two
hours that were said already; none of that may be heard twice.
"""

from collections.abc import Sequence

from pipeline.source.hls.playlist import Listed, Piece, joined

EDGE = 3
"""Pieces before the newest at which a live stream is joined."""

_STALE = 30.0
"""Seconds for which a playlist may be behind what we have, before the encoder must have been restarted."""
_CLOSE = 10
"""Pieces by which a cache may be behind; an encoder that was restarted counts from elsewhere."""
_WOBBLE = 10.0
"""Seconds by which a server may change its mind about when a piece was."""
_REMEMBERED = 500
"""Names of pieces."""

DISCONTINUITY = "the encoder of the stream changed something"
GAP = "the stream was cut, and its server no longer has what came meanwhile"
RESTART = "the encoder of the stream was restarted"


class Trail:
    """What was taken of a playlist. Times are seconds on a clock that never jumps, given by the caller."""

    def __init__(self, last: Piece | None = None) -> None:
        self.last = last
        self.moved = last is not None
        """The same stream now has another address: names may have changed, numbers not."""
        self._names = {last.sequence: last.name} if last else {}
        self._placed_at: float | None = None

    def news(self, listed: Listed, now: float) -> list[Piece]:
        """What is new in the playlist, oldest first; a piece that does not go on from the one before it says so."""
        new, why, missing = self._new(listed, now)
        pieces = [_flagged(piece) for piece in new]
        if pieces and why:
            pieces[0] = joined(pieces[0], why, missing)
        for piece in listed.pieces if new else ():
            self._names[piece.sequence] = piece.name
        for old in sorted(self._names)[:-_REMEMBERED]:
            del self._names[old]
        if pieces:
            self.last = pieces[-1]
        return pieces

    def _new(self, listed: Listed, now: float) -> tuple[Sequence[Piece], str, float | None]:
        """What is new, and why its first does not go on from what we have, if so."""
        pieces, last = listed.pieces, self.last
        if not pieces:
            return (), "", 0.0
        if last is None:
            self._placed_at = now
            return pieces[-EDGE:], "", 0.0
        index = self._after(pieces, last)
        if index is not None:
            self._placed_at, self.moved = now, False
            return pieces[index:], "", 0.0
        if pieces[0].sequence > last.sequence + 1:
            self._placed_at, self.moved = now, False
            return pieces, GAP, _between(last, pieces[0])
        if self._behind(pieces, last, now):
            return (), "", 0.0
        return self._restarted(listed, last, now), RESTART, None

    def _after(self, pieces: Sequence[Piece], last: Piece) -> int | None:
        """The place right after the last piece we have; None where the playlist does not have that place."""
        offset = last.sequence - pieces[0].sequence
        if 0 <= offset < len(pieces) and self._same(pieces[offset], last):
            return offset + 1
        if offset == -1 and not _apart(pieces[0].programme_at, last.over_at, last.seconds):
            return 0
        named = [i for i, piece in enumerate(pieces) if piece.name == last.name]
        if len(named) == 1 and not _apart(pieces[named[0]].programme_at, last.programme_at, last.seconds):
            return named[0] + 1  # numbered anew
        if last.over_at is None or pieces[0].programme_at is None:
            return None
        later = (i for i, p in enumerate(pieces) if p.programme_at and p.programme_at > last.over_at - p.seconds / 2)
        found = next(later, None)
        return None if found is None or _apart(pieces[found].programme_at, last.over_at, last.seconds / 2) else found

    def _same(self, piece: Piece, last: Piece) -> bool:
        if piece.name == last.name:
            return not _apart(piece.programme_at, last.programme_at, _WOBBLE)
        if piece.programme_at is not None and last.programme_at is not None:
            return not _apart(piece.programme_at, last.programme_at, last.seconds)
        return self.moved

    def _behind(self, pieces: Sequence[Piece], last: Piece, now: float) -> bool:
        """An older state of the playlist, from a cache."""
        if last.programme_at is not None and pieces[-1].programme_at is not None:
            return pieces[-1].programme_at <= last.programme_at
        known = any(self._names.get(piece.sequence) == piece.name for piece in pieces)
        close = 0 < last.sequence - pieces[-1].sequence < _CLOSE
        return (known or close) and now - (now if self._placed_at is None else self._placed_at) < _STALE

    def _restarted(self, listed: Listed, last: Piece, now: float) -> Sequence[Piece]:
        """What was said since: by the programme's clock, or no more than the time that has passed."""
        pieces = listed.pieces
        passed = now - (now if self._placed_at is None else self._placed_at) + EDGE * listed.target
        self._placed_at, self.moved = now, False
        self._names.clear()
        if (over_at := last.over_at) is not None and pieces[-1].programme_at is not None:
            return [p for p in pieces if p.programme_at is None or p.programme_at > over_at - p.seconds / 2]
        taken = len(pieces)
        while taken and (passed := passed - pieces[taken - 1].seconds) >= 0:
            taken -= 1
        return pieces[min(taken, len(pieces) - 1) :]


def _apart(one: float | None, other: float | None, most: float) -> bool:
    """Two times that are told, and more than `most` seconds apart."""
    return one is not None and other is not None and abs(one - other) > most


def _between(last: Piece, piece: Piece) -> float:
    """Seconds that lie between two pieces."""
    if last.over_at is not None and piece.programme_at is not None:
        return max(0.0, piece.programme_at - last.over_at)
    return (piece.sequence - last.sequence - 1) * (last.seconds + piece.seconds) / 2


def _flagged(piece: Piece) -> Piece:
    return joined(piece, DISCONTINUITY, 0.0) if piece.discontinuity else piece
