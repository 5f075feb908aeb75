"""Drives an mpv by JSON lines over a socket pair, which ends it when we do: two subtitle tracks, read again when saved.

Its clock is that of the time stamps, which begin anew with every connection; subtitles are in stream time. So whenever
that clock begins anew the subtitles are shifted by as much.
"""

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline import system
from pipeline.errors import SettingsError
from pipeline.events import Value
from pipeline.publish.timeline import Piece

_OPTIONS = (
    "--no-terminal",
    "--idle=yes",
    "--force-window=yes",
    "--keep-open=yes",
    "--sub-auto=no",
    "--rebase-start-time=no",
)
_PATIENCE = 10.0
"""Seconds that it has to answer."""
_BACK, _NEAR = 1.0, 6.0
"""Seconds: a clock that jumps back by more, so near to the end of a connection, is that of the next one."""


class Run(Value, frozen=True):
    """One connection of the recording."""

    origin: float
    """Stream time at which its time stamps are 0."""
    end: float
    """Its last time stamp so far."""


def runs(pieces: Sequence[Piece]) -> list[Run]:
    by_number = {p.run: Run(origin=p.segment.origin, end=p.segment.end - p.segment.origin) for p in pieces}
    return list(by_number.values())


def program() -> str:
    """Where it is; SettingsError when it is nowhere."""
    if not hasattr(socket, "AF_UNIX"):
        raise SettingsError("--mpv works on Linux and macOS; leave it out and open /room.m3u8 in a player")
    found = shutil.which("mpv")
    if not found:
        raise SettingsError("mpv is not installed; install the package mpv, or leave out --mpv")
    return found


class Mpv:
    """An mpv that plays `address`; `look` after it now and then."""

    def __init__(
        self,
        mpv: str,
        address: str,
        tracks: Sequence[Path],
        runs: Callable[[], Sequence[Run]],
        log: Path,
        first: int = 0,
    ) -> None:
        """`tracks`: the subtitles at the bottom, and those at the top; `first`: the run that it begins in. `log` is
        for what it says."""
        ours, theirs = socket.socketpair()
        client = f"--input-ipc-client=fd://{theirs.fileno()}"
        with theirs, log.open("wb") as said:
            self._process = subprocess.Popen(
                [mpv, *_OPTIONS, client],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                **system.own_group(),
            )
        self._log = log
        ours.settimeout(_PATIENCE)
        self._socket, self._lines = ours, ours.makefile("rwb")
        self._address = address  # told over the socket: in the list of processes everybody would read the token
        self._tracks = dict.fromkeys(tracks, 0)
        """When each was saved that it has, in nanoseconds."""
        self._runs, self._run, self._at = runs, first, 0.0

    def look(self) -> bool:
        """Gives it what is new; whether it still plays."""
        try:
            if self._ask("get_property", "idle-active"):  # at first, or the server was not there
                self._ask("loadfile", self._address)
            at = self._ask("get_property", "time-pos")
            if isinstance(at, float):  # before that it takes no tracks
                self._follow(at)
                self._load()
        except (OSError, ValueError):
            return False
        return self._process.poll() is None

    @property
    def failure(self) -> str:
        """What it said first, of one that ended by a failure; that it answers no more, of one that hangs, and is ended
        then. Empty where a person closed it."""
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return "it does not answer"
        if not self._process.poll():
            return ""
        said = (line.strip() for line in self._log.read_text("utf-8", "replace").splitlines())
        return next(filter(None, said), f"exit code {self._process.returncode}")

    def close(self) -> None:
        """Ends it."""
        for file in (self._lines, self._socket):
            with suppress(OSError):
                file.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _follow(self, at: float) -> None:
        known = self._runs()
        if at < self._at - _BACK and self._at > known[self._run].end - _NEAR and self._run + 1 < len(known):
            self._run += 1
        self._at = at
        for name in ("sub-delay", "secondary-sub-delay"):  # the second is of newer ones
            self._ask("set_property", name, -known[self._run].origin)

    def _load(self) -> None:
        for place, (path, saved) in zip(("sid", "secondary-sid"), self._tracks.items(), strict=False):
            with suppress(FileNotFoundError):
                found = path.stat()
                if found.st_size and found.st_mtime_ns != saved:  # an empty one it would refuse
                    self._tracks[path] = found.st_mtime_ns
                    self._show(place, str(path))

    def _show(self, place: str, file: str) -> None:
        """Reads a file anew and shows it in the place of what it was. Its own `sub-reload` would show what stands at
        the top at the bottom, too, until that is put right."""
        before = self._loaded().get(file)
        self._ask("sub-add", file, "auto")
        after = self._loaded().get(file)
        self._ask("set_property", place, after or "no")
        if before and after != before:
            self._ask("sub-remove", before)

    def _loaded(self) -> dict[str, int]:
        """Its subtitle tracks by file, the one that was read last."""
        tracks = self._ask("get_property", "track-list") or []
        return {t["external-filename"]: t["id"] for t in tracks if t["type"] == "sub" and "external-filename" in t}

    def _ask(self, *command: object) -> Any:
        """What it answers; None if it cannot. OSError or ValueError when it is gone."""
        self._lines.write(json.dumps({"command": command, "request_id": 1}).encode() + b"\n")
        self._lines.flush()
        while True:
            answer = json.loads(self._lines.readline())  # ValueError at the end
            if answer.get("request_id") == 1 and "event" not in answer:
                return answer.get("data")
