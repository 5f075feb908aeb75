"""Which line stands in the picture at a moment of the stream, by the rules of /screen (`lines.js`; pure)."""

from collections.abc import Collection, Sequence
from math import inf

from pipeline.events import Cue

_LEFT, _PART = 1.0, 0.5
"""Seconds, or the part of its own time, that a line must still have when it comes too late to be shown at all."""


class Shown:
    """Remembers which lines have been shown: those stay until they are over."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def at(self, cues: Sequence[Cue], held: Collection[str], stream: float, opened: Collection[str] = ()) -> Cue | None:
        """The one line of the frame at `stream`: a typed one first, else the one that began last. One that is `opened`
        in an editor is not shown until it is closed, unless it stands already."""
        begun = [c for c in cues if c.start <= stream < c.end and c.id not in held]
        there = [c for c in begun if c.id in self._seen or (c.id not in opened and in_time(c, stream))]
        if not there:
            return None
        chosen = max(there, key=lambda cue: inf if "typed" in cue.flags else cue.start)
        self._seen.add(chosen.id)
        return chosen


def in_time(cue: Cue, stream: float) -> bool:
    """Whether enough is left of a line that comes at `stream`."""
    return cue.end - stream >= min(_LEFT, _PART * (cue.end - cue.start))
