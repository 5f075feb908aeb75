"""The editor's queue, for the desk: made anew when the session has changed, since that reads all of its journal."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.source.parts import AUDIO

if TYPE_CHECKING:
    from pipeline.review.loud import Levels
    from pipeline.review.queue import Queue


class Queues:
    """Of one session, a queue for each track."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, tuple[int, Queue]] = {}
        """By language, with the last line of the journal then."""
        self._levels: tuple[int, Levels] | None = None
        """With the size of the recording then."""
        self._making = asyncio.Lock()

    async def of(self, lang: str, seq: int) -> "Queue":
        """That of a track, when the journal is at line `seq`; errors as `open_record`."""
        async with self._making:  # of several windows that ask, one has it made
            known = self._made.get(lang)
            if not known or known[0] != seq:
                known = self._made[lang] = (seq, await asyncio.to_thread(self._make, lang))
            return known[1]

    def _make(self, lang: str) -> "Queue":
        from pipeline.report.folder import open_record
        from pipeline.review.queue import queue

        return queue(open_record(self._folder), lang, self._loudness())

    def _loudness(self) -> "Levels | None":
        from pipeline.review.loud import levels

        path = self._folder / AUDIO
        size = path.stat().st_size if path.exists() else 0
        if size and (not self._levels or self._levels[0] != size):
            self._levels = (size, levels(path))
        return self._levels[1] if size and self._levels else None
