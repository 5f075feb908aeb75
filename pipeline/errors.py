"""Every way the program can refuse, as one tree.

    LivesubsError            1  anything below; its text is one sentence that says what to do
    ├─ SettingsError         2  a flag, a settings file or a language that cannot be
    ├─ SourceError           3  the stream or file cannot be read
    │  ├─ SourceMissing         there is no such file, or the server says there is no such stream
    │  ├─ SourceUnreachable     refused, unknown host, timed out
    │  │  └─ CallerLeft            who called an address that listens sent nothing of use
    │  ├─ NotMedia              it opens, but it is neither sound nor picture
    │  ├─ NoAudio               media without a sound track, or without the one asked for
    │  └─ NotLiveYet            a scheduled stream; carries when it starts
    ├─ ModelError            4  no model, an incomplete folder, too little memory
    ├─ TranslationError      5  an engine that cannot be set up, or a session that is whole but for its translation:
    │                           no engine had an answer for any sentence; some without one are events, not this
    ├─ SessionError          6  the session folder is in use, exists already, or cannot be written
    │  ├─ Unwritable            a file of it
    │  │  └─ DiskFull
    │  └─ JournalCorrupt        names file and line
    └─ WorkerError           7  the recogniser process ended or answered nonsense

Exit codes: 0 done, 1 unexpected, 2 to 7 as above, 130 aborted by a second Ctrl-C.
"""

import errno
from datetime import datetime
from pathlib import Path


class LivesubsError(Exception):
    """Base of all; `str(error)` is one sentence for the person at the terminal, ending in what to do."""

    exit_code = 1


class SettingsError(LivesubsError):
    exit_code = 2


class SourceError(LivesubsError):
    exit_code = 3


class SourceMissing(SourceError):
    pass


class SourceUnreachable(SourceError):
    pass


class CallerLeft(SourceUnreachable):
    pass


class NotMedia(SourceError):
    pass


class NoAudio(SourceError):
    pass


class NotLiveYet(SourceError):
    """`starts_at` is the announced wall-clock start, or None when the page does not say."""

    def __init__(self, message: str, starts_at: datetime | None) -> None:
        super().__init__(message)
        self.starts_at = starts_at


class ModelError(LivesubsError):
    exit_code = 4


class TranslationError(LivesubsError):
    exit_code = 5


class SessionError(LivesubsError):
    exit_code = 6


class Unwritable(SessionError):
    pass


class DiskFull(Unwritable):
    pass


def unwritable(path: Path, error: OSError) -> Unwritable:
    """What the system said when a file of the session was to be written, as the error of its kind."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"the disk of {path.parent} is full; free some space, the session so far is safe")
    return Unwritable(f"cannot write {path}: {error.strerror}; check the folder's rights and disk")


class JournalCorrupt(SessionError):
    def __init__(self, path: Path, line: int) -> None:
        super().__init__(f"{path}, line {line}, is damaged; `livesubs doctor {path.parent}` mends it")
        self.path, self.line = path, line


class WorkerError(LivesubsError):
    exit_code = 7
