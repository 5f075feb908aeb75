"""The session folder: what lies in it, and that nothing in it is ever overwritten by another session."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

import msgspec

from pipeline import settings
from pipeline.asked import ACTIONS, EDITS
from pipeline.beside import Beside
from pipeline.errors import SessionError, unwritable
from pipeline.events import SessionStarted
from pipeline.files import write_private, write_whole
from pipeline.journal import LOCK, lock, read, running
from pipeline.notes import LOG, NOTES
from pipeline.settings import Settings
from pipeline.source import parts
from pipeline.state import State, fold
from pipeline.system import program
from pipeline.watched import WATCHED

JOURNAL = "journal.jsonl"
SETTINGS = "settings.toml"
PRIVATE = "private.toml"
PAGES = "pages.toml"
"""The tokens of its pages."""
GIVEN = "given"
"""The subtitle file that a session was made of, as it was, with its ending."""
NAMES = "names.txt"
"""The glossary of a session that was given none, once somebody adds a name."""
FAULTS = "fault.log"
"""What it has died of."""

SESSIONS = Path("sessions")
"""Where session folders are made that nobody names."""


_HANDOVER = 3.0
"""Seconds in which a session that was killed is surely gone, and what was done on the pages since is answered."""

_GLANCE = 0.5
"""Seconds in which whoever only asked whether a session runs (`journal.running`) has surely let go of the lock."""
_END = 1 << 16
"""Bytes of a journal that tell how it ended."""

_WRITTEN = (
    JOURNAL,
    SETTINGS,
    PRIVATE,
    parts.AUDIO,
    "audio-*.s16",
    parts.LOG,
    "subtitles.*",
    "report.html",
    ".*.part",
    ".recording",
    NOTES,
)
"""What a session writes, beside the archive."""


@contextmanager
def new(path: Path) -> Iterator[None]:
    """Makes (or takes) an empty folder and holds its lock; SessionError if it holds anything or cannot be written.

    A folder that was made and is empty in the end is removed again.
    """
    try:
        made = not path.exists()
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    with lock(path, _GLANCE):
        if held(path):
            raise SessionError(f"{path} is not empty, and a session is never overwritten; choose another --out")
        try:
            yield
        finally:
            if made and not held(path):
                with suppress(OSError):
                    (path / LOCK).unlink()
                    path.rmdir()


@contextmanager
def again(path: Path) -> Iterator[None]:
    """Holds the lock of a session's folder that is to go on; SessionError if there is none, or it is in use."""
    check(path)
    with lock(path, _HANDOVER):
        yield


def check(path: Path) -> None:
    """SessionError unless a session's journal is in the folder."""
    if (path / JOURNAL).is_file() or (path / PRIVATE).is_file():
        return
    if within := min(path.glob(f"*/{JOURNAL}"), default=None):
        raise SessionError(f"{path} is no session, but has some in it; name one of those, such as {within.parent}")
    raise SessionError(f"there is no session in {path}; name a session folder, one with a {JOURNAL} in it")


def check_begun(path: Path) -> State:
    """What the journal of the session in the folder says; SessionError unless it tells of one that has begun."""
    check(path)
    journal = path / JOURNAL
    state = fold(entry.event for entry in read(journal, damaged=[])) if journal.is_file() else State()
    if not state.session:
        raise SessionError(no_session(path, alive=running(path)))
    return state


def begins(path: Path) -> bool:
    """Whether the journal in the folder tells of a session."""
    journal = path / JOURNAL
    return journal.is_file() and any(isinstance(one.event, SessionStarted) for one in read(journal, damaged=[]))


def no_session(path: Path, *, alive: bool) -> str:
    """Why nothing can be made of a folder whose journal tells of no session, and what to do; `alive`: one is in it."""
    if alive:
        return f"the session in {path} has not begun yet; try again once its stream is connected"
    journal = path / JOURNAL
    written = journal.is_file() and any(read(journal, damaged=[]))
    anew = f"{program()} run --resume {path}" if begun(path).source and not written else ""
    if written or parts.seconds(path / parts.AUDIO):
        way = f", or hear all of it again: {anew}" if anew else ""
        return f"no {JOURNAL} in {path} says what session it was; restore it from a copy{way}"
    if anew:
        return (
            f"the session in {path} was cut off before its stream was connected, and has nothing; to begin it: {anew}"
        )
    return f"there is no session in {path}, its {JOURNAL} is empty; name another folder"


def given(path: Path) -> Path | None:
    """That file, if the session was made of one."""
    return next((found for ending in ("srt", "vtt") if (found := path / f"{GIVEN}.{ending}").is_file()), None)


class Begun(msgspec.Struct, frozen=True):
    """What a session was begun with, and is to go on with: `private.toml`."""

    source: str = ""
    """The full address; empty: that is lost."""
    beside: Beside = Beside()
    """What runs beside it."""
    record: bool = True
    """Else only what it has left to do is wanted of it."""


def cut_off(path: Path) -> bool:
    """Whether a session in the folder has begun and did not end in order."""
    return (path / PRIVATE).is_file() and not _ended(path)


def over(path: Path) -> bool:
    """Whether who goes on with the session in the folder wants no more of the stream: it has ended in order, by its own
    end, `--for`, or because somebody stopped it; also where it was cut off later, over what it had left to do."""
    return _ended(path) or not begun(path).record


def _ended(path: Path) -> bool:
    """What the end of its journal says."""
    journal = path / JOURNAL
    if not journal.is_file():
        return False
    state = fold(entry.event for entry in read(journal, damaged=[], last=_END))
    if not state.ended and not state.progress:  # what came of it long afterwards
        state = fold(entry.event for entry in read(journal, damaged=[]))
    return state.ended is not None and state.ended.reason != "failed"


def begun(path: Path) -> Begun:
    """What the session in that folder was begun with, as far as that is still there."""
    try:
        return msgspec.toml.decode((path / PRIVATE).read_bytes(), type=Begun)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return Begun()


def source_of(path: Path) -> str:
    """The full address of the source of the session in that folder; SessionError if it is not there."""
    if source := begun(path).source:
        return source
    raise SessionError(f"{path / PRIVATE} does not tell the source; name it: livesubs run SOURCE --resume {path}")


def held(path: Path) -> bool:
    """Whether the folder holds anything but a session's lock, the tokens of its pages and what was done there, what
    was told beside it, and what one died of that recorded nothing."""
    return any(entry.name not in (LOCK, PAGES, ACTIONS, EDITS, FAULTS, NOTES, LOG, WATCHED) for entry in path.iterdir())


def empty(path: Path) -> None:
    """Removes what a session that recorded nothing has written; what others put there meanwhile is theirs."""
    for pattern in _WRITTEN:
        for entry in path.glob(pattern):
            entry.unlink()
    for folder in (parts.ARCHIVE, parts.INCOMING):
        rmtree(path / folder, ignore_errors=True)


def write_settings(path: Path, in_force: Settings, begun: Begun) -> None:
    """`settings.toml` for everyone, `private.toml` (mode 600) with the rest of what it was `begun` with."""
    write_whole(path / SETTINGS, settings.dump(in_force).decode())
    write_private(path / PRIVATE, msgspec.toml.encode(begun))
