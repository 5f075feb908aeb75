"""A station that goes on while its listeners are cut off: what they hear depends on when they are connected."""

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.servers import web

KBIT = 96
BYTES = KBIT * 125
"""A second of it, at a constant rate."""


class Station:
    """Sends an MP3 of constant rate as if live: `burst` seconds at once, then as time passes."""

    def __init__(self, file: Path, burst: float = 2.0) -> None:
        self._data, self._burst = file.read_bytes(), burst
        self._began = time.monotonic()
        self.silent = threading.Event()
        """Connected, and sends nothing: a stall."""
        self.gone = threading.Event()
        """Cuts off who listens, and refuses who comes."""
        self.address = ""

    @property
    def position(self) -> float:
        """Seconds of it that have been sent to somebody who was there from the beginning."""
        return time.monotonic() - self._began

    def sends(self, start: int) -> Iterator[bytes]:
        """From byte `start` on, as it becomes due."""
        tick = threading.Event()
        while not self.gone.is_set():
            due = min(int(self.position * BYTES), len(self._data))
            if due > start and not self.silent.is_set():
                yield self._data[start:due]
                start = due
            elif start >= len(self._data):
                return
            tick.wait(0.02)

    @contextlib.contextmanager
    def on_air(self, port: int = 0) -> Iterator["Station"]:
        station = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if station.gone.is_set():
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Type", "audio/mpeg")
                self.end_headers()
                with contextlib.suppress(OSError):  # who listened has gone
                    for part in station.sends(max(0, int((station.position - station._burst) * BYTES))):
                        self.wfile.write(part)

            def log_message(self, format: str, *args: object) -> None: ...

        with web(Handler, port) as base:
            self.address = f"{base}/live.mp3"
            self._began = time.monotonic()
            try:
                yield self
            finally:
                self.gone.set()
