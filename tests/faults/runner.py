"""Runs faults side by side, each with a program, a stream and servers of its own, and tells as they end."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.fault import Fault
from tests.faults.judge import Evening, Found, evening, files, judge
from tests.faults.programme import Programme
from tests.faults.show import Show
from tests.faults.undisturbed import UNDISTURBED, Recorded

PATIENCE = 150.0
"""Seconds that a session may take to its end after its stream has ended: a busy machine is behind."""
LONG = 300.0
"""Seconds of programme from which on it is."""
DRAIN = 2.0
"""Seconds after the end of the programme until who listens is stopped: bursts and buffers."""


class Result(NamedTuple):
    fault: Fault
    found: Found | None
    wrong: list[str]
    seconds: float
    skipped: str = ""

    @property
    def survived(self) -> bool:
        return not self.wrong and not (self.found and self.found.lost)


def perform(fault: Fault, programme: Programme, folder: Path, running: list[Show]) -> tuple[Path, float]:
    """The evening as it happens; gives the session's folder and since when there was trouble, AssertionError.

    Its show is added to `running`.
    """
    folder.mkdir(parents=True)
    stream = fault.stream()
    with ExitStack() as stack:
        stack.enter_context(stream.air(programme, fault.seconds))
        around = stack.enter_context(fault.around(folder / "s"))
        backup = ("--backup", stream.backup) if getattr(stream, "backup", "") else ()
        show = Show(folder / "s", stream.source, (*around.more, *backup), around.environment, around.aid)
        show.start()
        running.append(show)
        stack.callback(show.kill)
        show.opens()
        stream.begin()
        fault.act(show, stream)
        if not show.stopped:
            show.until_over(lambda: stream.position >= fault.seconds + DRAIN, fault.seconds + 60)
            if not stream.over():
                show.stop()
        code = show.end(PATIENCE)
        assert code == 0, f"exit code {code}: {show.said()}"
        kept = shutil.copytree(show.folder, folder / "kept", ignore=shutil.ignore_patterns("archive", "incoming"))
    return kept, show.troubled or 0.0


class Faults:
    """Which are run, on which programme; `tell` is given a line as each ends, `failed` the sessions not survived."""

    def __init__(
        self, programme: Programme, folder: Path, failed: Path, jobs: int, tell: Callable[[str], None]
    ) -> None:
        self._programme, self._folder, self._failed, self._jobs, self._tell = programme, folder, failed, jobs, tell
        self._undisturbed: dict[str, Future[Evening]] = {}
        self._running: list[Show] = []

    def run(self, faults: Sequence[Fault]) -> list[Result]:
        """The results, in the order of their ends."""
        with ThreadPoolExecutor(self._jobs) as pool:
            for fault in _undisturbed(faults):
                self._undisturbed[fault.name] = pool.submit(self._calm, fault)
            runs = [pool.submit(self._run, fault) for fault in _longest_first(faults)]
            try:
                return [self._tell_of(run.result()) for run in as_completed(runs)]
            except BaseException:  # Ctrl-C: nothing is left running
                pool.shutdown(wait=False, cancel_futures=True)
                for show in self._running:
                    show.kill()
                raise

    def _tell_of(self, result: Result) -> Result:
        self._tell(_line(result))
        folder = self._folder / result.fault.name
        if not result.survived and folder.exists():
            shutil.copytree(folder, self._failed / result.fault.name, dirs_exist_ok=True)
            self._tell(f"            its session: {self._failed / result.fault.name}")
        return result

    def _calm(self, fault: Fault) -> Evening:
        kept, _ = perform(fault, self._programme, self._folder / fault.name, self._running)
        return evening(kept)

    def _run(self, fault: Fault) -> Result:
        if reason := fault.missing():
            return Result(fault, None, [], 0.0, reason)
        began = time.monotonic()
        found: Found | None = None
        try:
            kept, troubled = perform(fault, self._programme, self._folder / fault.name, self._running)
            ours = evening(kept)
            calm = self._undisturbed[_calm_name(fault.stream().name, fault.seconds)].result()
            found = judge(calm, ours, troubled, fault.within, fault.alike)
            wrong = [*found.wrong, *files(kept, ours, untranslated=fault.untranslated), *_gaps(fault, found)]
        except Exception as error:  # whatever it is: the others go on
            wrong = [f"{type(error).__name__}: {error}"]
        return Result(fault, found, wrong, time.monotonic() - began)


def _undisturbed(faults: Iterable[Fault]) -> Iterator[Fault]:
    """An evening without a fault on each kind of stream, as long as the longest of the others.

    Of a long one it is heard as a recording, in less time.
    """
    lengths: dict[tuple[str, bool], float] = {}
    for fault in faults:
        kind = fault.stream().name, fault.seconds > LONG
        lengths[kind] = max(lengths.get(kind, 0.0), fault.seconds)
    for (name, long), seconds in lengths.items():
        stream = partial(Recorded, name) if long else UNDISTURBED[name]
        yield Fault(_calm_name(name, seconds), "Nothing.", stream, _wait, seconds=0.0 if long else seconds)


def _calm_name(name: str, seconds: float) -> str:
    return f"undisturbed-{name}{'-long' if seconds > LONG else ''}"


def _wait(show: Show, stream: Any) -> None:
    show.heard(1.0)


def _longest_first(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: -fault.seconds)


def _gaps(fault: Fault, found: Found) -> list[str]:
    least, most = fault.gaps
    if least <= len(found.gaps) <= most:
        return []
    where = ", ".join(f"{gap.start:.1f} to {gap.end:.1f} s ({gap.reason})" for gap in found.gaps)
    return [f"{len(found.gaps)} gaps where {least} to {most} may be: {where}"]


def _line(result: Result) -> str:
    """One line of the table, and one for each thing that is wrong."""
    name, found = f"{result.fault.name:22}", result.found
    if result.skipped:
        return f"skipped   {name} {result.skipped}"
    word = "survived " if result.survived else "NOT      "
    said = ""
    if found:
        there = found.sentences - len(found.lost)
        gaps = ", ".join(f"{gap.end - gap.start:.1f} s" for gap in found.gaps) or "none"
        said = f"{there}/{found.sentences} sentences, gaps {gaps}, {1000 * found.worst:.0f} ms"
    wrong = [*result.wrong, *(f"lost: {text}" for text in (found.lost if found else ()))]
    return "\n".join([f"{word} {name} {said} ({result.seconds:.0f} s)", *(f"            {text}" for text in wrong)])
