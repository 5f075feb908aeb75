"""Where a connection's first sample lies in time, told by when its sound arrives (pure).

Sound that arrives in real time comes a constant while after it was sent, now and then later, never earlier. So the
least of (arrival - seconds delivered) is when the first sample would have come had nothing ever been late; a server's
burst at the beginning and the time it takes to look at a stream are in it for every connection alike, and cancel where
two are compared. Only the last minute counts: over hours, clocks of two machines run apart.
"""

from collections import deque

SETTLED = 3.0
"""Seconds after the first sound from which the origin is taken for true."""
WINDOW = 60.0
_PAUSE = 10.0
"""Seconds between two arrivals that count at most: a server that was away sends what is late first."""


class Arrival:
    """One connection's sound as it arrives. Times are of a clock that never jumps, seconds."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._noted = self._grew = self._delivered = 0.0
        self._came = 0.0
        """Seconds over which sound has come."""
        self._seen: deque[tuple[float, float]] = deque()  # after so many of them, and the origin as of then
        self.origin: float | None = None
        """When the first sample would have arrived if nothing ever were late; None before there is any."""

    def note(self, now: float, delivered: float) -> None:
        """So many seconds of sound have been delivered by `now`."""
        if delivered <= 0:
            return
        if self._first is None:
            self._first = self._grew = now
        self._noted = now
        if delivered <= self._delivered:
            return
        self._came += min(now - self._grew, _PAUSE)
        self._grew, self._delivered = now, delivered
        self._seen.append((self._came, now - delivered))
        while self._seen[0][0] < self._came - WINDOW:
            self._seen.popleft()
        self.origin = min(origin for _, origin in self._seen)

    @property
    def first(self) -> float | None:
        """When the first sound was seen."""
        return self._first

    @property
    def settled(self) -> bool:
        return self._first is not None and self._noted - self._first >= SETTLED
