"""Who watches a session, and what there is to see."""

from datetime import datetime
from typing import Protocol

from pipeline.events import Value
from pipeline.journal import Entry


class Status(Value, frozen=True):
    """How a running session stands; seconds, but for `speed` and `level`."""

    recorded: float
    heard: float
    speed: float | None
    """Seconds of sound recognised per second of work; None before the first."""
    level: float
    """Loudness of the last moment, dB below full scale (0 is the loudest)."""
    stopping: bool
    quiet: float = 0.0
    """Seconds for which the stream has sent nothing, once that is worth telling; else 0."""

    @property
    def behind(self) -> float:
        """Seconds of recorded sound still to be heard."""
        return max(0.0, self.recorded - self.heard)


class View(Protocol):
    """Who watches a session."""

    def show(self, entry: Entry) -> None:
        """An event was journaled; called from several threads, one at a time."""

    def announce(self, starts_at: datetime | None) -> None:
        """The stream is not live yet; called once a second."""
