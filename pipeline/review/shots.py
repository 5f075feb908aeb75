"""The picture's frames and shot changes, for edges that fall on them. Needs no more of a session than its archive."""

import re
import subprocess
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from pipeline.events import MediaSegment, Value
from pipeline.system import hold_back

SHOTS = "shots.json"
"""In the session folder, what is known of them."""
_MANY = 15
"""Segments that are looked through at once: half a minute and more."""
_CHANGE = 10
"""By how much two pictures differ at a shot change at least, in percent (ffmpeg's scdet, as it is unless one says)."""
_SMALL = "scale=256:-2"
_TIME = re.compile(r"pts_time:(-?[0-9.]+)")
_PATIENCE = 300.0
"""Seconds that one look may take: the slowest machine needs a tenth of that for the largest picture."""


class Part(Value, frozen=True):
    """Some segments that follow on each other, and the one before them, with which their first picture is compared."""

    before: tuple[MediaSegment, ...]
    segments: tuple[MediaSegment, ...]

    @property
    def name(self) -> str:
        """Another one when a session that goes on has added to it."""
        return f"{self.segments[0].path.stem}+{len(self.segments)}"

    def away(self, time: float) -> float:
        """Seconds between it and that time; 0 within it."""
        return max(0.0, self.segments[0].start - time, time - self.segments[-1].end)


def parts(found: Sequence[MediaSegment]) -> list[Part]:
    """An archive in parts, none of them of two connections: there is no shot change where one ends."""
    made: list[Part] = []
    for _, group in groupby(found, key=lambda segment: segment.connection):
        mine = tuple(group)
        for at in range(0, len(mine), _MANY):
            made.append(Part(before=mine[max(0, at - 1) : at], segments=mine[at : at + _MANY]))
    return made


def changes(ffmpeg: str, part: Part) -> list[float]:
    """Stream times at which a shot begins; none where the picture cannot be read."""
    filters = f"{_SMALL},scdet=s=1:t={_CHANGE},metadata=print:file=-"
    read = ["-v", "error", "-threads", "1", "-copyts", "-f", "mpegts", "-i", "pipe:0", "-map", "0:v:0"]
    command = [ffmpeg, *read, "-vf", filters, "-f", "null", "-"]
    there = (segment.path for segment in (*part.before, *part.segments) if segment.path.exists())
    data = b"".join(path.read_bytes() for path in there)
    first = part.segments[0]
    times = [round(first.origin + float(time), 3) for time in _TIME.findall(_said(command, data))]
    return [time for time in times if first.start - 0.001 <= time]


def _said(command: list[str], data: bytes) -> str:
    """What a program says that is given the data, while others are before it."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        hold_back(process.pid)
        try:
            return process.communicate(data, _PATIENCE)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            process.kill()
            return ""


def frame_rate(segment: Path) -> float | None:
    """Frames a second of a media segment; None if it has no picture, or cannot be read."""
    import av

    try:
        with av.open(str(segment)) as opened:
            found: Any = opened.streams.video
            return round(float(found[0].guessed_rate), 3) if found and found[0].guessed_rate else None
    except (av.error.FFmpegError, OSError):
        return None
