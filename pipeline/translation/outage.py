"""Notices that no engine answers any more: one line that is not translated may be chance, several are not."""

from collections.abc import Iterator

from pipeline.events import Rendering, Translation, Warned

TOLD = 2
"""Sentences in a row without a translation after which a person is told."""


class Outage:
    """Watches one track."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._missed = 0

    def events(self, rendering: Rendering) -> Iterator[Translation | Warned]:
        """What the journal is to know of a rendering: every attempt, and when translation stops and goes on."""
        yield from rendering.attempts
        if rendering.untranslated:
            self._missed += 1
            if self._missed == TOLD:
                yield Warned(text=self._stopped(rendering))
            return
        if self._missed >= TOLD:
            yield Warned(text=f"translation into {self._lang} is back after {self._missed} sentences")
        self._missed = 0

    def _stopped(self, rendering: Rendering) -> str:
        said = ", ".join(f"{attempt.engine}: {attempt.verdict}" for attempt in rendering.attempts)
        way = "lines are shown as they were said; check the network and the keys"
        return f"nothing is translated into {self._lang} any more ({said}); {way}"
