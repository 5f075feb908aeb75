"""One evening: the whole program on a stream, seen and troubled from outside."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from pipeline.errors import JournalCorrupt
from pipeline.events import Event, SourceState
from pipeline.journal import read
from tests.waiting import until

ROOT = Path(__file__).parent.parent.parent
PLUGINS = ROOT / "tests" / "plugins"


class Show:
    """A session in `folder`, which is started, troubled, stopped, resumed."""

    def __init__(
        self, folder: Path, source: str, more: Sequence[str], environment: Mapping[str, str], aid: Any
    ) -> None:
        self.folder, self.source = folder, source
        self._more = more
        self.aid = aid
        path = os.pathsep.join([*filter(None, [environment.get("PYTHONPATH")]), str(ROOT), str(PLUGINS)])
        self._environment = {**os.environ, **environment, "PYTHONPATH": path}
        self.log = folder.with_name(f"{folder.name}.log")
        self.troubled: float | None = None
        """Stream time at which the trouble began."""
        self.stopped = False
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        self._run("run", self.source, "--demo", "--out", str(self.folder), *self._more)

    def resume(self, *more: str) -> None:
        self._run("run", "--resume", str(self.folder), *more)

    def _run(self, *words: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                cwd=ROOT,
                start_new_session=True,
            )

    @property
    def recorded(self) -> float:
        """Seconds."""
        with suppress(OSError):
            return (self.folder / "audio.s16").stat().st_size / 32_000
        return 0.0

    def events(self) -> list[Event]:
        with suppress(OSError, JournalCorrupt):
            return [entry.event for entry in read(self.folder / "journal.jsonl")]
        return []

    def opens(self) -> None:
        """Waits until its models are loaded and it begins to listen."""
        self.until(lambda: any(isinstance(event, SourceState) for event in self.events()), 120)

    def heard(self, seconds: float) -> None:
        """Waits until so much is recorded and made into sentences, and counts the trouble from there on."""
        self.until(lambda: self.recorded > seconds and self.folder.joinpath("subtitles.en.srt").exists(), 120)
        self.troubled = self.recorded

    def until(self, condition: Callable[[], object], seconds: float) -> None:
        def met() -> object:
            assert self.process.poll() is None, f"the program ended with {self.process.returncode}"
            time.sleep(0.1)
            return condition()

        until(met, seconds)

    def until_over(self, condition: Callable[[], object], seconds: float) -> None:
        """The same, or until it has ended, as a stream that says its end makes it."""

        def met() -> object:
            time.sleep(0.1)
            return self.process.poll() is not None or condition()

        until(met, seconds)

    def note(self, text: str) -> None:
        """Into the log of what it prints."""
        with self.log.open("a") as log:
            log.write(f"--- {text}\n")

    def said(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-300:].strip()

    def wait(self, seconds: float) -> None:
        """The trouble lasts."""
        time.sleep(seconds)

    def stop(self) -> None:
        """Ctrl-C."""
        self.stopped = True
        self.process.send_signal(signal.SIGINT)

    def tree(self) -> list[psutil.Process]:
        """The program and all its children, the program first."""
        with suppress(psutil.NoSuchProcess):
            if self.process.poll() is not None:
                return []
            top = psutil.Process(self.process.pid)
            return [top, *top.children(recursive=True)]
        return []

    def session(self) -> psutil.Process:
        """The session alone, without the process that watches over it."""
        return self._child(lambda words: "--under" in words)

    def worker(self) -> psutil.Process:
        """The recogniser."""
        return self._child(lambda words: "pipeline.speech.worker" in words)

    def ffmpeg(self) -> psutil.Process:
        """The one that records."""
        return self._child(lambda words: "ffmpeg" in words[0] and "s16le" in words)

    def _child(self, is_it: Callable[[list[str]], bool]) -> psutil.Process:
        def found() -> psutil.Process | None:
            for process in self.tree():
                with suppress(psutil.Error):
                    words = process.cmdline()
                    if words and is_it(words):
                        return process
            return None

        return until(found, 20)  # type: ignore[return-value]

    def signal(self, number: int) -> None:
        """To all of it."""
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def kill(self) -> None:
        """All of it, at once and surely."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def end(self, seconds: float) -> int | None:
        """The exit code; None when it had to be killed."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
