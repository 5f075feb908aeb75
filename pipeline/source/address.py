"""From what a person types as SOURCE to what ffmpeg is to open. Imports `errors`, `settings` and the page resolver."""

import base64
import http.client
import re
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from pipeline.errors import SettingsError, SourceError, SourceMissing, SourceUnreachable
from pipeline.events import Value
from pipeline.settings import SourceSettings
from pipeline.source.failures import explain, redact
from pipeline.source.probe import PATIENCE

Kind = Literal["file", "http", "hls", "live", "device", "stdin"]

_LIVE = {
    "rtmp": {"rw_timeout": "15000000", "rtmp_live": "live"},
    "rtmps": {"rw_timeout": "15000000", "rtmp_live": "live"},
    "rtsp": {"rtsp_transport": "tcp", "timeout": "15000000"},
    "rtsps": {"rtsp_transport": "tcp", "timeout": "15000000"},
    # The ring between socket and reader holds 56 MB: a keyframe at 20 Mbit/s is never dropped for a slow moment.
    "udp": {"fifo_size": "300000", "overrun_nonfatal": "1", "buffer_size": "4194304"},
    "rtp": {"buffer_size": "4194304"},
    "tcp": {},
    "srt": {},
    "rist": {},
}
"""Protocols of a live stream, which must be opened once only, with ffmpeg's input options for each."""

_PAGES = ("text/html", "application/xhtml+xml")
_DEVICE = re.compile(r"(?P<format>[a-z][a-z0-9_]+):(?P<input>(?!//).*)", re.DOTALL)
_WAITS = re.compile(r"[?&](listen=[12]|mode=listener)\b")
_LISTED = re.compile(r"^(?:File\d+=)?(https?://\S+)", re.MULTILINE)
_VARIANT = re.compile(r"^#EXT-X-STREAM-INF:[^\n]*\n+([^#\s]\S*)", re.MULTILINE)


class Address(Value, frozen=True):
    """What ffmpeg opens, and how."""

    url: str
    kind: Kind
    shown: str
    """As it may be shown and logged: without user info and query."""
    ends: bool
    """It has an end of its own; the end of input from one that has none is a drop."""
    waits: bool = False
    """It listens for somebody who sends, however long that takes."""
    container: str | None = None
    """ffmpeg's `-f`, where it must be told."""
    options: tuple[tuple[str, str], ...] = ()
    """ffmpeg's input options, name and value."""

    @property
    def restarts(self) -> bool:
        """A new connection may help where nothing comes: somebody else is at its other end."""
        return not self.ends and not self.waits and not self.url.startswith(("udp:", "rtp:", "rist:", "file:"))

    @property
    def once(self) -> bool:
        """It must not be opened twice: what was read to look at it has to be recorded too."""
        return self.kind in ("live", "device", "stdin")


def check(given: str) -> None:
    """SettingsError or SourceMissing for what can never be opened; nobody is asked, so a stream may yet be missing."""
    scheme = urlsplit(given).scheme.lower() if "://" in given else ""
    if scheme not in ("http", "https", *_LIVE):
        resolve(given, SourceSettings())
    elif not urlsplit(given).netloc:
        raise SettingsError(f"{given} names no host; write it like {scheme}://example.org/live")


def resolve(given: str, settings: SourceSettings) -> Address:
    """The address that `given` (path, URL, `-`, device or ffmpeg's FORMAT:INPUT) stands for; a SourceError if none.

    A web page is asked for its stream (NotLiveYet when that is only announced).
    """
    if given == "-":
        return Address(url="pipe:0", kind="stdin", shown="standard input", ends=True)
    scheme = urlsplit(given).scheme.lower() if "://" in given else ""
    if scheme in ("http", "https"):
        return _web(given, settings)
    if scheme in _LIVE:
        _look_up(given)
        return _live(given, scheme)
    if scheme and scheme != "file":
        known = ", ".join(["http", "https", *_LIVE])
        raise SettingsError(f"{scheme}:// is no kind of stream that can be read; use one of {known}, or a file")
    path = Path(unquote(given.removeprefix("file://")) if scheme else given).expanduser()
    if path.exists():
        return Address(url=f"file:{path}", kind="file", shown=str(path), ends=True)
    if device := _DEVICE.fullmatch(given):
        return _device(device["format"], device["input"])
    raise SourceMissing(
        f"there is no file {path}; check the name (a stream's address begins with https://, rtmp://, ...)"
    )


def _live(url: str, scheme: str) -> Address:
    """A live stream, called or (`listen=1`, for SRT `mode=listener`) waited for; RTMP has its `listen` as an option."""
    options, waits = dict(_LIVE[scheme]), bool(_WAITS.search(url))
    shown = redact(url)
    if waits and scheme == "rtmp":
        url, options = url.split("?")[0], {"listen": "1"}
    return Address(url=url, kind="live", shown=shown, ends=False, waits=waits, options=tuple(options.items()))


