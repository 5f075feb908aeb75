"""The session folder: what lies in it, and that nothing in it is ever overwritten by another session."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

import msgspec

from pipeline import settings
from pipeline.errors import SessionError, unwritable
from pipeline.events import Cue, Warned
from pipeline.files import write_whole
from pipeline.journal import LOCK, Journal, State, lock
from pipeline.settings import Settings
from pipeline.source import parts
from pipeline.subtitles.formats import bilingual, to_srt, to_vtt

JOURNAL = "journal.jsonl"
SETTINGS = "settings.toml"
PRIVATE = "private.toml"

SESSIONS = Path("sessions")
"""Where session folders are made that nobody names."""


_HANDOVER = 3.0
"""Seconds in which a session that was killed is surely gone."""

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
    with lock(path):
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
    if not (path / JOURNAL).is_file():
        raise SessionError(f"there is no session in {path}; name a session folder, one with a journal.jsonl in it")


def begun(path: Path) -> bool:
    """Whether a session in the folder has come as far as that it can go on."""
    return (path / JOURNAL).is_file() and (path / PRIVATE).is_file()


def source_of(path: Path) -> str:
    """The full address of the source of the session in that folder; SessionError if it is not there."""
    try:
        return str(msgspec.toml.decode((path / PRIVATE).read_bytes())["source"])
    except (OSError, msgspec.DecodeError, KeyError) as error:
        raise SessionError(
            f"{path / PRIVATE} does not tell the source; name it: livesubs run SOURCE --resume {path}"
        ) from error


def held(path: Path) -> bool:
    """Whether the folder holds anything but a session's lock."""
    return any(entry.name != LOCK for entry in path.iterdir())


def empty(path: Path) -> None:
    """Removes what a session that recorded nothing has written; what others put there meanwhile is theirs."""
    for pattern in _WRITTEN:
        for entry in path.glob(pattern):
            entry.unlink()
    for folder in (parts.ARCHIVE, parts.INCOMING):
        rmtree(path / folder, ignore_errors=True)


def write_settings(path: Path, in_force: Settings, source: str) -> None:
    """`settings.toml` for everyone, `private.toml` (mode 600) with the full address of the source."""
    write_whole(path / SETTINGS, settings.dump(in_force).decode())
    private = path / PRIVATE
    try:
        private.touch(mode=0o600)
        private.write_bytes(msgspec.toml.encode({"source": source}))
    except OSError as error:
        raise unwritable(private, error) from error


def write_tracks(path: Path, journal: Journal) -> None:
    """The SRT and VTT files of every track as the journal now has them, and the bilingual ones."""
    journal.sync()
    with journal.state() as state:
        files = tracks(state)
    for name, text in files:  # one at a time: after three hours they are long
        write_whole(path / name, text)


class TrackFiles:
    """The subtitle files of a session; several threads may write them, one does at a time."""

    def __init__(self, path: Path, journal: Journal) -> None:
        self._path, self._journal = path, journal
        self._writing = threading.Lock()
        self.behind = False
        """They say less than the journal: they could not be written."""

    def write(self) -> None:
        """Brings the files to what the journal says; what cannot be written is told, and waits for `catch_up`."""
        with self._writing:
            try:
                write_tracks(self._path, self._journal)
            except SessionError as error:
                if not self.behind:
                    self._journal.append(Warned(text=f"{error}; until then the subtitles are on this screen only"))
                self.behind = True
            else:
                self.behind = False

    def catch_up(self) -> None:
        """Writes them if that could not be done before."""
        if self.behind:
            self.write()


def tracks(state: State) -> Iterator[tuple[str, str]]:
    """The name and the text of every subtitle file; `state` may change while they are made."""
    session = state.session
    assert session, "the session event is the journal's first"
    return _files(session.src_lang, {lang: state.track(lang) for lang in (session.src_lang, *session.tgt_langs)})


def _files(src_lang: str, cues: Mapping[str, list[Cue]]) -> Iterator[tuple[str, str]]:
    for lang, shown in cues.items():
        yield f"subtitles.{lang}.srt", to_srt(shown)
        yield f"subtitles.{lang}.vtt", to_vtt(shown)
        if lang != src_lang:
            yield f"subtitles.{src_lang}-{lang}.srt", to_srt(bilingual(cues[src_lang], shown))
            yield f"subtitles.{src_lang}-{lang}.vtt", to_vtt(bilingual(cues[src_lang], shown))
