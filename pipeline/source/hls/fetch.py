"""HTTP for the mirror: what a playlist says, a file on this disk, whole or not at all. Imports the source's modules.

Every failure is one of three: `Failed` passes (a network, a server that restarts, a captive portal), `Refused` may need
another address, `TooSlow` needs a smaller rendition. httpx2 is imported when first used.
"""

import re
import time
from collections.abc import Callable
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.errors import unwritable
from pipeline.events import Value
from pipeline.http import here
from pipeline.source.address import Address, without_password
from pipeline.source.failures import redact_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

CONNECT, READ = 5.0, 10.0
"""Seconds for a connection, and between two pieces of an answer."""

_MOST = 8 << 20
"""Bytes of a playlist: what is longer is none."""
_PAGE = re.compile(rb"\s*<(!doctype|html|head|\?xml)", re.IGNORECASE)


class Failed(Exception):
    """It did not come, or not whole; it may the next time."""


class Refused(Failed):
    """The server answered with an error status that another try does not change."""

    def __init__(self, status: int) -> None:
        super().__init__(f"Server returned {status}")
        self.status = status


class TooSlow(Exception):
    """It was given up: `size` bytes had come in `seconds`."""

    def __init__(self, seconds: float, size: int) -> None:
        super().__init__()
        self.seconds, self.size = seconds, size


class Text(Value, frozen=True):
    """A playlist."""

    url: str
    """Where it answered from in the end: what its own addresses are relative to."""
    text: str


class Got(Value, frozen=True):
    """How a file came."""

    seconds: float
    size: int
    """Bytes."""


class Web:
    """Fetches for one stream, with the headers and cookies that its address asks for; used by one thread."""

    def __init__(self, address: Address, stopped: Callable[[], bool]) -> None:
        self.address = address
        self._stopped = stopped
        self._client: httpx2.Client | None = None

    def playlist(self, url: str) -> Text:
        """The playlist at `url`; Failed or Refused, also for a page that is none."""
        data = bytearray()
        with self._get(url) as answer:
            for part in answer.iter_bytes():
                data += part
                if len(data) > _MOST or self._stopped():
                    raise Failed("Operation timed out")
            last = str(answer.url)
        text = data.decode("utf-8-sig", "replace")
        if not text.startswith("#EXTM3U"):
            raise Failed("Invalid data found: the answer is no playlist")
        return Text(url=last, text=text)

    def file(self, url: str, path: Path, *, part: str = "", patience: float | None = None) -> Got:
        """Puts the file, or bytes `part` of it (`FIRST-LAST`), at `path` in one step.

        Failed, Refused, or TooSlow after `patience` seconds; DiskFull or SessionError when it cannot be written.
        """
        began, size = time.monotonic(), 0
        kept = path.with_name(f".{path.name}.part")
        with self._get(url, {"Range": f"bytes={part}"} if part else {}) as answer:
            skip, most = _wanted(part, answer.status_code)
            try:
                with kept.open("wb") as file:
                    for data in answer.iter_bytes():
                        if not size and _PAGE.match(data):
                            raise Failed("Invalid data found: the answer is a web page")
                        data, skip = data[skip:], max(0, skip - len(data))
                        size += file.write(data[: most - size] if most else data)
                        self._go_on(began, size, patience)
            except OSError as error:
                raise unwritable(path, error) from error
        if not size or (most and size < most):
            raise Failed("Connection reset: the answer was too short")
        if self._stopped():
            raise Failed("Immediate exit requested")
        try:
            kept.replace(path)
        except OSError as error:
            raise unwritable(path, error) from error
        return Got(seconds=time.monotonic() - began, size=size)

    def close(self) -> None:
        if self._client:
            self._client.close()

    def _go_on(self, began: float, size: int, patience: float | None) -> None:
        if self._stopped():
            raise Failed("Immediate exit requested")
        took = time.monotonic() - began
        if patience is not None and took > patience:
            raise TooSlow(took, size)

    @contextmanager
    def _get(self, url: str, extra: dict[str, str] | None = None) -> "Iterator[httpx2.Response]":
        """An answer that is being read; whatever goes wrong meanwhile is Failed."""
        import httpx2

        bare, headers = without_password(url)
        headers = {"User-Agent": "Mozilla/5.0 (livesubs)", **said(self.address, url), **headers, **(extra or {})}
        try:
            client = self._client = self._client or httpx2.Client(
                follow_redirects=True, timeout=httpx2.Timeout(READ, connect=CONNECT), trust_env=not here(url)
            )
            with client.stream("GET", bare, headers=headers) as answer:
                if answer.is_client_error and answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                    raise Refused(answer.status_code)
                if not answer.is_success:
                    raise Failed(f"Server returned {answer.status_code}")
                yield answer
        except httpx2.TimeoutException:
            raise Failed("Operation timed out") from None
        except httpx2.RemoteProtocolError as error:
            raise Failed(f"Connection reset: {error}") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError) as error:
            raise Failed(redact_all(str(error)) or type(error).__name__) from None


def _wanted(part: str, status: int) -> tuple[int, int]:
    """How many bytes of the answer to leave out, and then to take (0: all): a server may send the whole file."""
    if not part:
        return 0, 0
    first, last = (int(number) for number in part.split("-"))
    return (0 if status == HTTPStatus.PARTIAL_CONTENT else first), last + 1 - first


def said(address: Address, url: str) -> dict[str, str]:
    """The HTTP headers that ffmpeg is told to send, and of the cookies those of the host that is asked."""
    options = dict(address.options)
    lines = [line.partition(": ") for line in options.get("headers", "").splitlines()]
    host = urlsplit(url).netloc.rpartition("@")[2]
    cookies = [line for line in options.get("cookies", "").splitlines() if _belongs(line, host)]
    told = "; ".join(line.partition(";")[0] for line in cookies)
    return {name: value for name, _, value in lines} | ({"Cookie": told} if told else {})


def _belongs(cookie: str, host: str) -> bool:
    """A cookie's line as libav has it (`NAME=VALUE; path=...; domain=...`) is for this host, or one above it."""
    found = re.search(r"domain=\.?([^;]+)", cookie)
    return found is not None and (host == found[1] or host.endswith(f".{found[1]}"))
