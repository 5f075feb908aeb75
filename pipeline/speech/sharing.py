"""How a run comes to a recogniser process that it shares (shared.py): it connects, or starts one where there is none.

A process is for one model, device, compute type and number of threads, in a folder that is this user's alone. Of
several that are started at the same moment one gets the lock; all connect to that one.
"""

import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil

from pipeline import __version__, system
from pipeline.errors import SettingsError, WorkerError
from pipeline.settings import SpeechSettings
from pipeline.speech import messages
from pipeline.speech.link import Link, OwnProcess, last_words
from pipeline.speech.messages import Failed, Join, Joined

_STARTING = 60.0
"""Seconds that a process has to start, before it loads its model."""
_GREETING = 10.0
"""Seconds that it has to say that one has joined it."""
_LOOK = 0.05
"""Seconds between two tries to connect."""
_LONGEST = 100
"""Bytes of a socket's path: systems know 104 or 108."""
_WAY = "leave out --share-recogniser"


class Sharing:
    """The processes that are shared in one folder."""

    def __init__(self, folder: Path, tell: Callable[[str], None] = lambda text: None) -> None:
        """`tell` is told of a run that cannot share any more."""
        self._folder, self._tell = folder, tell
        self._started: list[subprocess.Popen[bytes]] = []

    def refuse(self, settings: SpeechSettings) -> None:
        """SettingsError where a run with these settings could not share here, as far as can be told beforehand."""
        try:
            if link := _connected(self._place(settings)):
                link.close()
        except WorkerError as error:
            raise SettingsError(str(error)) from None

    def link(self, settings: SpeechSettings) -> Link:
        """The way to a process for these settings: the one that is shared, else one of its own: a show goes on."""
        try:
            return self._join(settings)
        except WorkerError as error:
            self._tell(f"{str(error).rpartition(';')[0]}; this run takes a recogniser of its own")
            return OwnProcess()

    def _join(self, settings: SpeechSettings) -> Link:
        """Starts the process where there is none; WorkerError where neither can be done."""
        path, until = self._place(settings), time.monotonic() + _STARTING
        started: subprocess.Popen[bytes] | None = None
        while not (link := _connected(path)):
            code = started.poll() if started else 0
            if code:
                raise WorkerError(f"the shared recogniser cannot be started{_said(path)}; {_WAY}")
            if time.monotonic() > until:
                raise WorkerError(f"the shared recogniser cannot be reached at {path}; {_WAY}")
            if code == 0:  # none yet, or another one had the lock, and may be gone by now
                started = self._start(path)
            time.sleep(_LOOK)
        if started and started.pid != link.pid:
            started.kill()  # it came too late for the lock, and is not to get it when the other one ends
        return link

    def _start(self, path: Path) -> "subprocess.Popen[bytes]":
        self._started = [process for process in self._started if process.poll() is None]
        try:
            process = _process(path)
        except OSError as error:
            raise WorkerError(f"the shared recogniser cannot be started ({error.strerror}); {_WAY}") from error
        self._started.append(process)
        return process

    def _place(self, settings: SpeechSettings) -> Path:
        """The socket for these settings, in a folder that is there and safe."""
        if not system.HAS_LOCAL_SOCKETS:
            raise WorkerError(
                "--share-recogniser is not available on this system; leave it out, each run then has its own"
            )
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            private = system.is_private(self._folder)
        except OSError as error:
            raise WorkerError(f"cannot use the folder {self._folder}: {error.strerror}; {_WAY}") from error
        if not private:
            raise WorkerError(
                f"the folder {self._folder} is not yours alone, so nothing is shared there; remove it, have nobody "
                f"else write to the one above it, or {_WAY}"
            )
        one = (settings.model, settings.device, settings.compute_type, settings.threads)
        path = self._folder / f"{hashlib.sha256(msgspec.json.encode(one)).hexdigest()[:16]}.socket"
        if len(os.fsencode(path)) > _LONGEST:
            raise WorkerError(f"the path {path} is too long for a socket; set XDG_RUNTIME_DIR to a shorter one")
        return path


class _Shared:
    """A connection to a shared process."""

    shared = True

    def __init__(self, path: Path, connection: socket.socket) -> None:
        self._path, self._connection = path, connection
        self._file = connection.makefile("rwb")
        self.pid = 0

    def write(self, line: bytes) -> None:
        self._file.write(line)
        self._file.flush()

    def readline(self) -> bytes:
        return self._file.readline()

    def kill(self) -> None:
        """For all: it hangs for all."""
        with suppress(psutil.Error):
            psutil.Process(self.pid).kill()

    def leave(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.leave()  # another thread may be reading until then
        with suppress(OSError):
            self._file.close()
        self._connection.close()

    def death(self) -> str:
        return f"the shared recogniser process died{_said(self._path)}"


def _connected(path: Path) -> _Shared | None:
    """A connection on which one may ask; None where nobody listens. WorkerError where one is turned away."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_GREETING)
    try:
        connection.connect(str(path))
        link = _Shared(path, connection)
        link.write(messages.encode(Join(__version__)))
        line = link.readline()
    except OSError:
        connection.close()
        return None
    if not line:  # it was about to end
        link.close()
        return None
    with suppress(msgspec.DecodeError):
        answer = messages.answer(line)
        if isinstance(answer, Joined):
            connection.settimeout(None)
            link.pid = answer.pid
            return link
        link.close()
        if isinstance(answer, Failed):
            raise WorkerError(answer.text)
    link.close()
    raise WorkerError(f"the shared recogniser answers nonsense; end the other runs, or {_WAY}")


def _process(path: Path) -> "subprocess.Popen[bytes]":
    with path.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(
            # -P: a folder named `pipeline` where it is started is not ours.
            [sys.executable, "-P", "-m", "pipeline.speech.shared", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=path.parent,  # it may outlive the folder that its run was started in
            **system.own_group(),
        )


def _said(path: Path) -> str:
    """The last words of a process, where they can be had."""
    with suppress(OSError), path.with_suffix(".log").open("rb") as log:
        return last_words(log)
    return ""
