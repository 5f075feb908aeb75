"""What people ask of a session, as it is written down: `actions.jsonl` of the pages, `edits.jsonl` of the desk.

Each file is only ever added to, whole lines at a time; the session, or whoever holds its lock, answers in the journal.
"""

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from heapq import merge
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from pipeline.events import Action, Edit
from pipeline.files import NewLines

ACTIONS, EDITS = "actions.jsonl", "edits.jsonl"

A = TypeVar("A", Action, Edit)


class _When(msgspec.Struct):
    at: float = 0.0


class _Asked(Generic[A]):
    """A file as it grows: one of them a line, whole lines only."""

    def __init__(self, path: Path, kind: type[A]) -> None:
        self._lines = NewLines(path)
        self._kind: type[A] = kind

    def new(self) -> Iterator[A]:
        """Those since the last time; lines that are none are left out."""
        return (asked for _, asked in self.timed())

    def timed(self) -> Iterator[tuple[float, A]]:
        """The same, each with the moment when it was written down (wall clock)."""
        for line in self._lines.take():
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                yield msgspec.json.decode(line, type=_When).at, msgspec.json.decode(line, type=self._kind)


class Actions(_Asked[Action]):
    """What was done on the pages."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / ACTIONS, Action)


class Edits(_Asked[Edit]):
    """What was done at the desk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / EDITS, Edit)


class Asked:
    """Both."""

    def __init__(self, folder: Path) -> None:
        self._actions, self._edits = Actions(folder), Edits(folder)
        self._read: deque[Action | Edit] = deque()
        """Those that nobody has taken yet."""

    def new(self) -> Iterator[Action | Edit]:
        """Those since the last time, as they were asked one after the other; what is not taken comes the next time."""
        both: Sequence[Iterator[tuple[float, Action | Edit]]] = (self._actions.timed(), self._edits.timed())
        self._read.extend(asked for _, asked in merge(*both, key=lambda one: one[0]))
        while self._read:
            yield self._read.popleft()


def keep(folder: Path, *asked: Action | Edit, on_disk: bool = False) -> None:
    """Adds them, all of one kind, to their file, all or none, each on a line of its own; `on_disk`: they survive a
    power cut then. OSError."""
    now = {"at": round(time.time(), 6)}  # so exact that two calls have two
    lines = b"".join(msgspec.json.encode({**now, **msgspec.to_builtins(one)}) + b"\n" for one in asked)
    path = folder / (ACTIONS if all(isinstance(one, Action) for one in asked) else EDITS)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(file).st_size
        if size and os.lseek(file, size - 1, os.SEEK_SET) and os.read(file, 1) != b"\n":  # the power was cut then
            lines = b"\n" + lines
        if os.write(file, lines) < len(lines):
            os.ftruncate(file, size)
            raise OSError(28, "no space left")
        if on_disk:
            os.fsync(file)
    finally:
        os.close(file)
