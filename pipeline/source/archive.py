"""The archive: the recorded media segments and when each is, as ffmpeg's segment lists say.

Every connection has a list of its own, with times from its own first sample; where that lies is in `clock.csv`.
"""

import csv
from pathlib import Path

from pipeline.events import Value


class MediaSegment(Value, frozen=True):
    """A finished piece of the archive; stream time [start, end) is what it presents."""

    path: Path
    start: float
    end: float


_CLOCK = "clock.csv"


def stem(archive: Path, number: int) -> Path:
    """What the names of that connection's files begin with: 0001 for the first."""
    return archive / f"{number:04d}"


def place(archive: Path, number: int, at: float) -> None:
    """Notes that the connection's first sample lies at stream time `at`; OSError if that cannot be written."""
    archive.mkdir(exist_ok=True)
    with (archive / _CLOCK).open("a", encoding="utf-8") as clock:
        clock.write(f"{number:04d},{at:.6f}\n")


def placed(archive: Path) -> dict[int, float]:
    """Where each connection's first sample lies, stream time by its number."""
    return {int(number): float(at) for number, at in _rows(archive / _CLOCK)}


def segments(archive: Path) -> list[MediaSegment]:
    """The finished segments in order, each stretch of time once; a line that is being written is left for later."""
    found: list[MediaSegment] = []
    for number, at in sorted(({1: 0.0} | placed(archive)).items()):
        upto = found[-1].end if found else 0.0
        found += [
            MediaSegment(path=archive / name, start=at + float(start), end=at + float(end))
            for name, start, end in _rows(stem(archive, number).with_suffix(".csv"))
            if at + float(end) > upto  # what a server sent again is there already
        ]
    return found


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(_whole_lines(path))) if path.exists() else []


def _whole_lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
