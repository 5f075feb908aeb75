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


class Arrival:
    """One connection's sound as it arrives. Times are of a clock that never jumps, seconds."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._seen: deque[tuple[float, float]] = deque()  # when, and the origin as of then
        self.origin: float | None = None
        """When the first sample would have arrived if nothing ever were late; None before there is any."""

    def note(self, now: float, delivered: float) -> None:
        """So many seconds of sound have been delivered by `now`."""
        if delivered <= 0:
            return
        self._first = now if self._first is None else self._first
        self._seen.append((now, now - delivered))
        while self._seen[0][0] < now - WINDOW:
            self._seen.popleft()
        self.origin = min(origin for _, origin in self._seen)

    @property
    def first(self) -> float | None:
        """When the first sound was seen."""
        return self._first

    @property
    def settled(self) -> bool:
        return self._first is not None and self._seen[-1][0] - self._first >= SETTLED
