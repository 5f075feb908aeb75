"""The stream on a web page, found by yt-dlp (imported when first used)."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from pipeline.errors import NotLiveYet, SettingsError, SourceError, SourceMissing, SourceUnreachable
from pipeline.settings import SourceSettings
from pipeline.source.address import Address, media
from pipeline.source.failures import redact, redact_all

# One address with picture and sound; where a page has them apart only, the sound is what subtitles need.
_FORMATS = "best[protocol^=m3u8]/best/bestaudio"

JS_RUNTIMES = {"deno": "deno", "node": "node", "bun": "bun", "quickjs": "qjs"}
"""What yt-dlp may run YouTube's scripts with, and the program that each is."""

_AGE = "sites change and yt-dlp with them, so try `pip install -U yt-dlp`"

_RULES: tuple[tuple[str, type[SourceError], str], ...] = (
    (
        r"[Ss]ign in|[Ll]og ?in\b|\bcookies\b|members[- ]only|\bage\b|\bprivate\b|\baccount\b",
        SourceUnreachable,
        "{page} is shown to signed-in people only; pass your browser's cookies file with --cookies",
    ),
    (
        r"not available in your|\bgeo|\bcountry\b",
        SourceUnreachable,
        "{page} cannot be watched from this country; ask its owner",
    ),
    (
        r"Unsupported URL|No video|no video|no media",
        SourceMissing,
        "there is no stream on the page {page}; give the address of the stream itself, or " + _AGE,
    ),
    (r"removed|unavailable|does not exist|404", SourceMissing, "{page} is not there any more; check the address"),
    (r"timed out|refused|resolve|getaddrinfo", SourceUnreachable, "{page} does not answer; check the network"),
)


def resolve_page(url: str, settings: SourceSettings) -> Address:
    """The media address behind a page URL; NotLiveYet when it is announced only, else a SourceError that says why."""
    import yt_dlp

    options = {
        "quiet": True,
        "no_warnings": True,
        "noplaylist": True,
        "format": _FORMATS,
        "logger": _Silent(),
        "socket_timeout": 10,
        "js_runtimes": {name: {} for name in JS_RUNTIMES},
        # What YouTube's challenges are solved by is fetched from yt-dlp's own project when it is needed, by its hash.
        "remote_components": {"ejs:github"},
        # A stream that is only announced has no formats; its start is what we want to know.
        "ignore_no_formats_error": True,
    }
    if settings.cookies:
        options["cookiefile"] = _cookies(Path(settings.cookies).expanduser())
    try:
        with yt_dlp.YoutubeDL(options) as finder:
            address = stream_of(finder.extract_info(url, download=False) or {}, url)
            return _with_cookies(address, finder.cookiejar.get_cookies_for_url(address.url))
    except (yt_dlp.utils.YoutubeDLError, OSError) as error:
        raise refusal(str(error), url) from error


def _cookies(path: Path) -> io.StringIO:
    """The file's text: yt-dlp would write to the file, and overlook that it is not there."""
    from yt_dlp.cookies import YoutubeDLCookieJar

    try:
        text = path.read_text("utf-8")
        YoutubeDLCookieJar(io.StringIO(text)).load()
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} is no cookies file in the cookies.txt format; check --cookies") from error
    return io.StringIO(text)


def _with_cookies(address: Address, cookies: list[Any]) -> Address:
    """The address, with the cookies that its server wants to see."""
    if not cookies:
        return address
    port = urlsplit(address.url).port
    suffix = f":{port}" if port else ""  # libav counts a port as a part of the domain
    lines = "".join(f"{c.name}={c.value}; path={c.path}; domain={c.domain}{suffix};\r\n" for c in cookies)
    return msgspec.structs.replace(address, options=(*address.options, ("cookies", lines)))


def stream_of(info: dict[str, Any], page: str) -> Address:
    """The address in what yt-dlp says of a page; NotLiveYet or SourceMissing when there is none."""
    while info.get("entries"):
        info = next(iter(info["entries"]))
    starts = info.get("release_timestamp")
    if info.get("live_status") == "is_upcoming":
        starts_at = datetime.fromtimestamp(starts, UTC) if starts else None
        when = f"begins at {starts_at.astimezone():%H:%M on %d %B}" if starts_at else "has not begun"
        raise NotLiveYet(f"{redact(page)} {when}; wait for it, or start the program again then", starts_at)
    if not info.get("url"):
        raise SourceMissing(f"there is no stream on the page {redact(page)}; check the address, or {_AGE}")
    live = bool(info.get("is_live"))
    return media(
        info["url"],
        ends=not live,
        kind="hls" if live and str(info.get("protocol", "")).startswith("m3u8") else "http",
        headers=info.get("http_headers"),
        shown=redact(page),
    )


def refusal(said: str, page: str) -> SourceError:
    """The error for what yt-dlp said."""
    shown = redact(page)
    said = re.sub(r"\x1b\[[0-9;]*m|^ERROR: ?", "", said)
    for pattern, kind, sentence in _RULES:
        if re.search(pattern, said):
            return kind(sentence.format(page=shown))
    reason = redact_all(said.split("; please report")[0].partition("\n")[0]).rstrip(".") or "no reason given"
    return SourceError(f"yt-dlp finds no stream on {shown} ({reason}); {_AGE}")


class _Silent:
    """yt-dlp's logger: what matters comes as an exception."""

    def debug(self, message: str) -> None: ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None: ...
