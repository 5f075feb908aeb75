"""Where to look in a subtitle file: the editor's queue, then what else breaks a rule of the profile; as a table, and as
the bookmarks that Subtitle Edit shows in its list.

With FILE Subtitle Edit (4 and 5) reads `FILE.SE.bookmarks`: `{"bookmarks": [{"idx": N, "txt": "..."}]}`, where N is
the place in the list, from 0.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from pipeline.events import Cue, Value
from pipeline.export.writing import put_all
from pipeline.lines import clock_time
from pipeline.report.first import why
from pipeline.report.record import Record
from pipeline.review.check import figure
from pipeline.review.loud import levels
from pipeline.review.profile import Profile, of_language
from pipeline.review.queue import Problem, queue
from pipeline.review.spot import broken
from pipeline.source.parts import AUDIO

BOOKMARKS = ".SE.bookmarks"
"""What is put behind the name of the subtitle file."""
TABLE = ".marks.csv"


def found(record: Record, folder: Path, name: str) -> list[Problem]:
    """What there is to look at in the track `name`, in that order: the queue as far as it is worth it, with the rules
    of its language's profile that are broken there, and by time the other lines that break any, settled or not.

    Of two languages above each other it is that of the lower one.
    """
    lang = name.rpartition("-")[2]
    made = queue(record, lang, levels(folder / AUDIO))
    rules = _rules(record.state.track(lang), of_language(lang))
    first = made.problems[: made.stop]
    more = sorted((one for one in made.problems[made.stop :] if one.cue in rules), key=lambda one: one.start)
    return [replace(one, why=(*one.why, rules[one.cue])) if one.cue in rules else one for one in (*first, *more)]


def _rules(track: Sequence[Cue], profile: Profile) -> dict[str, str]:
    """By cue, what `qc` says of it: `netflix-en: cps 27 (20), lines 3 (2).`"""
    of: dict[str, list[str]] = defaultdict(list)
    for cue, fault in broken(track, profile):
        of[cue.id].append(f"{fault.rule} {_value(figure(fault.rule, fault.found))} ({_value(fault.allowed)})")
    return {cue: f"{profile.base}: {', '.join(told)}." for cue, told in of.items()}


def _value(value: str | float) -> str:
    return f"{value:.10g}" if isinstance(value, int | float) else " / ".join(value.split("\n"))


def write(found: Sequence[Problem], cues: Sequence[Cue], path: Path, *, force: bool) -> list[Path]:
    """Writes both beside the subtitle file at `path`, which has these cues, and gives their paths."""
    placed = marks(found, cues)
    csv, listed = (path.with_name(path.name + ending) for ending in (TABLE, BOOKMARKS))
    # Excel takes a table for one of its own code page unless it begins with a byte order mark.
    made = {csv: table(placed).encode("utf-8-sig"), listed: bookmarks(placed).encode()}
    return put_all(made, force=force)


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
