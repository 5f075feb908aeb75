"""When the stream sent nothing: what the wall clock knows and stream time cannot, for it stands still then. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pipeline.events import Ended, Progress, Value, Warned
from pipeline.journal import Entry
from pipeline.scores import latency
from pipeline.stall import NOTHING

_LEAST = 10.0
"""Seconds without new sound that are worth a word; HLS delivers every few seconds. Notes are never so far apart."""
_AFTER = 2.0
"""Seconds between two notes: that the stream is back may be told so long after the one that shows it, or before."""


class Silence(Value, frozen=True):
    """A time in which nothing was recorded, though it should have been."""

    stream: float
    """Where the recording stood, stream time."""
    from_at: float
    to_at: float

    @property
    def seconds(self) -> float:
        return self.to_at - self.from_at

    @property
    def clock(self) -> str:
        """`21:04:12 to 21:05:30`, as clocks go where the page is made."""
        return " to ".join(f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}" for at in (self.from_at, self.to_at))


def silences(entries: Sequence[Entry]) -> list[Silence]:
    """Every stretch of notes, more than ten seconds long, that say the same of how much is recorded.

    The last one counts only if the session warned that more was expected: a stream that has ended is still being heard.
    """
    live = latency.live(entries)
    warned = [entry.at for entry in entries if tells(entry)]
    found = []
    for stream, from_at, to_at, over in _stretches(entries):
        expected = any(from_at <= at <= to_at for at in warned)
        if to_at - from_at > _LEAST and (expected or (live and over)):
            found.append(Silence(stream=stream, from_at=from_at, to_at=to_at))
    return found


def tells(entry: Entry) -> bool:
    """Whether it is the warning of a stream that sends nothing."""
    return isinstance(entry.event, Warned) and entry.event.text.startswith(NOTHING)


def within(entry: Entry, silence: Silence) -> bool:
    """Whether it was written while the stream sent nothing."""
    return silence.from_at <= entry.at <= silence.to_at + _AFTER


def _stretches(entries: Sequence[Entry]) -> Iterator[tuple[float, float, float, bool]]:
    """(recorded, wall clock from, to, whether it grew then) of all notes; the machine slept where there are none."""
    notes = [(entry.at, entry.event.recorded) for entry in entries if isinstance(entry.event, Progress)]
    if not notes:
        return
    since, last = notes[0], notes[0]
    for note in notes[1:]:
        slept = note[0] - last[0] > _LEAST
        if note[1] > since[1] or slept:
            yield since[1], since[0], last[0] if slept else note[0], True
            since = note
        last = note
    # What people do on the pages when it has ended is written behind its end.
    ends = [entry.at for entry in entries if isinstance(entry.event, Ended) and entry.at >= last[0]]
    yield since[1], since[0], ends[0] if ends else entries[-1].at, False
