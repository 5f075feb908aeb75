"""What is being typed at the desk and no edit yet: kept in the folder within a second, told to the other windows."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pipeline.editing import shown_text
from pipeline.errors import LivesubsError
from pipeline.events import Cue, Edit, Value
from pipeline.files import write_whole

DRAFTS = "drafts.json"
MOST = 500
"""Drafts that are kept: a person has a few."""


class Draft(Value, frozen=True):
    """A line as it is being written."""

    lang: str
    text: str
    start: float
    end: float
    rev: Annotated[int, Meta(ge=0, lt=1 << 31)]
    """Of the cue that it was begun on; 0 for a line that is new."""
    by: str = ""
    """The window that it is written in, as that calls itself."""


class Drafts:
    """The drafts of a session by cue; another server of the same folder may write them, too."""

    def __init__(self, folder: Path, tell: Callable[[str, Draft, bool], None]) -> None:
        """`tell` is given the cue and the draft that is new, or (True) that is gone."""
        self._path, self._tell = folder / DRAFTS, tell
        self._drafts: dict[str, Draft] = {}
        self._stamp: tuple[int, int, int] | None = None

    def all(self) -> Iterator[tuple[str, Draft, bool]]:
        """As they are told."""
        return ((cue, draft, False) for cue, draft in self._drafts.items())

    def look(self) -> None:
        """Takes in what another server wrote."""
        if (stamp := self._stamped()) != self._stamp:
            self._stamp = stamp
            self._take(self._read())

    def keep(self, cue: str, draft: Draft) -> None:
        """Keeps a draft; SessionError or DiskFull when it cannot be written, LivesubsError when there are too many."""
        self.look()
        if cue not in self._drafts and len(self._drafts) >= MOST:
            raise LivesubsError(f"{MOST} lines are begun and not finished: finish some of them, or take them back.")
        self._write({**self._drafts, cue: draft})

    def drop(self, cue: str) -> None:
        """Forgets one, if there is any; errors as above."""
        self.look()
        if cue in self._drafts:
            self._write({id: draft for id, draft in self._drafts.items() if id != cue})

    def settle(self, edit: Edit) -> None:
        """Forgets what has become an edit that was done, as it was typed; another window's draft of that line stays."""
        self.look()
        done = () if edit.refused else edit.after
        drafts = {cue.id: self._drafts[cue.id] for cue in done if cue.id in self._drafts}
        for cue in done:
            if cue.id in drafts and _same(cue, drafts[cue.id]):
                with suppress(LivesubsError):  # the disk is full: the page sees that it says the same
                    self.drop(cue.id)

    def _take(self, drafts: dict[str, Draft]) -> None:
        before, self._drafts = self._drafts, drafts
        for cue, draft in before.items():
            if cue not in drafts:
                self._tell(cue, draft, True)
        for cue, draft in drafts.items():
            if draft != before.get(cue):
                self._tell(cue, draft, False)

    def _write(self, drafts: dict[str, Draft]) -> None:
        write_whole(self._path, msgspec.json.encode(drafts))
        self._stamp = self._stamped()
        self._take(drafts)

    def _read(self) -> dict[str, Draft]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Draft])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return {}

    def _stamped(self) -> tuple[int, int, int] | None:
        """What is another when the file is."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns


def _same(cue: Cue, draft: Draft) -> bool:
    near = abs(cue.start - draft.start) < 0.001 and abs(cue.end - draft.end) < 0.001
    return near and cue.text == shown_text(draft.text)
