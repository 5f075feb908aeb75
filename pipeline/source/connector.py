"""Makes the connections of a recording, one after the other, and has the one of now."""

import msgspec

from pipeline.errors import SettingsError
from pipeline.flow import Clock
from pipeline.settings import SourceSettings
from pipeline.source.address import Address
from pipeline.source.connection import Connection, Opening
from pipeline.source.timeline import Timeline


class Connector:
    """Of the recording whose sound goes to `timeline`. One thread makes connections, any may ask and stop."""

    def __init__(self, settings: SourceSettings, timeline: Timeline, clock: Clock, origin: float | None) -> None:
        """`origin`: when stream time 0 arrived, or would have, on the clock that `Clock.up` reads; None if unknown."""
        self._settings, self._timeline, self._clock, self._origin = settings, timeline, clock, origin
        self._number = timeline.last.number if timeline.last else 0
        self.now: Connection | None = None
        self.connected = False
        """It records, or did until just now."""
        self._made_at = clock.up()
        self._recorded: Connection | None = None
        self._stopped = False

    def begin(self, opening: Opening | None, patience: float) -> Connection | None:
        """The connection to what was opened; None where nothing is left of it to record. Errors as `Capture.start`.

        One that was stopped before it began to record has no sound.
        """
        left = self.left(opening.address) if opening else None
        if opening is None or (left is not None and left <= 0):
            return None
        try:
            return self._begin(opening, patience, left)
        except SettingsError:
            if opening.address.ends and self._timeline.recorded:
                return None  # a file that was recorded to its end, and the session was cut off after that
            raise

    def drop(self) -> None:
        """The connection of now is over: its processes end."""
        if self.now:
            self.now.capture.close()
        self._origin = self.origin
        self.now, self.connected = None, False  # nothing of what comes next has been delivered yet

    def stop(self) -> None:
        """Also what is made from now on records nothing. Comes back at once; safe in a signal handler."""
        self._stopped = True
        if self.now:
            self.now.capture.stop()

    def close(self) -> None:
        """Ends its processes, at most 5 s after."""
        if self.now:
            self.now.capture.close()

    @property
    def delivered(self) -> float:
        """Seconds of sound that have come by the connection of now."""
        return self.now.delivered if self.now else 0.0

    @property
    def live(self) -> bool:
        """Its sound comes as time passes; a file may be read ahead."""
        return self.now is not None and (not self.now.address.ends or self._settings.pace is not None)

    @property
    def origin(self) -> float | None:
        """When stream time 0 would have arrived (`Clock.up`), had nothing been late: the earliest that is known. What a
        mirror had fetched before a session was cut off is recorded when it is resumed, minutes late."""
        known = [origin for origin in (self._origin, self.now.origin if self.now else None) if origin is not None]
        return min(known, default=None)

    @property
    def grew_at(self) -> float:
        """When new sound came last (`Clock.up`)."""
        return self._recorded.grew_at if self._recorded else self._made_at

    def left(self, address: Address) -> float | None:
        """Seconds to the end that was asked for, if one was; time without a stream counts, without a file not."""
        if self._settings.length is None:
            return None
        passes = self._origin is not None and not address.ends
        gone = self._clock.up() - (self._origin or 0.0) if passes else self._timeline.recorded
        return self._settings.length - gone

    @property
    def _latest(self) -> float:
        """Stream time that nothing that comes now can be later than."""
        if self._origin is None:
            return self._timeline.recorded + self._clock.up() - self.grew_at
        return max(self._timeline.recorded, self._clock.up() - self._origin)

    def _begin(self, opening: Opening, patience: float, left: float | None) -> Connection:
        """Recording; a file is gone on with where its recording broke off."""
        settings, recorded = self._settings, self._timeline.recorded
        if left is not None:
            settings = msgspec.structs.replace(settings, length=left)
        if opening.address.ends and recorded:
            settings = msgspec.structs.replace(settings, start=settings.start + recorded)
        connection = Connection(opening, settings, self._timeline.folder, self._number + 1, patience)
        self.now = connection
        if self._stopped:  # asked for while it was being made
            connection.capture.stop()
        connection.capture.start()
        if not connection.capture.media.tracks:  # it was stopped: none were looked for
            return connection
        self._number += 1
        first = self._number == 1 or opening.address.ends
        connection.known = recorded if first else connection.by_source(self._timeline.last, recorded, self._latest)
        connection.grew_at = self._clock.up()
        self._recorded, self.connected = connection, True
        return connection
