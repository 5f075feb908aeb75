"""What a client of a captioning system has been told for good, and when."""

import time
from collections.abc import Sequence

from pipeline.events import Value
from pipeline.scores.words import plain


class Arrival(Value, frozen=True):
    """A change of the committed text: of its plain words the first `kept` stay, then come `words`."""

    at: float
    """Seconds since the take began."""
    kept: int
    words: tuple[str, ...]


class Heard:
    """The committed text of one system, as it grows at a client of it."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.text = ""
        self._words: list[str] = []
        self._began = self._last = time.monotonic()

    def begin(self) -> None:
        """The first sample of the take is due now."""
        self._began = self._last = time.monotonic()

    def told(self, text: str) -> None:
        """All that is committed by now; what is not told any more has been taken back."""
        now = time.monotonic()
        if self.had(text, now - self._began):
            self._last = now

    def had(self, text: str, at: float) -> bool:
        """The same `at` a moment, seconds since the take began; whether that is news."""
        self.text, words = text, plain(text).split()
        kept = common(self._words, words)
        if kept == max(len(words), len(self._words)):
            return False
        self.arrivals.append(Arrival(at=at, kept=kept, words=tuple(words[kept:])))
        self._words = words
        return True

    @property
    def quiet(self) -> float:
        """Seconds since something came."""
        return time.monotonic() - self._last


def common(before: Sequence[str], after: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = zip(before, after, strict=False)
    return next((at for at, (old, new) in enumerate(pairs) if old != new), min(len(before), len(after)))
