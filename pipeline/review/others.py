"""Other sessions beside the one at the desk: what is found there, and edits for them."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.afterwards import answer
from pipeline.asked import EDITS, keep
from pipeline.errors import SessionError, SettingsError, unwritable
from pipeline.events import Edit
from pipeline.folder import JOURNAL, SETTINGS
from pipeline.journal import light, read, running
from pipeline.settings import CueRules, load
from pipeline.state import State, fold


class Others:
    """By the name of their folder; each is read again when its journal has grown. One thread at a time."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """SettingsError when two of them have one name."""
        self._folders = {folder.resolve().name: folder for folder in folders}
        if len(self._folders) < len(folders):
            raise SettingsError("two sessions beside this one have the same name; search them one after the other")
        self._read: dict[str, tuple[tuple[int, int], State]] = {}

    @property
    def names(self) -> list[str]:
        return list(self._folders)

    def state(self, name: str) -> State:
        """What a session's journal says; SessionError where it cannot be read."""
        path = self._folder(name) / JOURNAL
        try:
            found = path.stat()
            stamp = found.st_mtime_ns, found.st_size
            if name not in self._read or self._read[name][0] != stamp:
                self._read[name] = stamp, fold(light(entry.event) for entry in read(path, damaged=[]))
        except OSError as error:
            raise SessionError(f"cannot read {path}: {error.strerror}; leave that session out") from error
        return self._read[name][1]

    def rules(self, name: str) -> CueRules:
        with suppress(SettingsError):
            return load(self._folder(name) / SETTINGS).cues
        return CueRules()

    def edit(self, name: str, edits: Sequence[Edit]) -> None:
        """Writes edits down, and answers them where no session runs; SessionError when that cannot be."""
        folder = self._folder(name)
        if not edits:
            return
        try:
            keep(folder, *edits, on_disk=True)
        except OSError as error:
            raise unwritable(folder / EDITS, error) from error
        try:
            answer(folder)
        except SessionError:
            if not running(folder):  # else it answers by itself
                raise

    def _folder(self, name: str) -> Path:
        if name not in self._folders:
            raise SessionError(f"there is no session {name} beside this one; name its folder on the command line")
        return self._folders[name]
