"""The rows of the machine: room on the disk, yt-dlp, the clock, power and sleep."""

import os
import shutil
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from pipeline import power
from pipeline.check.recording import Recording
from pipeline.check.rows import Plan, Row, Rows
from pipeline.folder import SESSIONS, held
from pipeline.settings import SAMPLE_RATE
from pipeline.source.address import is_page
from pipeline.source.page import JS_RUNTIMES

SHOW = 3 * 3600.0
"""Seconds a show is taken to last when nothing says so."""
_AUDIO = 2.0 * SAMPLE_RATE
"""Bytes a second of `audio.s16`."""
_ARCHIVE = 600_000.0
"""... and of an archive of which nothing is known: 5 Mbit/s, a picture 1080 lines high."""
_SPARE = 500e6
"""Bytes that should be left in the end."""
OLD = 60
"""Days after which yt-dlp is old: the sites it reads change every few weeks."""


def machine(plan: Plan, recording: Recording | None, server_at: float | None) -> Rows[None]:
    """All of them; `server_at` is how far the clock of the stream's server is from ours, where that is known."""
    plan.doing("looking at the machine")
    yield disk(plan, recording)
    yield ytdlp(plan.source if is_page(plan.source) else "", datetime.now(UTC).date())
    yield clock(server_at, recorded=recording is not None and recording.address.kind == "file")
    yield battery(power.battery())
    yield sleep(power.sleep_prevented())


def disk(plan: Plan, recording: Recording | None) -> Row:
    """Room for the whole show, where the session folder is to be."""
    seconds = _length(plan, recording)
    needed = seconds * (recording.size if recording else _AUDIO + _ARCHIVE) + _SPARE
    out = plan.out or SESSIONS
    folder = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Row(row="disk", ok=False, say=f"{folder} cannot be written; choose another folder with --out")
    if folder == (plan.out and plan.out.absolute()) and held(folder):
        return Row(row="disk", ok=False, say=f"{folder} is not empty; choose another folder with --out")
    free = shutil.disk_usage(folder).free
    guess = "" if recording else " (a guess)"
    said = f"{_size(needed)} needed for {_hours(seconds)}{guess}, {_size(free)} free for {out}"
    if free >= needed:
        return Row(row="disk", ok=True, say=said)
    way = "free some space, or choose a folder on another disk with --out"
    return Row(row="disk", ok=False, say=f"{said}; {way}")


def _length(plan: Plan, recording: Recording | None) -> float:
    """How long the show will be, seconds."""
    source = plan.settings.source
    if source.length is not None:
        return source.length
    if recording and recording.media.duration is not None and recording.address.ends:
        return (source.end or recording.media.duration) - source.start
    return SHOW


def ytdlp(page: str, today: date) -> Row:
    """Only a page's address needs it; `page` is empty for others."""
    from yt_dlp.version import __version__

    year, month, day = (int(part) for part in __version__.split(".")[:3])
    days = (today - date(year, month, day)).days
    said = f"yt-dlp of {date(year, month, day):%d %B %Y}"
    if not page:
        return Row(row="yt-dlp", ok=True, say=f"{said}; this source does not need it")
    if days > OLD:
        way = "sites change every few weeks: type `pip install -U yt-dlp` where livesubs is installed"
        return Row(row="yt-dlp", ok=False, say=f"{said} is {days} days old; {way}")
    if not any(map(shutil.which, JS_RUNTIMES.values())):
        if _on_youtube(page):
            way = "YouTube needs one: install Deno (https://deno.com) or Node.js"
            return Row(row="yt-dlp", ok=False, say=f"{said} finds no JavaScript runtime; {way}")
        said = f"{said}, no JavaScript runtime (YouTube would need one)"
    return Row(row="yt-dlp", ok=True, say=said)


def _on_youtube(page: str) -> bool:
    host = urlsplit(page).hostname or ""
    return host == "youtu.be" or host.endswith(("youtube.com", "youtube-nocookie.com"))


def clock(server_at: float | None, *, recorded: bool) -> Row:
    """`server_at` is the server's clock less ours, seconds; without one there is nothing to compare with.

    A file that was recorded has no need of any.
    """
    if recorded:
        return Row(row="clock", ok=True, say="a file needs none")
    if server_at is None:
        said = f"{datetime.now().astimezone():%H:%M:%S %Z}; compare it with your telephone"
        return Row(row="clock", ok=True, say=said, tried=False)
    if abs(server_at) <= 60:
        return Row(row="clock", ok=True, say="agrees with the clock of the stream's server")
    way = "set it: `timedatectl set-ntp true`, or in the system's settings for date and time"
    direction = "behind" if server_at > 0 else "ahead of"
    said = f"this machine's clock is {_time(abs(server_at))} {direction} that of the stream's server"
    return Row(row="clock", ok=False, say=f"{said}; {way}")


def battery(found: power.Battery | None) -> Row:
    if found is None:
        return Row(row="power", ok=True, say="no battery: this machine runs on mains")
    if found.plugged:
        return Row(row="power", ok=True, say=f"plugged in, battery at {found.percent:.0f} %")
    return Row(row="power", ok=False, say=f"on battery ({found}); plug in the power supply")


def sleep(prevented: str) -> Row:
    return Row(row="sleep", ok=not prevented, say=prevented or "the machine stays awake during a session")


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.3g} h" if seconds >= 3600 else f"{max(1, seconds / 60):.0f} min"


def _time(seconds: float) -> str:
    units = (("days", 86400), ("hours", 3600), ("minutes", 60))
    return next((f"{seconds / size:.0f} {unit}" for unit, size in units if seconds >= 2 * size), f"{seconds:.0f} s")
