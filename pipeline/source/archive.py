"""The archive: the recorded media segments and when each is, as ffmpeg's segment lists say.

Every connection has a list of its own, with times from its own first sample; where that lies is in `clock.csv`.
"""

import csv
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from pipeline.events import MediaSegment
from pipeline.source.parts import Anchor

_CLOCK = "clock.csv"


def stem(archive: Path, number: int) -> Path:
    """What the names of that connection's files begin with: 0001 for the first."""
    return archive / f"{number:04d}"


def note(archive: Path, anchor: Anchor) -> None:
    """Notes where a connection lies; OSError if that cannot be written."""
    archive.mkdir(exist_ok=True)
    path = archive / _CLOCK
    torn = path.exists() and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as clock:
        began = "" if anchor.began is None else f"{anchor.began:.6f}"
        clock.write("\n" * torn + f"{anchor.number:04d},{anchor.at:.6f},{began},{anchor.clock}\n")


def anchors(archive: Path) -> list[Anchor]:
    """Where the connections lie, in order; a line that was torn is none."""
    return [
        Anchor(number=int(row[0]), at=float(row[1]), began=float(row[2]) if row[2] else None, clock=row[3])
        for row in _rows(archive / _CLOCK)
        if len(row) == 4
    ]


def segments(archive: Path) -> Sequence[MediaSegment]:
    """The finished segments in order, each stretch of time once; a line that is being written is left for later.

    As long as there is nothing new it is the same object: in three hours it is thousands, and many ask.
    """
    known = tuple(anchors(archive)) or (Anchor(number=1, at=0.0),)
    return _segments(archive, known, tuple(_stamp(_list(archive, anchor)) for anchor in known))


@lru_cache(maxsize=4)
def _segments(archive: Path, known: Sequence[Anchor], stamps: Sequence[tuple[int, int]]) -> Sequence[MediaSegment]:
    """`stamps` says which state of the connections' lists this is."""
    found: list[MediaSegment] = []
    for anchor in known:
        at = anchor.at
        upto = found[-1].end if found else 0.0
        found += [
            MediaSegment(path=_path(archive, name), start=at + float(start), end=at + float(end), origin=at)
            for name, start, end in _rows(_list(archive, anchor))
            if at + float(end) > upto  # what a server sent again is there already
        ]
    return tuple(found)


def _list(archive: Path, anchor: Anchor) -> Path:
    return stem(archive, anchor.number).with_suffix(".csv")


def _stamp(path: Path) -> tuple[int, int]:
    """When a list was written last, and how long it is then."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


@cache
def _path(archive: Path, name: str) -> Path:
    """Made once: in three hours thousands are asked for every second, and to join them was most of that."""
    return archive / name


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(_whole_lines(path))) if path.exists() else []


def _whole_lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
