"""A mirror of the Hugging Face hub on loopback that speaks what a pull asks for, and breaks as networks do."""

import contextlib
import hashlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from pipeline import assets
from tests.servers import web

COMMIT = "1" * 40
TINY = assets.demo_recogniser()
MODELS = {
    "Systran/faster-whisper-tiny": TINY,
    "gaudi/opus-mt-fr-en-ctranslate2": assets.demo_translator(),
}
"""The embedded models, under the names of real ones."""


class Hub:
    """What the mirror is to do, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.cuts: list[tuple[int, str]] = []
        """For each coming answer with weights: after how many bytes it ends, by `close`, `reset` or `hang`."""
        self.broken = False
        """... and every one after those is closed at once."""
        self.status = 200
        self.code = ""
        """The hub's own error code, as `GatedRepo`."""
        self.spoilt = False
        """Weights of the right size with a wrong byte."""
        self.sizes: dict[str, int] = {}
        """Sizes that it claims."""
        self.untold: set[str] = set()
        """What it does not say of a file, as `size` or `blobId`: some mirrors list names only."""
        self.without: set[str] = set()
        """Files that it does not have."""
        self.ranges: list[str] = []
        """The Range header of every request for the weights of a recogniser."""
        self.released = threading.Event()

    def listing(self, repository: str) -> dict[str, object]:
        """What `/api/models/...?blobs=true` answers."""
        paths = [path for path in sorted(MODELS[repository].iterdir()) if path.name not in self.without]
        return {"id": repository, "sha": COMMIT, "siblings": [self._sibling(path) for path in paths]}

    def _sibling(self, path: Path) -> dict[str, object]:
        data = path.read_bytes()
        size = self.sizes.get(path.name, len(data))
        sibling: dict[str, object] = {"rfilename": path.name, "size": size}
        sibling["blobId"] = hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
        if path.name == "model.bin":
            sibling["lfs"] = {"size": size, "sha256": hashlib.sha256(data).hexdigest(), "pointerSize": 134}
        return {key: value for key, value in sibling.items() if key not in self.untold}


@contextlib.contextmanager
def mirror() -> Iterator[Hub]:
    """A running mirror."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            repository = next((name for name in MODELS if f"/{name}" in path), "")
            if hub.status != 200 or not repository:
                self._answer(hub.status if repository else 404, b"")
            elif path.startswith("/api/"):
                self._answer(200, json.dumps(hub.listing(repository)).encode())
            elif path.endswith("/model.bin") and not path.startswith("/cdn"):
                self._answer(302, b"", Location=f"/cdn{path}")  # as the hub does: large files lie elsewhere
            else:
                self._file(MODELS[repository] / path.rpartition("/")[2])

        def _file(self, path: Path) -> None:
            data = path.read_bytes()
            if hub.spoilt and path.name == "model.bin":
                data = bytes([data[0] ^ 1]) + data[1:]
            asked = self.headers.get("Range", "")
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            end, how = len(data), "whole"
            if path == TINY / "model.bin":
                hub.ranges.append(asked)
                end, how = hub.cuts.pop(0) if hub.cuts else (start, "close") if hub.broken else (end, how)
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            self.wfile.write(data[start:end])
            self._break(how)

        def _break(self, how: str) -> None:
            if how == "hang":
                hub.released.wait(60)
            if how == "reset":  # closing with zero patience sends RST
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = how != "whole"

        def _answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "X-Error-Code": hub.code, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    with web(Handler) as hub.url:
        try:
            yield hub
        finally:
            hub.released.set()
