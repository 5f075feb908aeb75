"""How much the line to a web source gives against what the stream needs. Imports the source's own modules.

A live player only ever sees the stream's own rate; to know what is left over, the newest media segments (of HLS) or
the beginning of a file are fetched as fast as they come.
"""

import email.utils
import http.client
import time
import urllib.request
from typing import Any
from urllib.parse import urljoin

from pipeline.events import Value
from pipeline.source.address import Address, without_password
from pipeline.source.failures import explain
from pipeline.source.probe import PATIENCE

LONGEST = 6.0
"""Seconds to fetch at most."""
MOST = 16 << 20
"""... and bytes."""
_NEWEST = 2
"""Media segments that are fetched of a playlist."""


class Line(Value, frozen=True):
    """What came, in bits a second, what the stream has, and the server's clock."""

    got: float
    needed: float | None
    """None where nothing tells: the length of a file is unknown."""
    server_at: float | None
    """The server's wall clock less ours, seconds; None when it does not say."""


def measure(address: Address, duration: float | None) -> Line | None:
    """The line to an HTTP source, `duration` its length in seconds; None for other kinds. A SourceError as for them."""
    if address.kind != "http":
        return None
    try:
        return _measure(address, duration)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise explain(str(error), address.shown) from error


def _measure(address: Address, duration: float | None) -> Line:
    first = _fetch(address, address.url, MOST)
    if not first.data.startswith(b"#EXTM3U"):
        whole = first.size * 8 / duration if first.size and duration else None
        return Line(got=first.rate, needed=whole, server_at=first.server_at)
    pieces = _segments(address, first.data.decode("utf-8", "replace"), first.url)
    until = time.monotonic() + LONGEST
    fetched = [(_fetch(address, url, MOST, until), seconds) for url, seconds in pieces]
    read, took = sum(len(f.data) for f, _ in fetched), sum(f.seconds for f, _ in fetched)
    sizes = [(f.size or len(f.data), seconds) for f, seconds in fetched if seconds]
    needed = sum(size for size, _ in sizes) * 8 / sum(seconds for _, seconds in sizes) if sizes else None
    return Line(got=read * 8 / took if took else 0.0, needed=needed, server_at=first.server_at)


def _segments(address: Address, text: str, url: str) -> list[tuple[str, float]]:
    """The newest media segments of a playlist, or of its best variant: address and seconds of each."""
    import m3u8

    playlist: Any = m3u8.loads(text)
    if playlist.is_variant:
        best = max(playlist.playlists, key=lambda variant: variant.stream_info.bandwidth or 0)
        url = urljoin(url, best.uri)
        answer = _fetch(address, url, MOST)
        playlist, url = m3u8.loads(answer.data.decode("utf-8", "replace")), answer.url
    return [(urljoin(url, segment.uri), segment.duration or 0.0) for segment in playlist.segments[-_NEWEST:]]


class _Fetched(Value, frozen=True):
    url: str
    """After redirections."""
    data: bytes
    size: int | None
    """What the server says that the whole has."""
    seconds: float
    server_at: float | None

    @property
    def rate(self) -> float:
        return len(self.data) * 8 / self.seconds if self.seconds else 0.0


def _fetch(address: Address, url: str, most: int, until: float | None = None) -> _Fetched:
    """At most `most` bytes, no longer than `until` (monotonic clock; LONGEST from now where it is None)."""
    until = until or time.monotonic() + LONGEST
    bare, headers = without_password(url)
    request = urllib.request.Request(
        bare, headers={"User-Agent": "Mozilla/5.0 (livesubs)", **_headers(address)} | headers
    )
    data = bytearray()
    began = time.monotonic()
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        while len(data) < most and time.monotonic() < until and (part := answer.read1(1 << 16)):
            data += part
        size = answer.headers.get("Content-Length")
        return _Fetched(
            url=answer.url,
            data=bytes(data),
            size=int(size) if size else None,
            seconds=time.monotonic() - began,
            server_at=_clock(answer.headers),
        )


def _headers(address: Address) -> dict[str, str]:
    """The HTTP headers and cookies that ffmpeg is told to send."""
    options = dict(address.options)
    lines = [line.partition(": ") for line in options.get("headers", "").splitlines()]
    cookies = "; ".join(line.partition(";")[0] for line in options.get("cookies", "").splitlines() if line)
    return {name: value for name, _, value in lines} | ({"Cookie": cookies} if cookies else {})


def _clock(headers: Any) -> float | None:
    """The server's clock less ours; a cache says how old its answer is."""
    try:
        said = email.utils.parsedate_to_datetime(headers["Date"]).timestamp() + int(headers.get("Age", 0))
    except (TypeError, ValueError):
        return None
    return said - time.time()
