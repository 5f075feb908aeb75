"""One `livesubs run`, watched from outside: what its processes cost, and its scores."""

import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import psutil

from pipeline.events import Value
from pipeline.flow import Repeating
from pipeline.scores.session import Scores


class Session(Value, frozen=True):
    """Seconds; those of the processor are of all threads."""

    seconds: float
    """Of sound."""
    wall: float
    """From when the model was loaded to the last cue on disk."""
    worker: float
    """Processor seconds of the recogniser process in that time, by the system's account."""
    load: float
    """... and before, for libraries and model."""
    program: float
    """Processor seconds of all processes together, from start to end."""
    memory: int
    """The most that all of them held at once, bytes; what they share counts in each."""
    scores: Scores


def measured(source: Path, folder: Path, pace: str, settings: Path, *more: str) -> Session:
    """Runs SOURCE with the demo models, and with `more` options, into `folder`."""
    options = ["--demo", "--pace", pace, "--settings", str(settings), "--out", str(folder), "--json", *more]
    before = _children()
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", str(source), *options], stdout=subprocess.PIPE
    ) as session:
        watch = _Watch(psutil.Process(session.pid))
        with Repeating(watch.look, seconds=0.1, name="memory"):
            for line in session.stdout or ():
                watch.note(msgspec.json.decode(line))
    if session.returncode:
        raise SystemExit(f"bench: the session of {source.name} ended with exit code {session.returncode}")
    return Session(
        seconds=watch.seconds,
        wall=watch.ended - watch.began,
        worker=watch.worked - watch.loaded,
        load=watch.loaded,
        program=_children() - before,
        memory=watch.memory,
        scores=_scores(source, folder),
    )


class _Watch:
    """Looks at a session's processes while its events come."""

    def __init__(self, session: psutil.Process) -> None:
        self._session = session
        self._worker: psutil.Process | None = None
        self.began = self.ended = self.seconds = self.loaded = self.worked = 0.0
        self.memory = 0

    def note(self, event: dict[str, Any]) -> None:
        """The first event comes when the model is loaded; after the last the worker is let go."""
        if event["kind"] == "session":
            self._worker = next(
                p for p in self._session.children(recursive=True) if "pipeline.speech.worker" in p.cmdline()
            )
            self.began, self.loaded = time.perf_counter(), _processor(self._worker)
        if event["kind"] == "end":
            self.ended, self.seconds = time.perf_counter(), event["stream"]
        with suppress(psutil.NoSuchProcess):
            self.worked = _processor(self._worker) if self._worker else 0.0

    def look(self) -> None:
        with suppress(psutil.NoSuchProcess):
            tree = [self._session, *self._session.children(recursive=True)]
            self.memory = max(self.memory, sum(process.memory_info().rss for process in tree))


def _processor(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _children() -> float:
    """Processor seconds of all our children that have ended, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _scores(source: Path, folder: Path) -> Scores:
    """What `livesubs score` says against the references beside the sample."""
    references = {"--ref-fr": ".fr.srt", "--ref-en": ".en.srt", "--words": ".words.json"}
    options = [part for option, end in references.items() for part in (option, str(source.with_suffix(end)))]
    command = [sys.executable, "-m", "pipeline", "score", str(folder), *options, "--json"]
    return msgspec.json.decode(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, type=Scores)
