"""What is kept of the stream, and where it lies in what is made of it (pure)."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pipeline.events import Cue, MediaSegment, Value

HOLE = 1.0
"""Seconds between two segments from which on something is missing there: where pictures are told from later ones, a
list says that a segment ends a few pictures early."""
_SPLINTER = 0.05
"""Seconds that are not worth a piece of their own."""
_FLASH = 5 / 6
"""A cue of which a cut leaves less than so many seconds, and less than half, is left out: nobody could read it, and no
broadcaster takes one so short."""

Span = tuple[float, float]


class Stretch(Value, frozen=True):
    """Stream time [start, end), which begins at `at` seconds of what is made."""

    start: float
    end: float
    at: float = 0.0

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def shown(self, stream: float) -> float:
        """When a moment of it is shown."""
        return self.at + stream - self.start


def whole(found: Sequence[MediaSegment]) -> list[Stretch]:
    """All of it at its stream time; where something is missing, that lasts as long as it did."""
    return [Stretch(start=0.0, end=found[-1].end)]


def kept(found: Sequence[MediaSegment], start: float, end: float, cuts: Sequence[Span]) -> list[Stretch]:
    """What was recorded of [start, end) and is not cut out, one after the other, the first at 0."""
    made: list[Stretch] = []
    for first, last in _without(_recorded(found), [(-1.0, start), *cuts, (end, float("inf"))]):
        before = made[-1] if made else None
        made.append(Stretch(start=first, end=last, at=before.at + before.seconds if before else 0.0))
    return made


def length(stretches: Sequence[Stretch]) -> float:
    """Seconds that all of it lasts."""
    return stretches[-1].at + stretches[-1].seconds if stretches else 0.0


def moved(cues: Sequence[Cue], stretches: Sequence[Stretch]) -> list[Cue]:
    """The cues at the times at which they are shown; what is cut out of one is cut out of its time."""
    made = (_moved(cue, stretches) for cue in cues)
    return sorted((cue for cue in made if cue), key=lambda cue: (cue.start, cue.end))


def _moved(cue: Cue, stretches: Sequence[Stretch]) -> Cue | None:
    within = [part for part in stretches if part.start < cue.end and cue.start < part.end]
    if not within:
        return None
    start = within[0].shown(max(cue.start, within[0].start))
    end = within[-1].shown(min(cue.end, within[-1].end))
    if end - start < min(_FLASH, (cue.end - cue.start) / 2):
        return None
    return replace(cue, start=round(start, 3), end=round(end, 3))


def _recorded(found: Sequence[MediaSegment]) -> Iterator[Span]:
    """The stretches of time without a hole."""
    start = end = 0.0
    for number, segment in enumerate(found):
        if number and segment.start > end + HOLE:
            yield start, end
        if not number or segment.start > end + HOLE:
            start = max(0.0, segment.start)
        end = max(end, segment.end)
    if found:
        yield start, end


def _without(spans: Iterator[Span], cuts: Sequence[Span]) -> Iterator[Span]:
    """What the cuts leave of the spans."""
    for start, end in spans:
        at = start
        for first, last in sorted(cuts):
            if at + _SPLINTER < min(first, end):
                yield at, min(first, end)
            at = max(at, last)
        if at + _SPLINTER < end:
            yield at, end
