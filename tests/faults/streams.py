"""The streams that are published as if live, and what can be done to each. All go on while nobody can hear them."""

import contextlib
import random
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Protocol

import psutil

from tests.faults.programme import TURN, Programme, Tape
from tests.radio import Station
from tests.servers import free_port

TICK = 0.02
"""Seconds between two sendings."""


class OnAir(Protocol):
    """A stream while it is published."""

    name: str
    source: str
    """What the program is given."""

    @property
    def position(self) -> float:
        """How far the programme has come, seconds."""

    def air(self, programme: Programme, upto: float) -> contextlib.AbstractContextManager[None]:
        """Publishes it, up to that position."""

    def begin(self) -> None:
        """The program listens: the programme goes on from here."""

    def over(self) -> bool:
        """It has come to its own end, and says so; a stream without one is stopped by its listener."""


HELD = 3.0
"""Seconds that a programme has come when the program begins to listen."""


class Radio(Station):
    """A station whose programme goes on from `begin` on; with `backup` there is another one that sends the same."""

    name = "radio"

    def __init__(self, *, backup: bool = False) -> None:
        self.source = self.backup = ""
        self.silent, self.gone = threading.Event(), threading.Event()
        self._with_backup = backup
        self._since: float | None = None

    @property
    def position(self) -> float:
        return HELD + (0.0 if self._since is None else time.monotonic() - self._since)

    def begin(self) -> None:
        self._since = time.monotonic()

    def over(self) -> bool:
        return False

    @contextlib.contextmanager
    def air(self, programme: Programme, upto: float) -> Iterator[None]:
        super().__init__(programme.mp3())
        with self.on_air(), contextlib.ExitStack() as stack:
            self.source = self.address
            if self._with_backup:
                self.backup = stack.enter_context(_Twin(self, programme.mp3()).on_air()).address
            yield


class _Twin(Station):
    """Another station with the same programme."""

    def __init__(self, radio: Radio, file: Path) -> None:
        super().__init__(file)
        self._radio = radio

    @property
    def position(self) -> float:
        return self._radio.position


class Taped:
    """A stream of MPEG-TS that its subclasses send, from `position` on, whoever comes.

    It goes on from when somebody listens, so that every program hears the same from its first sample on: a word that
    sounds like another is heard differently when it lies some milliseconds elsewhere.
    """

    name = "ts"

    def __init__(self, *, twist: str = "") -> None:
        self._twist = twist
        self.source = ""
        self.silent, self.gone, self._over = threading.Event(), threading.Event(), threading.Event()
        self._tape: Tape
        self._since: float | None = None

    @property
    def position(self) -> float:
        return HELD + (0.0 if self._since is None else time.monotonic() - self._since)

    def begin(self) -> None: ...

    def _goes_on(self) -> None:
        """Somebody listens."""
        self._since = self._since or time.monotonic()

    def over(self) -> bool:
        return False

    @contextlib.contextmanager
    def air(self, programme: Programme, upto: float) -> Iterator[None]:
        self._tape = _twisted_tape(programme, self._twist)
        with self._sending(programme):
            try:
                yield
            finally:
                self._over.set()

    def _sending(self, programme: Programme) -> contextlib.AbstractContextManager[None]:
        raise NotImplementedError

    def _parts(self) -> Iterator[bytes]:
        """What becomes due from now on; ends when the stream is gone."""
        return (self._tape.packets(first, end) for first, end in self._due(1))

    def _due(self, each: int) -> Iterator[tuple[int, int]]:
        """The same as numbers of packets, from one to before the other, in multiples of `each`."""
        sent = self._tape.packet(self.position) // each * each
        while not self.gone.is_set() and not self._over.wait(TICK):
            due = self._tape.packet(self.position) // each * each
            if sent < due and not self.silent.is_set():
                yield sent, due
                sent = due


