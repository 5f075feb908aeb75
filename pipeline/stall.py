"""Notices when a live stream sends nothing any more: a dead stream and a long pause must not look alike."""

from collections.abc import Callable

from pipeline.audio import AudioFile
from pipeline.events import SOURCE, Warned
from pipeline.flow import Clock

NOTHING = "nothing has come from the stream"
"""How the warning begins."""
PATIENCE = 10.0
"""Seconds without new sound after which a person is told; HLS delivers every few seconds."""


class StallWatch:
    """Looks, once a second, whether the recording grows, and warns when it stops and when it goes on."""

    def __init__(self, audio: AudioFile, expected: Callable[[], bool], warn: Callable[[Warned], None], clock: Clock):
        """`expected()` says whether more sound should come."""
        self._audio, self._expected, self._warn, self._clock = audio, expected, warn, clock
        self._recorded = -1.0
        self._grew_at = clock.up()
        self._warned = False

    @property
    def quiet(self) -> float:
        """Seconds for which nothing has come, once they are more than patience; else 0."""
        return self._clock.up() - self._grew_at if self._warned else 0.0

    def look(self) -> None:
        """Compares with the last look."""
        now, recorded = self._clock.up(), self._audio.recorded
        if recorded > self._recorded or not self._expected():
            if self._warned and recorded > self._recorded:
                self._warn(
                    Warned(text=f"the stream is back after {now - self._grew_at:.0f} s", good=True, about=SOURCE)
                )
            self._recorded, self._grew_at, self._warned = recorded, now, False
        elif not self._warned and now - self._grew_at > PATIENCE:
            self._warned = True
            for_long = f"{NOTHING} for {PATIENCE:.0f} s"
            self._warn(
                Warned(
                    text=f"{for_long}; check its origin and the network, it is recorded when it is back", about=SOURCE
                )
            )
