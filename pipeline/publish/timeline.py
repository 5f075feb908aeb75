"""Where the recorded segments lie in a playback that has no gaps (pure)."""

from collections.abc import Sequence
from math import inf

from pipeline.events import MediaSegment, Value


class Piece(Value, frozen=True):
    """A segment in its place in the playback."""

    number: int
    """Counted from 0."""
    segment: MediaSegment
    at: float
    """Seconds of playback before it."""
    begins: bool
    """It is the first of its connection."""
    until: float
    """Stream time at which its connection ends; infinite for the last, which may go on."""
    run: int
    """How many connections there were before."""

    @property
    def seconds(self) -> float:
        return self.segment.end - self.segment.start

    def played(self, stream: float) -> float:
        """When in the playback a moment of its connection is shown."""
        return self.at + stream - self.segment.start


def pieces(found: Sequence[MediaSegment]) -> list[Piece]:
    """The segments one after the other; what is missing between two connections takes no time."""
    until = {segment.connection: segment.end for segment in found}
    if found:
        until[found[-1].connection] = inf
    made: list[Piece] = []
    for number, segment in enumerate(found):
        before = made[-1] if made else None
        begins = before is None or before.segment.connection != segment.connection
        if before is None:
            at, run = 0.0, 0
        elif begins:
            at, run = before.at + before.seconds, before.run + 1
        else:  # by its time stamps, as players have it
            at, run = before.played(segment.start), before.run
        ends = until[segment.connection]
        made.append(Piece(number=number, segment=segment, at=at, begins=begins, until=ends, run=run))
    return made
