"""All of it: two recordings, and where one lies in the other. SourceError where that cannot be said for sure."""

from collections.abc import Callable, Sequence

import numpy as np

from pipeline.audio import AudioFile
from pipeline.errors import SourceError
from pipeline.fit import pieces, search
from pipeline.fit.lines import lines, sure
from pipeline.fit.pieces import Piece
from pipeline.fit.prints import AS_IT_IS, RATE, Prints, Speed, length, prints

Tell = Callable[[float, float], None]

_FILM = 25 / 24
_SPEEDS = tuple(Speed(tempo=tempo, pitch=pitch) for tempo in (_FILM, 1 / _FILM) for pitch in (tempo, 1.0))
"""Films of 24 pictures a second shown at 25, and back, with voices higher or lower for it, or put right."""
_SAMPLES = 60
"""Blocks by which a speed is told."""
_SHARE = 0.1
"""Of the shorter recording: with less in common it may be a jingle, or a clip that both show."""


class Match:
    """Where theirs is ours. Pieces are in the time of theirs as if it had not been sped up."""

    def __init__(self, speed: Speed, found: Sequence[Piece], ours: Prints, theirs: Prints) -> None:
        self.speed, self.pieces = speed, tuple(found)
        self._ours, self._theirs = ours, theirs

    @property
    def common(self) -> float:
        """Seconds that are in both."""
        return sum(piece.end - piece.start for piece in self.pieces)

    @property
    def share(self) -> float:
        """... of the shorter one."""
        return self.common * RATE / max(1, min(len(self._ours), len(self._theirs)))

    def alike(self, piece: Piece, start: float, end: float) -> float:
        return pieces.alike(self._ours, self._theirs, piece, start, end)


def fit(ours: AudioFile, theirs: AudioFile, shown: str, tell: Tell) -> Match:
    """Where theirs, which is called `shown`, is ours; `tell` is told how much is done, of how much."""
    known = prints(ours, tell=_part(tell, 0.0, 0.3))
    found = _matched(known, theirs, AS_IT_IS, _part(tell, 0.3, 1.0))
    if found.share < _SHARE and (speed := _sped(known, theirs)):
        found = max(found, _matched(known, theirs, speed, _part(tell, 0.3, 1.0)), key=lambda match: match.share)
    if found.share < _SHARE:
        heard = f"only {found.common:.0f} s of it are" if found.common else "nothing of it is"
        raise SourceError(f"{shown} is not of this event: {heard} heard in the session; choose another video")
    return found


def _part(tell: Tell, first: float, last: float) -> Tell:
    """Tells of a part of what is to be done."""
    return lambda done, total: tell(first + (last - first) * done / max(1, total), 1.0)


def _matched(ours: Prints, sound: AudioFile, speed: Speed, tell: Tell) -> Match:
    theirs = prints(sound, speed, tell=_part(tell, 0.0, 0.4))
    at = search.heard(theirs, range(0, len(theirs) - search.BLOCK + 1, search.BLOCK // 2))
    blocks = theirs[np.add.outer(at, np.arange(search.BLOCK)).astype(int).ravel()]
    hits = sure(search.search(ours, blocks, at, _part(tell, 0.4, 1.0)))
    return Match(speed, pieces.pieces(ours, theirs, lines(hits), hits), ours, theirs)


def _sped(ours: Prints, sound: AudioFile) -> Speed | None:
    """How theirs was sped up, as some blocks of it tell; None if they do not."""
    agreed = {speed: _agreed(ours, sound, speed) for speed in _SPEEDS}
    best = max(_SPEEDS, key=lambda speed: agreed[speed])
    return best if agreed[best] else None


def _agreed(ours: Prints, sound: AudioFile, speed: Speed) -> int:
    """Blocks that are found at that speed."""
    last = length(sound, speed) - search.BLOCK
    at = range(0, last + 1, max(search.BLOCK, last // _SAMPLES))
    blocks = prints(sound, speed, [(first, first + search.BLOCK) for first in at])
    return len(sure(search.search(ours, blocks, at)))
