"""One connection to a source: its capture, and where its sound lies on the session's clock."""

from pathlib import Path

from pipeline.events import Value
from pipeline.settings import SourceSettings
from pipeline.source import parts
from pipeline.source.address import Address
from pipeline.source.arrival import Arrival
from pipeline.source.capture import Capture
from pipeline.source.parts import Anchor

OVERLAP = 60.0
"""Seconds that a server may send again to whom connects again; more, and its sound tells nothing about the time."""


class Opening(Value, frozen=True):
    """What is to be recorded next, and what the source's own clock says of it."""

    address: Address
    began: float | None = None
    """Where its first sample lies on the clock of that name, seconds; None if the source has none that goes on."""
    clock: str = ""
    missing: float | None = None
    """Seconds since the end of the one before, where only that is known."""
    reason: str = ""
    """Why something is missing before it."""


class Connection:
    """Recording from when it is made; see `Capture.start` for what it raises."""

    def __init__(self, opening: Opening, settings: SourceSettings, folder: Path, number: int, patience: float) -> None:
        self.number, self.opening, self.address = number, opening, opening.address
        self.sound = parts.part(folder, number)
        if number > 1:
            self.sound.unlink(missing_ok=True)  # of one that was cut off before it had a place
        self.capture = Capture(opening.address, settings, folder, number, patience)
        self.arrival = Arrival()
        self.known: float | None = None
        """Its place, where that need not be found out."""
        self.most = 0.0
        """Seconds that had come at most: the sound may be gone since, copied to its place."""
        self.grew_at = 0.0
        """When new sound came last, or it began to record, on the clock that `Clock.up` reads."""
        self.at: float | None = None
        """Stream time of its first sample; None until it has its place."""

    @property
    def delivered(self) -> float:
        """Seconds of sound that have come."""
        return parts.seconds(self.sound)

    @property
    def removed(self) -> bool:
        """Somebody has taken away what had come."""
        return self.delivered < self.most

    def grew(self, now: float, delivered: float) -> bool:
        """Whether more has come than ever; `delivered` is what there is `now`."""
        if delivered <= self.most:
            return False
        self.grew_at, self.most = now, delivered
        return True

    @property
    def origin(self) -> float | None:
        """When stream time 0 would have arrived, by this connection; on the clock that `Clock.up` reads."""
        return None if self.at is None or self.arrival.origin is None else self.arrival.origin - self.at

    def by_source(self, before: Anchor | None, recorded: float, latest: float) -> float | None:
        """Its place as the source's own clock tells it; None where it does not, or nothing that can be believed.

        Nothing lies later than `latest`, the stream time of now: an encoder that was restarted may count anew.
        """
        began, missing = self.opening.began, self.opening.missing
        if before and began is not None and before.began is not None and self.opening.clock == before.clock:
            at = before.at + began - before.began
        elif missing is not None:
            at = recorded + missing
        else:
            return None
        return at if recorded - OVERLAP < at < latest + OVERLAP else None

    def by_arrival(self, origin: float | None, recorded: float) -> float | None:
        """Its place by when its sound arrives, beside `origin` of the connection before; None before it settles.

        Behind what is recorded when nothing is known of the time before, or a server begins at the start again.
        """
        first, own = self.arrival.first, self.arrival.origin
        if first is None or own is None:
            return None
        if origin is None:
            return recorded
        at = own - origin
        return at if at > recorded - OVERLAP else max(recorded, first - origin)
