"""What is done when the recogniser is too slow: it hears less well, step by step, and at last leaves something out.

| level | what                                                         |
|-------|--------------------------------------------------------------|
| 0     | all it can                                                   |
| 1     | the likeliest reading only (beam 1)                          |
| 2     | longer stretches, which cost less than many short ones       |
| 3     | what waits is left out, but for the last moment; it is heard when the stream has ended |
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from pipeline.events import Chunk, Skipped, Value, Warned
from pipeline.settings import SpeechSettings

HOLD = 6.0
"""Seconds that a lag must last: after an outage, whoever is fast has caught up by then."""
BACK = 0.4
"""Share of a level's lag under which it is left again: so that it does not come and go."""
PATIENCE = 20.0
"""Seconds of lag growing at level 2 before something is left out: whoever catches up needs no help."""
LEFT = 5.0
"""Seconds that are still heard of what waits."""
LONGEST, PAUSE = 20.0, 0.8
"""Seconds: an utterance at level 2, and the silence that ends it."""


class Degraded(Value, frozen=True):
    """From here on the recogniser is to work at this level."""

    level: int


def degraded(settings: SpeechSettings, level: int) -> SpeechSettings:
    """The settings as they are at that level."""
    if level >= 1:
        settings = msgspec.structs.replace(settings, beam=1)
    if level >= 2:
        longest, endpoint = max(settings.longest, LONGEST), max(settings.endpoint, PAUSE)
        settings = msgspec.structs.replace(settings, longest=longest, endpoint=endpoint)
    return settings


class Budget:
    """Decides by the lag, seconds of recorded sound that wait to be heard."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._limits = (settings.lag, 2 * settings.lag)
        self._most = 4 * settings.lag
        self.level = 0
        self._over: float | None = None  # since when the lag is that of a higher level
        self._since: tuple[float, float] | None = None  # when level 2 was reached, and the lag then

    def look(self, now: float, lag: float) -> bool:
        """Whether something must be left out; sets `level`. `now` must not jump."""
        reached = sum(lag > limit for limit in self._limits)
        if reached <= self.level:
            self._over = None
        elif self._over is None:
            self._over = now
        if self._over is not None and now - self._over >= HOLD:
            self.level, self._over = reached, None
        elif self.level and lag < BACK * self._limits[self.level - 1]:
            self.level -= 1
        if self.level < 2 or lag < self._most:
            self._since = None
            return False
        self._since = self._since or (now, lag)
        if now - self._since[0] < PATIENCE:
            return False
        grows = lag >= self._since[1]
        self._since = None
        return grows


SAID = (
    "the recogniser keeps up again and hears as well as it can",
    "the recogniser is {lag:.0f} s behind and hears with less care to catch up; if it does not, close other programs",
    "the recogniser is {lag:.0f} s behind and takes longer stretches to catch up; if it does not, close other programs",
)


def keep_up(
    chunks: Iterable[Chunk], behind: Callable[[float], float], now: Callable[[], float], settings: SpeechSettings
) -> Iterator[Chunk | Degraded | Skipped | Warned]:
    """The chunks, and between them how well they are to be heard; those there is no time for become `Skipped`.

    `behind(start)` is how long what begins at `start` has been waiting, seconds.
    """
    budget = Budget(settings)
    skipping: tuple[float, float] | None = None
    for chunk in chunks:
        lag, level = behind(chunk.start), budget.level
        if skipping and (lag <= LEFT or chunk.start > skipping[1] + 1e-3):
            yield _skipped(*skipping)
            skipping = None
        if skipping:
            skipping = (skipping[0], chunk.end)
            continue
        if budget.look(now(), lag) and chunk.end > chunk.start:
            skipping = (chunk.start, chunk.end)
            continue
        if budget.level != level:
            yield Degraded(level=budget.level)
            if budget.level > level or budget.level == 0:
                text = SAID[budget.level].format(lag=lag)
                yield Warned(text=text, good=budget.level == 0, about="the lag of the recogniser")
        yield chunk
    if skipping:
        yield _skipped(*skipping)


def _skipped(start: float, end: float) -> Skipped:
    return Skipped(start=start, end=end, reason="the recogniser was too slow", later=True)
