"""Where to look first, beside a subtitle file: as a table, and as the bookmarks that Subtitle Edit shows in its list.

With FILE Subtitle Edit (4 and 5) reads `FILE.SE.bookmarks`: `{"bookmarks": [{"idx": N, "txt": "..."}]}`, where N is
the place in the list, from 0.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.events import Cue, Value
from pipeline.export.writing import put
from pipeline.lines import clock_time
from pipeline.report.moments import Moment, moments
from pipeline.report.record import Record

BOOKMARKS = ".SE.bookmarks"
"""What is put behind the name of the subtitle file."""
TABLE = ".marks.csv"


def write(record: Record, cues: Sequence[Cue], path: Path, *, force: bool) -> list[Path]:
    """Writes both beside the subtitle file at `path`, which has these cues, and gives their paths."""
    found = marks(moments(record), cues)
    csv, listed = (path.with_name(path.name + ending) for ending in (TABLE, BOOKMARKS))
    # Excel takes a table for one of its own code page unless it begins with a byte order mark.
    return [
        put(csv, table(found).encode("utf-8-sig"), force=force),
        put(listed, bookmarks(found).encode(), force=force),
    ]


class Mark(Value, frozen=True):
    """A moment, and the place in the file (from 0) where there is something to be seen of it."""

    place: int
    moment: Moment


def marks(found: Sequence[Moment], cues: Sequence[Cue]) -> list[Mark]:
    """Each moment at its cue, in the order given; `cues` are at least one, by time."""
    first: dict[str, int] = {}
    for place, cue in enumerate(cues):
        for id in (cue.id, *cue.sentences):
            first.setdefault(id, place)
    return [Mark(place=first.get(moment.of, _at(moment.start, cues)), moment=moment) for moment in found]


def _at(start: float, cues: Sequence[Cue]) -> int:
    """The cue that stands then, or the next; the last where there is none."""
    return next((place for place, cue in enumerate(cues) if cue.end > start), len(cues) - 1)


def table(marks: Sequence[Mark]) -> str:
    """CSV, the one with the most to do first."""
    made = io.StringIO()
    rows = csv.writer(made, lineterminator="\n")
    rows.writerow(["time", "seconds", "number", "why"])
    for mark in marks:
        start = mark.moment.start
        rows.writerow([clock_time(start), f"{start:.3f}", mark.place + 1, mark.moment.said])
    return made.getvalue()


def bookmarks(marks: Sequence[Mark]) -> str:
    """Subtitle Edit's own file, which has one bookmark a line of the list."""
    of: dict[int, list[str]] = {}
    for mark in marks:
        of.setdefault(mark.place, []).append(mark.moment.said)
    told = [{"idx": place, "txt": "; ".join(said)} for place, said in sorted(of.items())]
    return msgspec.json.encode({"bookmarks": told}).decode()
