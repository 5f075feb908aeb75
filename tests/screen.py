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
        self.picture = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.picture)
        self._reading = spawn(self._read(master), bound=1, name="screen")

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.picture.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

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
    process = subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
    )
    os.close(slave)
    try:
        yield Screen(process, master, columns, rows)
    finally:
        process.kill()
        process.wait()
        os.close(master)
