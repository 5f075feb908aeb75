"""Shot changes of a recording, looked for in the background once the desk asks, and kept in the folder."""

import asyncio
from contextlib import suppress
from pathlib import Path

import msgspec

from pipeline.errors import LivesubsError
from pipeline.files import write_whole
from pipeline.journal import running
from pipeline.review.shots import SHOTS, Part, changes, parts
from pipeline.source.archive import segments
from pipeline.source.capture import executable
from pipeline.source.parts import ARCHIVE


class Shots:
    """What is known of a session's shot changes; more is looked for where somebody works, while no session runs that
    needs the machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = _read(folder / SHOTS)
        """Stream times by part of the archive."""
        self._wanted = 0.0
        self._looking: asyncio.Task[None] | None = None

    def between(self, start: float, end: float) -> list[float]:
        """Those that are known by now; has the rest looked for, there first."""
        self._wanted = start
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return sorted(time for times in self._known.values() for time in times if start <= time <= end)

    async def _look(self) -> None:
        while part := await asyncio.to_thread(self._next):
            self._known[part.name] = await asyncio.to_thread(changes, executable(""), part)
            with suppress(LivesubsError):  # then it is looked for again by the next server
                write_whole(self._folder / SHOTS, msgspec.json.encode(self._known))

    def _next(self) -> Part | None:
        """The part to look through: the one where somebody works, or the nearest to that."""
        if running(self._folder):
            return None
        left = [part for part in parts(segments(self._folder / ARCHIVE)) if part.name not in self._known]
        return min(left, key=lambda part: part.away(self._wanted), default=None)


def _read(path: Path) -> dict[str, list[float]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[float]])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