def _device(container: str, name: str) -> Address:
    """A capture device; the virtual `lavfi` is paced, since it would give a whole day at once."""
    options = (("readrate", "1"),) if container == "lavfi" else ()
    return Address(
        url=name, kind="device", shown=f"{container}:{name}", ends=False, container=container, options=options
    )


def _look_up(url: str) -> None:
    """SourceUnreachable names a host that is unknown; an address to listen on needs no look-up."""
    host = urlsplit(url).hostname
    if not host:
        return
    try:
        socket.getaddrinfo(host, None)
    except (socket.gaierror, UnicodeError) as error:
        raise SourceUnreachable(f"unknown host {host}; check the address and the network") from error


def _web(url: str, settings: SourceSettings, lists: int = 3) -> Address:
    """A stream or file behind HTTP as it is, the one that a station list names (at most `lists` deep), or a page's."""
    _look_up(url)
    seen = _glance(url)
    if seen.kind in _PAGES:
        from pipeline.source.page import resolve_page

        return resolve_page(url, settings)
    if (
        lists and "#EXT-X-" not in seen.text and (listed := _LISTED.search(seen.text))
    ):  # an Icecast station's .m3u or .pls
        return _web(listed[1], settings, lists - 1)
    ends = _closed(seen) if seen.text else seen.sized
    return media(url, ends=ends, kind="hls" if "#EXT-X-" in seen.text and not ends else "http")


def is_page(given: str) -> bool:
    """Whether `given` is a web page, whose stream yt-dlp has to find."""
    if not given.lower().startswith(("http://", "https://")):
        return False
    try:
        return _glance(given).kind in _PAGES
    except SourceError:
        return False


def is_over(address: Address) -> bool:
    """A live playlist has been closed since: the stream, or that run of it, has come to its own end."""
    if address.kind not in ("http", "hls"):
        return False
    if address.url.startswith("file:"):
        return "#EXT-X-ENDLIST" in Path(address.url.removeprefix("file:")).with_name("0.m3u8").read_text("utf-8")
    try:
        return _closed(_glance(address.url))
    except SourceError:
        return False


def _closed(seen: "_Seen") -> bool:
    """Nothing more will be added to the HLS playlist, or to its first variant."""
    if "#EXT-X-STREAM-INF" in seen.text and (variant := _VARIANT.search(seen.text)):
        seen = _glance(urljoin(seen.url, variant[1]))
    return "#EXT-X-ENDLIST" in seen.text


def media(
    url: str, *, ends: bool, kind: Kind = "http", headers: dict[str, str] | None = None, shown: str = ""
) -> Address:
    """The address of a stream or file behind HTTP(S); `kind` is `hls` for a live playlist, which can be mirrored."""
    options = {"rw_timeout": str(int(PATIENCE * 1e6))}
    if ends:  # a live stream taken up again would lose the time in between without a trace
        options |= {"reconnect": "1", "reconnect_on_network_error": "1", "reconnect_delay_max": "4"}
    if headers:
        options["headers"] = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return Address(url=url, kind=kind, shown=shown or redact(url), ends=ends, options=tuple(options.items()))


class _Seen(Value, frozen=True):
    """What an HTTP address answered: its content type, its text if it is a playlist, and whether it says its length."""

    url: str
    """Where it answered from in the end, after redirections: what a playlist's own addresses are relative to."""
    kind: str
    text: str = ""
    sized: bool = False


def _glance(url: str) -> _Seen:
    """The answer's headers and, of a playlist, its text; a SourceError when there is none within PATIENCE."""
    bare, headers = without_password(url)
    request = urllib.request.Request(bare, headers={"User-Agent": "Mozilla/5.0 (livesubs)", "Accept": "*/*", **headers})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            kind = answer.headers.get_content_type()
            start = b"" if kind == "text/html" else answer.read(10)
            text = start + answer.read(1 << 20) if start.startswith((b"#EXTM3U", b"[playlist]")) else b""
            last = url if answer.url == bare else answer.url
            return _Seen(
                url=last, kind=kind, text=text.decode("utf-8", "replace"), sized="Content-Length" in answer.headers
            )
    except http.client.BadStatusLine:  # SHOUTcast answers "ICY 200 OK"
        return _Seen(url=url, kind="audio/mpeg")
    except urllib.error.HTTPError as error:
        with error:
            raise explain(f"Server returned {error.code}", redact(url)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise explain(str(error), redact(url)) from error


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """`url` without user info, and the header that says it instead: urllib takes it for a part of the host."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url, {}
    user, host = parts.netloc.rsplit("@", 1)
    token = base64.b64encode(unquote(user).encode()).decode()
    return urlunsplit(parts._replace(netloc=host)), {"Authorization": f"Basic {token}"}
