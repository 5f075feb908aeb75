"""Connections to services that are asked over HTTP: which stay on this machine, how long one asks to be left alone."""

import atexit
import threading
import time
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx2

_MAKING = threading.Lock()
"""Two that begin at once share a client."""


def here(url: str) -> bool:
    """Whether a request to `url` stays on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def connect(url: str) -> "httpx2.Client":
    """The connections to where `url` is, which are kept; made ready before the first sentence, they do not delay it."""
    with _MAKING:
        return _client(here(url))


@cache
def _client(here: bool) -> "httpx2.Client":
    """What stays on this machine meets no proxy."""
    import httpx2

    client = httpx2.Client(trust_env=not here)
    atexit.register(client.close)  # else Python says at its end that nobody has
    return client


def retry_after(header: str) -> float:
    """Seconds that a Retry-After header asks for, written as a number or as a date; 0 for none and for nonsense."""
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0
