"""A session folder's report: read what is there, write the page."""

from pathlib import Path

from pipeline import settings
from pipeline.errors import JournalCorrupt, SessionError
from pipeline.events import SessionStarted
from pipeline.files import write_whole
from pipeline.folder import JOURNAL, no_session
from pipeline.journal import read, running
from pipeline.report.page import page
from pipeline.report.record import Record
from pipeline.review.loud import levels
from pipeline.settings import Settings
from pipeline.source.parts import AUDIO

NAME = "report.html"


def write(folder: Path, to: Path | None = None) -> Path:
    """Writes the report of the session in `folder`, as it now is, and gives its path (`to`, or in the folder).

    SessionError where there is no session or the page cannot be written, SettingsError; JournalCorrupt where the line
    that says what session it is cannot be read, other such lines are left out.
    """
    path = to or folder / NAME
    write_whole(path, page(open_record(folder), levels(folder / AUDIO)))
    return path


def open_record(folder: Path) -> Record:
    """What `folder` says of its session; errors as above."""
    if not folder.is_dir():
        raise SessionError(f"there is no folder {folder}; name the session folder that `livesubs run` printed")
    journal = folder / JOURNAL
    if not journal.is_file():
        raise SessionError(f"{folder} has no {JOURNAL}, so it is no session; name the folder `livesubs run` printed")
    damaged: list[int] = []
    try:
        alive, entries = running(folder), list(read(journal, damaged))
    except OSError as error:
        raise SessionError(f"cannot read {journal}: {error.strerror}; check its rights") from error
    if not any(isinstance(entry.event, SessionStarted) for entry in entries):
        if damaged:
            raise JournalCorrupt(journal, damaged[0])
        raise SessionError(no_session(folder, alive=alive))
    return Record(entries, _settings(folder), running=alive, damaged=tuple(damaged))


def _settings(folder: Path) -> Settings:
    """Those in force; a folder that came without them is reported all the same."""
    path = folder / "settings.toml"
    return settings.load(path) if path.exists() else Settings()
