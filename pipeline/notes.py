"""What happens beside a session is told to it, and so comes as its own warnings do: in the journal, the terminal, the
console.

The watcher leaves a file in the folder, and the session takes it away: a sentence waits while a session that died is
started again, or while its disk is full.
"""

import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

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


def say_fault(name: str, fault: Exception) -> None:
    """The same of a fault in what has that name; all of it is no sentence, and follows."""
    from pipeline.source.failures import redact_all

    with suppress(OSError):
        say(f"{name} has a fault of ours ({type(fault).__name__}) and goes on; look whether all is well")
        sys.stderr.write(redact_all("".join(traceback.format_exception(fault))))


class Faults:
    """Around each turn of work that is done again and again, beside what it serves: `with faults:`.

    The rule for a fault of ours in it: it is told, once, and the work goes on at its next turn. To end the process
    would end a recording or a picture over what may go well the next time; an end of the work alone nobody would see.
    """

    def __init__(self, tell: Callable[[Exception], None]) -> None:
        self._tell = tell
        self._told: set[str] = set()
        """Kinds of faults, by where they happen."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> bool:
        if not isinstance(fault, Exception):
            return False
        which = f"{type(fault)} {traceback.extract_tb(at)[-1]}"
        if which not in self._told:
            self._told.add(which)
            self._tell(fault)
        return True


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

    def put(self, text: str, *, good: bool = False, about: str = "") -> None:
        self._waiting.append(Warned(text=text, good=good, about=about))

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
