"""The editor's queue, beside a subtitle file: as a table, and as the bookmarks that Subtitle Edit shows in its list.

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
from pipeline.report.first import why
from pipeline.report.record import Record
from pipeline.review.loud import levels
from pipeline.review.queue import Problem, queue
from pipeline.source.parts import AUDIO

BOOKMARKS = ".SE.bookmarks"
"""What is put behind the name of the subtitle file."""
TABLE = ".marks.csv"


def write(record: Record, folder: Path, name: str, cues: Sequence[Cue], path: Path, *, force: bool) -> list[Path]:
    """Writes both beside the subtitle file at `path`, which has these cues of the track `name`, and gives their paths.

    Of two languages above each other the queue is that of the lower one.
    """
    made = queue(record, name.rpartition("-")[2], levels(folder / AUDIO))
    found = marks(made.problems[: made.stop], cues)
    csv, listed = (path.with_name(path.name + ending) for ending in (TABLE, BOOKMARKS))
    # Excel takes a table for one of its own code page unless it begins with a byte order mark.
    return [
        put(csv, table(found).encode("utf-8-sig"), force=force),
        put(listed, bookmarks(found).encode(), force=force),
    ]


class Mark(Value, frozen=True):
    """A problem, and the place in the file (from 0) where there is something to be seen of it."""

    place: int
    problem: Problem


def marks(found: Sequence[Problem], cues: Sequence[Cue]) -> list[Mark]:
    """Each problem at its cue, in the order given; `cues` are at least one, by time."""
    of = {cue.id: place for place, cue in enumerate(cues)}
    return [Mark(place=of.get(one.cue, _at(one.start, cues)), problem=one) for one in found]


def _at(start: float, cues: Sequence[Cue]) -> int:
    """The cue that stands then, or the next; the last where there is none."""
    return next((place for place, cue in enumerate(cues) if cue.end > start), len(cues) - 1)


def table(marks: Sequence[Mark]) -> str:
    """CSV, the likeliest first."""
    made = io.StringIO()
    rows = csv.writer(made, lineterminator="\n")
    rows.writerow(["time", "seconds", "number", "likely", "why"])
    for place, one in ((mark.place, mark.problem) for mark in marks):
        rows.writerow([clock_time(one.start), f"{one.start:.3f}", place + 1, f"{one.score:.2f}", why(one)])
    return made.getvalue()


def bookmarks(marks: Sequence[Mark]) -> str:
    """Subtitle Edit's own file, which has one bookmark a line of the list."""
    of: dict[int, list[str]] = {}
    for mark in marks:
        of.setdefault(mark.place, []).append(why(mark.problem))
    told = [{"idx": place, "txt": " ".join(said)} for place, said in sorted(of.items())]
    return msgspec.json.encode({"bookmarks": told}).decode()