def _twisted_tape(programme: Programme, twist: str) -> Tape:
    match twist:
        case "wrap":
            return programme.tape(name="wrap", stamps=2**33 / 90_000 - TURN)
        case "jump":
            return programme.tape().spliced(programme.tape(name="jump", stamps=40_000), TURN)
        case "rate":
            codecs = ("-c:v", "copy", "-c:a", "aac", "-ar", "22050", "-b:a", "64k")
            return programme.tape().spliced(programme.tape(*codecs, name="rate"), TURN)
    return programme.tape()


class Tcp(Taped):
    """A server that sends to whoever connects."""

    name = "tcp"

    @contextlib.contextmanager
    def _sending(self, programme: Programme) -> Iterator[None]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.source = f"tcp://127.0.0.1:{server.getsockname()[1]}"
            server.settimeout(0.2)
            threading.Thread(target=self._serve, args=(server,), daemon=True).start()
            yield

    def _serve(self, server: socket.socket) -> None:
        while not self._over.is_set():
            with contextlib.suppress(OSError):  # nobody came, or who came has gone
                client, _ = server.accept()
                self._goes_on()
                with client:
                    for part in self._parts():
                        client.sendall(part)


FULL = 7
"""Packets in a datagram."""


class Udp(Taped):
    """Datagrams to a port of loopback; `loss` of them (0 to 1) are lost, the same in every run, `gone` loses all."""

    name = "udp"

    def __init__(self, *, loss: float = 0.0, twist: str = "") -> None:
        super().__init__(twist=twist)
        self.loss = loss

    @contextlib.contextmanager
    def _sending(self, programme: Programme) -> Iterator[None]:
        port = free_port()
        self.source = f"udp://127.0.0.1:{port}"
        threading.Thread(target=self._send, args=(port,), daemon=True).start()
        yield

    def _send(self, port: int) -> None:
        lost = random.Random(1)
        fates = [lost.random() < self.loss for _ in range(self._tape.packet(self._tape.seconds) // FULL)]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            while not self._over.wait(TICK):
                if self._since is None and not _is_bound(port):
                    continue
                self._goes_on()
                for first in chain.from_iterable(range(*due, FULL) for due in self._due(FULL)):
                    if not fates[first // FULL]:
                        with contextlib.suppress(OSError):
                            line.sendto(self._tape.packets(first, first + FULL), ("127.0.0.1", port))


def _is_bound(port: int) -> bool:
    """Somebody listens for datagrams."""
    return any(found.laddr and found.laddr.port == port for found in psutil.net_connections("udp4"))


class Pushed(Taped):
    """A publisher (ffmpeg) that calls us, and calls again when nobody answers; `gone` ends it."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.name = kind

    def begin(self) -> None:
        self._goes_on()

    @contextlib.contextmanager
    def _sending(self, programme: Programme) -> Iterator[None]:
        port = free_port()
        form, self.source, address = {
            "rtmp": ("flv", f"rtmp://127.0.0.1:{port}/live/room?listen=1", f"rtmp://127.0.0.1:{port}/live/room"),
            "srt": ("mpegts", f"srt://127.0.0.1:{port}?mode=listener", f"srt://127.0.0.1:{port}"),
        }[self.name]
        look = ("-fflags", "nobuffer", "-analyzeduration", "3000000", "-f", "mpegts", "-i", "pipe:0")
        command = [programme.ffmpeg, "-v", "error", *look, "-c", "copy", "-f", form, address]
        threading.Thread(target=self._publish, args=(command,), daemon=True).start()
        yield

    def _publish(self, command: list[str]) -> None:
        while not self._over.wait(0.5):
            if self.gone.is_set():
                continue
            with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as sending:
                assert sending.stdin
                with contextlib.suppress(OSError):  # nobody listens, or no longer
                    for part in self._parts():
                        sending.stdin.write(part)
                        sending.stdin.flush()
                sending.kill()
                with contextlib.suppress(OSError):
                    sending.stdin.close()
