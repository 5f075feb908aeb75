"""What happens beside a session is told to it, and so comes as its own warnings do: in the journal, the terminal, the
console.

The watcher leaves a file in the folder, and the session takes it away: a sentence waits while a session that died is
started again, or while its disk is full.
"""

import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from pipeline.errors import SessionError
from pipeline.events import Warned
from pipeline.files import write_whole

NOTES = ".notes.json"
LOG = "beside.log"
"""What is no sentence for a technician: the chatter of libraries, a fault of ours."""
SAID, WELL = "livesubs: ", "livesubs (well again): "
"""What a sentence begins with on the standard error of a program beside a session."""


def say(text: str, good: bool = False) -> None:
    """By a program beside a session."""
    sys.stderr.write(f"{WELL if good else SAID}{text}\n")
    sys.stderr.flush()


def take(folder: Path) -> list[Warned]:
    """What was told since the last time."""
    path = folder / NOTES
    try:
        told = msgspec.json.decode(path.read_bytes(), type=list[Warned])
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return []
    with suppress(OSError):
        path.unlink()
    return told


class Outbox:
    """The watcher's side of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[Warned] = []

    def put(self, text: str, *, good: bool = False) -> None:
        self._waiting.append(Warned(text=text, good=good))

    def deliver(self) -> None:
        """Leaves what waits for the session, once it has taken what was left before."""
        if not self._waiting or not self._folder.is_dir() or (self._folder / NOTES).exists():
            return
        with suppress(SessionError):
            write_whole(self._folder / NOTES, msgspec.json.encode(self._waiting).decode())
            self._waiting = []

    def returned(self) -> list[str]:
        """What no session has taken: there is none any more."""
        left, self._waiting = [*take(self._folder), *self._waiting], []
        return [warned.text for warned in left]

    def log(self, line: str) -> None:
        with suppress(OSError):
            if self._folder.is_dir():
                with (self._folder / LOG).open("a", encoding="utf-8") as file:
                    file.write(f"{line}\n")
