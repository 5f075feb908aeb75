"""Servers with a fault each, for the check to find."""

import json
import subprocess
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.measures import SAMPLES
from tests.servers import Quiet

RALLY = str(SAMPLES / "rally.mp4")


def served(folder: Path, kind: type[Quiet]) -> type[BaseHTTPRequestHandler]:
    """The files of a folder, by a server of this kind; what has no ending is a page."""

    class Served(kind):  # type: ignore[misc, valid-type]  # a class that is chosen at run time
        extensions_map = Quiet.extensions_map | {"": "text/html"}

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

    return Served


class Slow(Quiet):
    """A line of 120 kbit a second."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        while part := source.read(1_500):
            outputfile.write(part)
            outputfile.flush()
            time.sleep(0.1)


class HoursAhead(Quiet):
    """Its clock is five hours ahead of ours."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) + 5 * 3600)


def radio(ffmpeg: str, *limit: str) -> type[BaseHTTPRequestHandler]:
    """A station that sends the rally as MP3 at its own pace, without a length, until it has no more."""

    class Radio(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "audio/mpeg")
            self.end_headers()
            command = [ffmpeg, "-v", "error", "-re", "-ss", "8", *limit, "-i", RALLY, "-vn", "-f", "mp3", "-"]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as sending:
                assert sending.stdout
                try:
                    while part := sending.stdout.read(400):
                        self.wfile.write(part)
                except OSError:  # nobody listens any more
                    sending.kill()

        def log_message(self, format: str, *args: object) -> None: ...

    return Radio


class Parrot(BaseHTTPRequestHandler):
    """A translator that gives back what it was given."""

    says: str | None = None
    """What it says instead, after a while."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = parse_qs(body or urlsplit(self.path).query)
        if self.says:
            time.sleep(6.5)
        answer = json.dumps({"translatedText": self.says or asked["q"][0]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None: ...


class Thoughtful(Parrot):
    says = "Good evening, everyone."
