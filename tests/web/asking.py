"""Requests as they go over the wire, also those that no browser makes."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(
    port: int, path: str, body: str | None = None, *, method: str = "", headers: Mapping[str, str] | None = None
) -> Answer:
    """GET, or POST of the body, or another method; nothing is followed, and what has no end is not read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method or ("GET" if body is None else "POST"), path, body, dict(headers or {}))
        answer = connection.getresponse()
        endless = "event-stream" in (answer.headers["content-type"] or "")
        return Answer(answer.status, answer.headers, b"" if endless else answer.read())
    finally:
        connection.close()


class Told:
    """What a page is told, as it comes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def next(self, kind: str, fits: Callable[[Any], bool] = lambda message: True) -> Any:
        """The next message of that kind that fits; those before it are left out."""
        return next(message for found, message in self.all() if found == kind and fits(message))

    def all(self) -> Iterator[tuple[str, Any]]:
        """Every message from here on, with its kind."""
        kind = ""
        for line in self._stream:
            name, _, value = line.decode().strip().partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value)
        raise AssertionError("the server has left")


@contextmanager
def watched(port: int, query: str = "") -> Iterator[Told]:
    """The feed, from what is known on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", f"/api/cues?{query}")
        yield Told(connection.getresponse())
    finally:
        connection.close()


def raw(port: int, request: str, *, until: bytes | None = None) -> str:
    """What comes back until the server closes, or until those bytes have come."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request.encode())
        got = b""
        while (part := connection.recv(65_536)) and not (until and until in got + part):
            got += part
        return (got + part).decode(errors="replace")
