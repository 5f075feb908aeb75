"""The archive: the recorded media segments and when each is, as ffmpeg's segment lists say."""

import csv
from pathlib import Path

from pipeline.events import Value


class MediaSegment(Value, frozen=True):
    """A finished piece of the archive; stream time [start, end) is what it presents."""

    path: Path
    start: float
    end: float


def stem(archive: Path) -> Path:
    """Where the next capture into the folder `archive` writes: 0001, then 0002 after a resume."""
    return archive / f"{len(list(archive.glob('*.csv'))) + 1:04d}"


def segments(archive: Path) -> list[MediaSegment]:
    """The finished segments in order; a line that is being written is left for the next reading."""
    return [
        MediaSegment(path=archive / name, start=float(start), end=float(end))
        for listed in sorted(archive.glob("*.csv"))
        for name, start, end in csv.reader(_whole_lines(listed))
    ]


def _whole_lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
