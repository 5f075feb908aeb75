"""The recogniser process that several runs share: `python -m pipeline.speech.shared SOCKET`.

Each run is a connection to SOCKET, on which the lines of messages.py go both ways as on the stdin and stdout of a
worker that is a run's own. The model is loaded once (turns.py), all else is each run's. Who holds the lock beside the
socket is the one process; it ends with the last run, however that ends. Its standard error is a file beside the socket.
"""

import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import filelock
import msgspec

from pipeline import __version__
from pipeline.errors import WorkerError
from pipeline.flow import spawn
from pipeline.speech import messages
from pipeline.speech.messages import Answer, Failed, Joined
from pipeline.speech.turns import Models
from pipeline.speech.worker import Worker
from pipeline.system import STOP_SIGNALS, be_modest

_HANDOVER = 1.0
"""Seconds in which one that is ending is surely gone."""
_ALONE = 30.0
"""Seconds after which it ends if nobody has come: whoever started it is gone."""


class Runs:
    """Those who hear with one model, each in threads of its own."""

    def __init__(self, path: Path) -> None:
        """`path`: of the socket."""
        self._path, self._models = path, Models()
        self._count, self._lock = 0, threading.Lock()

    def serve(self) -> NoReturn:
        """Hears for whoever comes, until nobody is left."""
        self._path.unlink(missing_ok=True)  # of one that was killed
        with socket.socket(socket.AF_UNIX) as listener:
            os.umask(0o177)
            listener.bind(str(self._path))
            listener.settimeout(_ALONE)
            listener.listen()
            while True:
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    self._end_if_alone()
                else:
                    self._add(1)
                    spawn(self._hear_for(connection), bound=1, name="run")

    def _add(self, number: int) -> None:
        with self._lock:
            self._count += number

    def _end_if_alone(self) -> None:
        """Whoever connects meanwhile was not told that it has `Joined`, and starts another process."""
        with self._lock:
            if self._count == 0:
                self._path.unlink(missing_ok=True)
                os._exit(0)  # what is still being heard is for nobody

    def _hear_for(self, connection: socket.socket) -> Iterator[None]:
        """The life of a connection."""
        with suppress(OSError), connection, connection.makefile("rwb") as file:
            worker: Worker | None = None
            for line in spawn(self._lines(file), bound=16, name="questions"):
                answer = self._answer(worker, line) if worker else _greeting(line)
                worker = worker or (Worker(self._models) if isinstance(answer, Joined) else None)
                file.write(messages.encode(answer))
                file.flush()
        yield

    def _lines(self, file: Iterable[bytes]) -> Iterator[bytes]:
        """Each line, until the run lets go or is killed, which is told apart from nothing."""
        try:
            with suppress(OSError):
                yield from file
        finally:
            self._add(-1)
            self._end_if_alone()

    def _answer(self, worker: Worker, line: bytes) -> Answer:
        """A fault that one run comes upon is not the end of the others."""
        try:
            return worker.answer(line)
        except Exception as fault:
            traceback.print_exc()
            return Failed(f"the shared recogniser has a fault ({fault!r}); start again", WorkerError.exit_code)


def _greeting(line: bytes) -> Answer:
    try:
        version = messages.join(line).version
    except msgspec.DecodeError:
        return Failed("the shared recogniser was asked before it was joined; start again", WorkerError.exit_code)
    if version != __version__:
        return Failed(
            f"the recogniser that runs share here is of livesubs {__version__}, and this is {version}; "
            "end the other runs, or leave out --share-recogniser",
            WorkerError.exit_code,
        )
    return Joined(os.getpid())


def main(path: Path) -> None:
    for asked in STOP_SIGNALS:
        signal.signal(asked, signal.SIG_IGN)
    be_modest()
    os.dup2(2, 1)
    with suppress(filelock.Timeout), filelock.FileLock(path.with_suffix(".lock"), timeout=_HANDOVER):
        os.ftruncate(2, 0)  # what one before has said
        Runs(path).serve()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
