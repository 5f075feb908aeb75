"""How much the line to a web source gives against what the stream needs. Imports the source's own modules.

A live player only ever sees the stream's own rate; to know what is left over, the newest media segments (of HLS) or
the beginning of a file are fetched as fast as they come.
"""

import email.utils
import http.client
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urljoin

from pipeline.events import Value
from pipeline.source.address import Address, without_password
from pipeline.source.failures import explain
from pipeline.source.hls.fetch import said
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
    """The line to an HTTP source, `duration` its length in seconds; SourceError as for `probe`.

    None where it cannot be told: the source is of another kind, or a stream that is sent as it is played.
    """
    if address.kind not in ("http", "hls"):
        return None
    try:
        return _measure(address, duration)
    except urllib.error.HTTPError as error:
        with error:  # it is the answer, too
            raise explain(str(error), address.shown) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise explain(str(error), address.shown) from error


def _measure(address: Address, duration: float | None) -> Line | None:
    first = _fetch(address, address.url, MOST)
    if not first.data.startswith(b"#EXTM3U"):
        if first.size is None:
            return None
        whole = first.size * 8 / duration if duration else None
        return Line(got=first.rate, needed=whole, server_at=first.server_at)
    until = time.monotonic() + LONGEST
    pieces = _segments(address, first.data.decode("utf-8", "replace"), first.url)
    fetched = [_fetch(address, piece.url, MOST, until, piece.part) for piece in pieces]
    read, took = sum(len(f.data) for f in fetched), sum(f.seconds for f in fetched)
    sizes = [(p.size or f.size or len(f.data), p.seconds) for p, f in zip(pieces, fetched, strict=True) if p.seconds]
    needed = sum(size for size, _ in sizes) * 8 / sum(seconds for _, seconds in sizes) if sizes else None
    return Line(got=read * 8 / took if took else 0.0, needed=needed, server_at=first.server_at)


class _Piece(Value, frozen=True):
    """A media segment."""

    url: str
    seconds: float
    size: int | None
    """Bytes, where the playlist says so: it is a part of a file."""
    part: str
    """Which bytes of the file it is, as an HTTP range; empty for all of it."""


def _segments(address: Address, text: str, url: str) -> list[_Piece]:
    """The newest media segments of a playlist, or of its best variant."""
    import m3u8

    playlist: Any = m3u8.loads(text)
    if playlist.is_variant:
        best = max(playlist.playlists, key=lambda variant: variant.stream_info.bandwidth or 0)
        url = urljoin(url, best.uri)
        answer = _fetch(address, url, MOST)
        playlist, url = m3u8.loads(answer.data.decode("utf-8", "replace")), answer.url
    return [_piece(urljoin(url, s.uri), s.duration or 0.0, s.byterange or "") for s in playlist.segments[-_NEWEST:]]


def _piece(url: str, seconds: float, said: str) -> _Piece:
    """`said` is `length@offset`; without an offset it follows the segment before: all of the file is fetched."""
    length, _, offset = said.partition("@")
    size = int(length) if length else None
    part = f"bytes={offset}-{int(offset) + size - 1}" if size and offset else ""
    return _Piece(url=url, seconds=seconds, size=size, part=part)


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


def _fetch(address: Address, url: str, most: int, until: float | None = None, part: str = "") -> _Fetched:
    """At most `most` bytes, no longer than `until` (monotonic clock; LONGEST from now where it is None)."""
    until = until or time.monotonic() + LONGEST
    bare, headers = without_password(url)
    headers |= {"Range": part} if part else {}
    headers = {"User-Agent": "Mozilla/5.0 (livesubs)", **said(address, url), **headers}
    request = urllib.request.Request(bare, headers=headers)
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


def _clock(headers: Any) -> float | None:
    """The server's clock less ours; a cache says how old its answer is."""
    try:
        said = email.utils.parsedate_to_datetime(headers["Date"]).timestamp() + int(headers.get("Age", 0))
    except (TypeError, ValueError):
        return None
    return said - time.time()
