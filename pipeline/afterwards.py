"""What people do on the pages and at the desk while no session runs: answered by the session's own code.

Only who holds the session's lock writes its journal and its files. It is held here while there is something to answer,
for as long as that takes: a session that is resumed meanwhile waits so long (`folder.again`). Whoever is killed over it
is made good by the next: this, a resumed session, or `livesubs doctor`.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline import folder
from pipeline.answering import known, owed
from pipeline.asked import Asked
from pipeline.director import Director
from pipeline.errors import SettingsError, unwritable
from pipeline.events import Warned
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock, read
from pipeline.names.glossary import Glossary
from pipeline.names.live import Names
from pipeline.settings import Settings, load
from pipeline.tracks import BEHIND, TrackFiles


class Answers:
    """Answers what is asked of one session, again and again: what was read of it is kept as long as nobody else writes
    there, since after three hours that takes longer than an answer may."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._journal: Journal | None = None
        self._answering: Answering | None = None

    def answer(self) -> None:
        """As `answer`, below."""
        with lock(self._path), _written(self._path):
            if not (self._journal and self._journal.alone and self._answering and self._answering.alone):
                self.close()
                self._journal = Journal(self._path, SystemClock())
                self._answering = _begun(self._path, self._journal)
            if self._answering:
                self._answering.answer()
            if not self._journal.alone:
                self.close()

    def close(self) -> None:
        """DiskFull or SessionError when something could not be written."""
        journal, self._journal, self._answering = self._journal, None, None
        if journal:
            journal.close()


def answer(path: Path, brought: Collection[str] = ()) -> None:
    """Answers what was asked in the session at `path` and has no answer; SessionError while a session runs, or where
    nothing can be written. Files of it that are `brought` in are ours again, whatever somebody made of them."""
    with lock(path):
        answer_held(path, brought)


def answer_held(path: Path, brought: Collection[str] = ()) -> int:
    """The same for whoever holds the lock; gives how many there were. Where the journal is gone, none is made."""
    if not (path / folder.JOURNAL).is_file():
        return 0
    with _written(path), Journal(path, SystemClock()) as journal:
        left = _left(path, journal)
        if begun := _begun(path, journal, brought):
            begun.answer()
        return left


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from error


def _left(path: Path, journal: Journal) -> int:
    """How many have no answer."""
    with journal.state() as state:
        return len({asked.id for asked in Asked(path).new() if not known(state, asked.id)})


class Answering:
    """A session whose journal and files are ours for now."""

    def __init__(self, path: Path, journal: Journal, chosen: Settings, brought: Collection[str]) -> None:
        self._path = path
        self._files = TrackFiles(path, journal)
        self._theirs = self._files.take_over(brought)
        if self._theirs:
            theirs = ", ".join(self._theirs)
            text = f"changed by somebody, what is done on the pages is not in it: {theirs}; move it away for ours"
            warned = Warned(text=text)
            if warned not in (entry.event for entry in read(path / folder.JOURNAL)):  # it is said once
                journal.append(warned)
        self.director = Director(path, journal, self._files, chosen.cues, names_of(path, chosen))

    @property
    def alone(self) -> bool:
        """Nobody else has changed its files, or may take such a change back."""
        return not self._theirs and self._files.ours

    def answer(self) -> None:
        (self._path / BEHIND).touch()
        self.director.answer()
        self._files.write()


def _begun(path: Path, journal: Journal, brought: Collection[str] = ()) -> Answering | None:
    """If there is something to do."""
    chosen = _settings(path)
    with journal.state() as state:
        begun, torn = state.session is not None, owed(state, chosen.cues)
    if not begun or not (torn or (path / BEHIND).exists() or _left(path, journal)):
        return None
    return Answering(path, journal, chosen, brought)


def _settings(path: Path) -> Settings:
    with suppress(SettingsError):
        return load(path / folder.SETTINGS)
    return Settings()


def names_of(path: Path, chosen: Settings) -> Names:
    """The session's glossary, if it is still there."""
    noted = path / folder.NAMES
    with suppress(SettingsError):
        return Names(chosen.translation.glossary or (str(noted) if noted.exists() else ""))
    return Names()


def glossary_of(path: Path) -> Glossary:
    """What is in it now, of the session at `path`; empty where there is none."""
    return names_of(path, _settings(path)).current
