"""A program in a real pseudo-terminal, and what a person would see there."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pyte

from pipeline.flow import spawn


class Screen:
    """The terminal of a running program."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, columns: int, rows: int) -> None:
        self.process = process
        self._master = master
        self.picture = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.picture)
        self._reading = spawn(self._read(master), bound=1, name="screen")

    @property
    def open(self) -> bool:
        return self._master >= 0

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.picture.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def close(self) -> None:
        """The window is closed."""
        os.close(self._master)
        self._master = -1

    def _read(self, master: int) -> Iterator[None]:
        with suppress(OSError):  # the program has ended
            while data := os.read(master, 65536):
                self._stream.feed(data)
        yield from ()


@contextmanager
def on_screen(*command: str, columns: int = 80, rows: int = 24) -> Iterator[Screen]:
    """Runs a program in a terminal of its own; it is killed on the way out, and its terminal closed."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment.pop("NO_COLOR", None)

    def take_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that closing it sends the hang-up that a closed window sends

    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(slave)
    screen = Screen(process, master, columns, rows)
    try:
        yield screen
    finally:
        process.kill()
        process.wait()
        if screen.open:
            screen.close()
