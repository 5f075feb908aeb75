"""What people do on the pages and at the desk while no session runs: answered by the session's own code.

Only who holds the session's lock writes its journal and its files. It is held here while there is something to answer,
for as long as that takes: a session that is resumed meanwhile waits so long (`folder.again`). Whoever is killed over it
is made good by the next: this, a resumed session, or `livesubs doctor`.
"""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from pipeline import folder
from pipeline.answering import known, owed
from pipeline.asked import Asked
from pipeline.director import Director
from pipeline.errors import SettingsError, unwritable
from pipeline.events import Warned
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock, read
from pipeline.names.live import Names
from pipeline.settings import Settings, load
from pipeline.tracks import BEHIND, TrackFiles


def answer(path: Path, brought: Collection[str] = ()) -> None:
    """Answers what was asked in the session at `path` and has no answer; SessionError while a session runs, or where
    nothing can be written. Files of it that are `brought` in are ours again, whatever somebody made of them."""
    with lock(path):
        answer_held(path, brought)


def answer_held(path: Path, brought: Collection[str] = ()) -> int:
    """The same for whoever holds the lock; gives how many there were."""
    try:
        with Journal(path, SystemClock()) as journal:
            return _answer(path, journal, brought)
    except OSError as error:
        raise unwritable(path, error) from error


def _answer(path: Path, journal: Journal, brought: Collection[str]) -> int:
    chosen = _settings(path)
    with journal.state() as state:
        left = {asked.id for asked in Asked(path).new() if not known(state, asked.id)}
        begun, torn = state.session is not None, owed(state, chosen.cues)
    if not begun or not (left or torn or (path / BEHIND).exists()):
        return 0
    files = TrackFiles(path, journal)
    if theirs := files.take_over(brought):
        text = (
            f"changed by somebody, what is done on the pages is not in it: {', '.join(theirs)}; move it away for ours"
        )
        warned = Warned(text=text)
        if warned not in (entry.event for entry in read(path / folder.JOURNAL)):  # it is said once
            journal.append(warned)
    Director(path, journal, files, chosen.cues, _names(path, chosen)).answer()
    files.write()
    return len(left)


def _settings(path: Path) -> Settings:
    with suppress(SettingsError):
        return load(path / folder.SETTINGS)
    return Settings()


def _names(path: Path, chosen: Settings) -> Names:
    """The session's glossary, if it is still there."""
    noted = path / folder.NAMES
    with suppress(SettingsError):
        return Names(chosen.translation.glossary or (str(noted) if noted.exists() else ""))
    return Names()
