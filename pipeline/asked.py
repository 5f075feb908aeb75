"""What people ask of a session, as it is written down: `actions.jsonl` of the pages, `edits.jsonl` of the desk.

Each file is only ever added to, whole lines at a time; the session, or whoever holds its lock, answers in the journal.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from pipeline.events import Action, Edit
from pipeline.files import NewLines

ACTIONS, EDITS = "actions.jsonl", "edits.jsonl"

A = TypeVar("A", Action, Edit)


class _Asked(Generic[A]):
    """A file as it grows: one of them a line, whole lines only."""

    def __init__(self, path: Path, kind: type[A]) -> None:
        self._lines = NewLines(path)
        self._kind: type[A] = kind

    def new(self) -> Iterator[A]:
        """Those since the last time; lines that are none are left out."""
        for line in self._lines.take():
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                yield msgspec.json.decode(line, type=self._kind)


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

    def new(self) -> Iterator[Action | Edit]:
        """Those since the last time."""
        return chain(self._actions.new(), self._edits.new())


def keep(folder: Path, *asked: A, on_disk: bool = False) -> None:
    """Adds them to their file, all or none, each on a line of its own; `on_disk`: they survive a power cut then.
    OSError."""
    now = {"at": round(time.time(), 3)}
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
