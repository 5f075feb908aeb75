"""Keeps an engine that fails again and again from costing every sentence its time.

closed --three failures in a row--> open --its time is over--> due --a probe fails--> open, for twice as long
                                                                  --a probe succeeds--> closed

Where it is the only one that could answer, it is probed beside the sentences all the time: an engine that is back must
not be missed for a minute.
"""

import threading
import time
from collections.abc import Callable

_FAILURES = 3
"""In a row, after which an engine is left alone."""
_LEAST, _MOST = 5.0, 60.0
"""Seconds for which it is, the first time and at most."""


class Breaker:
    """Whether one engine may be asked; told of every answer. Several threads may use it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` must not jump, as wall clocks do."""
        self._now = now
        self._guard = threading.Lock()
        self._failures = 0
        self._length = _LEAST
        self._until: float | None = None
        self._quiet_until = 0.0
        self.reason = ""
        """The last failure."""

    @property
    def open(self) -> bool:
        """It is not to be asked."""
        return self._until is not None and self._now() < self._until

    @property
    def due(self) -> bool:
        """It was left alone for long enough: one question will tell whether it is back."""
        return self._until is not None and self._now() >= self._until

    @property
    def rested(self) -> bool:
        """It is open still, but where nobody else has an answer a question that nobody waits for does no harm."""
        return self.open and self._now() >= self._quiet_until

    def succeeded(self) -> None:
        with self._guard:
            self._failures, self._length, self._until = 0, _LEAST, None

    def failed(self, reason: str) -> None:
        with self._guard:
            self.reason = reason
            self._failures += 1
            self._quiet_until = self._now() + _LEAST
            if self._failures >= _FAILURES:
                self._until = self._now() + self._length
                self._length = min(2 * self._length, _MOST)

    def hold(self) -> None:
        """A probe is under way, and is asked once: until it ends, or a while has passed, nobody else tries."""
        with self._guard:
            if self._until is not None:
                self._until = self._quiet_until = self._now() + _MOST

    def try_now(self) -> None:
        """There is time to see whether it is back, though its own time is not over."""
        with self._guard:
            if self._until is not None:
                self._until = self._now()
