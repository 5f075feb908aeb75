"""Requests as they go over the wire, also those that no browser makes."""

import http.client
import socket
from collections.abc import Mapping
from typing import NamedTuple


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(port: int, path: str, body: str | None = None, *, headers: Mapping[str, str] | None = None) -> Answer:
    """GET, or POST of the body; nothing is followed, and what has no end is not read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET" if body is None else "POST", path, body, dict(headers or {}))
        answer = connection.getresponse()
        endless = "event-stream" in (answer.headers["content-type"] or "")
        return Answer(answer.status, answer.headers, b"" if endless else answer.read())
    finally:
        connection.close()


def raw(port: int, request: str, *, until: bytes | None = None) -> str:
    """What comes back until the server closes, or until those bytes have come."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        got = b""
        while (part := connection.recv(65_536)) and not (until and until in got + part):
            got += part
        return (got + part).decode(errors="replace")
