"""A list of recordings, each a session of its own in `OUT/NAME`; whoever stops it, or dies, goes on where it was.

A session is made in `OUT/.batch/NAME`, beside what workers have done for it (`kept`), and moved when it is whole: what
is in its place is done. What is cut off is recorded and written again, which takes seconds, and not heard again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from shutil import rmtree
from threading import Lock

from pipeline import folder, lines, settings
from pipeline.errors import (
    LivesubsError,
    NotLiveYet,
    SessionError,
    SettingsError,
    SourceError,
    TranslationError,
    unwritable,
)
from pipeline.events import SessionStarted, Value
from pipeline.flow import SystemClock, merge
from pipeline.journal import Entry, lock
from pipeline.names.live import Names
from pipeline.refining.kept import Kept
from pipeline.report.folder import open_record, write
from pipeline.report.tables import refusals
from pipeline.scale.listing import Item
from pipeline.scale.shared import SharedEngine, SharedRecogniser
from pipeline.scale.workers import Workers
from pipeline.session import Session
from pipeline.settings import Settings
from pipeline.source.found import check_file
from pipeline.translation.build import build_chains
from pipeline.translation.chain import Chain

WORK = ".batch"
"""The folder of what is not whole yet."""
_AHEAD = 2
"""Sessions that are at work beside one for each worker: while one is begun or ended, others have blocks to hear."""
_HEARD = 0.95
"""Share of a recording that is done when all of it is heard; its last sentences, files and report are left."""
_DEADLINE = 300.0
"""Seconds that a sentence's translation may take: a worker that was lost is replaced meanwhile."""


class Outcome(Value, frozen=True):
    """What became of a recording."""

    name: str
    error: str = ""
    """Why there is no session; empty: there is."""
    before: bool = False
    """It was there already."""
    others: tuple[str, ...] = ()
    """Settings, as `[table] name`, of which that one was made with others."""


class Batch:
    """Recordings into sessions below `out`, by workers."""

    def __init__(
        self,
        out: Path,
        chosen: Settings,
        workers: Workers,
        keys: Mapping[str, str],
        tell: Callable[[float, float], None] = lambda done, total: None,
    ) -> None:
        """`keys` are those of the translation services; `tell` is told how many recordings are done, of how many."""
        self._out, self._settings, self._workers, self._keys, self._tell = out, chosen, workers, keys, tell
        self._shares: dict[str, float] = {}
        self._total, self._lock, self._building = 0, Lock(), Lock()

    def run(self, items: Sequence[Item]) -> Iterator[Outcome]:
        """What became of each, as they end. SessionError while another batch is at work there; what is wrong with the
        glossary or the engines, as `build_chains`."""
        work = self._out / WORK
        try:
            work.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(work, error) from error
        with lock(work):
            self._chains(Kept(work / "none"), Names(self._settings.translation.glossary))  # wrong for all, so told once
            todo: SimpleQueue[Item] = SimpleQueue()
            for item in items:
                todo.put(item)
            self._total = len(items)
            streams = [self._take(todo) for _ in range(min(self._workers.number + _AHEAD, self._total))]
            for outcome in merge(streams, bound=self._total, name="batch"):
                yield outcome
                self._is_at(outcome.name, 1.0)
            if not any(entry.is_dir() for entry in work.iterdir()):
                rmtree(work, ignore_errors=True)  # while it is ours: another batch may begin right after

    def _take(self, todo: "SimpleQueue[Item]") -> Iterator[Outcome]:
        while True:
            try:
                item = todo.get_nowait()
            except Empty:
                return
            yield self._outcome(item)

    def _outcome(self, item: Item) -> Outcome:
        try:
            made = self._done(item)
            return Outcome(name=item.name, before=not made, others=() if made else self._others(item))
        except LivesubsError as error:
            return Outcome(name=item.name, error=str(error))
        except Exception as error:  # whatever it is: the others are done all the same
            return Outcome(name=item.name, error=f"this program has a fault ({error!r})")

    def _done(self, item: Item) -> bool:
        """Makes its session; False where it is there already."""
        path, work = self._out / item.name, self._out / WORK / item.name
        if path.exists():
            _check_done(path, item)
            return False
        rmtree(work, ignore_errors=True)
        keeping = work.with_name(f"{item.name}.kept")
        self._subtitle(item, work, Kept(keeping))
        try:
            work.rename(path)
        except OSError as error:
            raise unwritable(path, error) from error
        keeping.unlink(missing_ok=True)
        return True

    def _others(self, item: Item) -> tuple[str, ...]:
        """What else its session was made with, as far as words and their translation go by it."""
        file, now = self._out / item.name / folder.SETTINGS, self._settings
        before = now
        with suppress(SettingsError):  # of another version, or gone: nothing is known of them
            before = settings.load(file)
        tables = ("speech", before.speech, now.speech), ("translation", before.translation, now.translation)
        return tuple(
            f"[{table}] {name}"
            for table, was, is_ in tables
            for name in was.__struct_fields__
            if getattr(was, name) != getattr(is_, name)
        )

    def _subtitle(self, item: Item, path: Path, kept: Kept) -> None:
        chosen = self._settings
        check_file(item.source, chosen.source)
        names = Names(chosen.translation.glossary)
        chains = self._chains(kept, names)

        def heard(upto: float) -> None:
            self._is_at(item.name, _HEARD * upto / max(session.status().recorded, upto))

        recogniser = SharedRecogniser(self._workers, kept, heard)
        session = Session(item.source, path, chosen, recogniser, chains, SystemClock(), names)
        state = session.run(_Recorded(item.source))
        if left := lines.untranslated(state):
            why = " and ".join(f"{lang} ({_refused(path, lang)})" for lang in left)
            raise TranslationError(f"nothing was translated into {why}; check the engines, then type this again")
        write(path)

    def _chains(self, kept: Kept, names: Names) -> dict[str, Chain]:
        chosen = self._settings
        unhurried = settings.override(chosen, translation={"deadline": _DEADLINE}).translation
        local = partial(SharedEngine, self._workers, kept)
        with self._building:  # dictionaries are loaded by the first, once
            return build_chains(unhurried, chosen.speech.spoken, self._keys, names=names, local=local)

    def _is_at(self, name: str, share: float) -> None:
        with self._lock:
            self._shares[name] = share
            self._tell(sum(self._shares.values()), self._total)


class _Recorded:
    """Watches a session that has to be of a recording."""

    def __init__(self, source: str) -> None:
        self._source = source

    def show(self, entry: Entry) -> None:
        if isinstance(entry.event, SessionStarted) and entry.event.live:
            raise SourceError(f"{entry.event.source} is a live stream and may never end; `livesubs run` is for those")

    def announce(self, starts_at: datetime | None) -> None:
        raise NotLiveYet(f"{self._source} has not begun yet; type this again when it is over", starts_at)


def _refused(path: Path, lang: str) -> str:
    """Why no engine had a translation, as the journal of the session in `path` has it most often of each."""
    verdicts: dict[str, str] = {}
    for one in refusals(open_record(path)):
        if one.lang == lang:
            verdicts.setdefault(one.engine, one.verdict)
    return "; ".join(f"{engine}: {verdict}" for engine, verdict in verdicts.items()) or "no engine was asked"


def _check_done(path: Path, item: Item) -> None:
    """SessionError unless that recording's session is there, whole."""
    source = folder.begun(path).source
    if not folder.cut_off(path) and source == item.source:
        return
    what = f"the session of {source}" if source else "something else"
    raise SessionError(f"{what} is in {path} already; take it away, or name another --out")
