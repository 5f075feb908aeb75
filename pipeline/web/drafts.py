"""What is being typed at the desk and no edit yet: kept in the folder within a second, told to the other windows.

Each of them has its own of a line, so that none takes away another's.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from pipeline.drafts import DRAFTS, Draft, Known, read
from pipeline.editing import shown_text
from pipeline.errors import LivesubsError
from pipeline.events import Cue, Edit
from pipeline.files import write_whole

MOST = 500
"""Drafts that are kept: a person has a few."""


class Drafts:
    """The drafts of a session by cue and window; another server of the same folder may write them, too."""

    def __init__(self, folder: Path, tell: Callable[[str, Draft, bool], None]) -> None:
        """`tell` is given the cue and the draft that is new, or (True) that is gone."""
        self._folder, self._tell = folder, tell
        self._drafts: Known = {}
        self._stamp: tuple[int, int, int] | None = None

    def all(self) -> Iterator[tuple[str, Draft, bool]]:
        """As they are told."""
        return ((cue, draft, False) for (cue, _), draft in self._drafts.items())

    def look(self) -> None:
        """Takes in what another server wrote."""
        if (stamp := self._stamped()) != self._stamp:
            self._stamp = stamp
            self._take(read(self._folder))

    def keep(self, cue: str, draft: Draft) -> None:
        """Keeps a draft; Unwritable, or LivesubsError when there are too many."""
        self.look()
        if (cue, draft.by) not in self._drafts and len(self._drafts) >= MOST:
            raise LivesubsError(f"{MOST} lines are begun and not finished: finish some of them, or take them back")
        self._write({**self._drafts, (cue, draft.by): draft})

    def drop(self, cue: str, by: str | None = None) -> None:
        """Forgets that window's of a line, or all of it, if there is any; Unwritable."""
        self.look()
        left = {key: one for key, one in self._drafts.items() if key[0] != cue or by not in (None, one.by)}
        if len(left) < len(self._drafts):
            self._write(left)

    def settle(self, edit: Edit) -> None:
        """Forgets what has become an edit that was done, as it was typed; another window's draft of that line stays.

        So does one that was begun after that edit: a server that starts is told of all there ever were.
        """
        self.look()
        done = {} if edit.refused else {cue.id: cue for cue in edit.after}
        for (id, by), draft in self._drafts.items():
            if id in done and _same(done[id], draft):
                with suppress(LivesubsError):  # the disk is full: the page sees that it says the same
                    self.drop(id, by)

    def _take(self, drafts: Known) -> None:
        before, self._drafts = self._drafts, drafts
        for key, draft in before.items():
            if key not in drafts:
                self._tell(key[0], draft, True)
        for key, draft in drafts.items():
            if draft != before.get(key):
                self._tell(key[0], draft, False)

    def _write(self, drafts: Known) -> None:
        written: dict[str, list[Draft]] = {}
        for (cue, _), draft in drafts.items():
            written.setdefault(cue, []).append(draft)
        write_whole(self._folder / DRAFTS, msgspec.json.encode(written))
        self._stamp = self._stamped()
        self._take(drafts)

    def _stamped(self) -> tuple[int, int, int] | None:
        """What is another when the file is."""
        try:
            found = (self._folder / DRAFTS).stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns


def _same(cue: Cue, draft: Draft) -> bool:
    near = abs(cue.start - draft.start) < 0.001 and abs(cue.end - draft.end) < 0.001
    return near and draft.rev < cue.rev and cue.text == shown_text(draft.text)
