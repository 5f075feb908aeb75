"""Notices that no engine answers any more: one line that is not translated may be chance, several are not."""

from collections import Counter
from collections.abc import Iterator

from pipeline.events import Rendering, Translation, Warned
from pipeline.translation.verdicts import usable

TOLD = 2
"""Sentences in a row without a translation after which a person is told."""
GONE = 3
"""Attempts in a row of one engine that came to nothing, after which a person is told."""


class Outage:
    """Watches one track."""

    def __init__(self, lang: str) -> None:
        self._lang, self._about = lang, f"translation into {lang}"
        self._missed: list[str] = []
        """Sentences in a row."""
        self._owed: set[str] = set()
        """Those of outages that are over."""
        self._again = 0
        self._failed: Counter[str] = Counter()
        """By engine, attempts in a row that came to nothing."""
        self._gone: set[str] = set()
        """Those of which that was told."""

    def events(self, rendering: Rendering) -> Iterator[Translation | Warned]:
        """What the journal is to know of a rendering: every attempt, and when translation, or an engine, stops."""
        yield from rendering.attempts
        yield from self._engines_of(rendering)
        if rendering.rev > 1:
            yield from self._redone(rendering)
        elif rendering.untranslated:
            self._missed.append(rendering.sentence.id)
            if len(self._missed) == TOLD:
                yield Warned(text=self._stopped(rendering), about=self._about)
        elif rendering.attempts:
            yield from self._back()

    def _engines_of(self, rendering: Rendering) -> Iterator[Warned]:
        """An engine that keeps failing while another one answers, and its return."""
        for attempt in rendering.attempts:
            failed = self._failed[attempt.engine]
            if usable(attempt.verdict):
                self._failed[attempt.engine] = 0
                if attempt.engine in self._gone:
                    self._gone.remove(attempt.engine)
                    text = f"{attempt.engine} translates into {self._lang} again"
                    yield Warned(text=text, good=True, about=f"{attempt.engine}, {self._about}")
                continue
            self._failed[attempt.engine] = failed + 1
            if failed + 1 >= GONE and attempt.engine not in self._gone and not rendering.untranslated:
                self._gone.add(attempt.engine)
                yield Warned(
                    text=f"{attempt.engine} does not translate into {self._lang} just now ({attempt.verdict}); "
                    f"{rendering.attempts[-1].engine} does, and it is tried again by itself",
                    about=f"{attempt.engine}, {self._about}",
                )

    def _back(self) -> Iterator[Warned]:
        if len(self._missed) >= TOLD:
            self._owed.update(self._missed)
            text = f"translation into {self._lang} is back after {len(self._missed)} sentences, which are tried again"
            yield Warned(text=text, good=True, about=self._about)
        self._missed.clear()

    def _redone(self, rendering: Rendering) -> Iterator[Warned]:
        """Counts what was translated after all; told when that is everything."""
        if rendering.untranslated:
            return
        if rendering.sentence.id in self._missed:
            yield from self._back()
        if rendering.sentence.id not in self._owed:
            return
        self._owed.remove(rendering.sentence.id)
        self._again += 1
        if not self._owed:
            lines = "1 line" if self._again == 1 else f"{self._again} lines"
            yield Warned(text=f"{lines} translated into {self._lang} again; the files are corrected", good=True)
            self._again = 0

    def _stopped(self, rendering: Rendering) -> str:
        said = ", ".join(f"{attempt.engine}: {attempt.verdict}" for attempt in rendering.attempts)
        way = "lines are shown as they were said; check the network and the keys"
        return f"nothing is translated into {self._lang} just now ({said}); {way}"
