"""Where to look in a subtitle file: the editor's queue, then what else is wrong by the profile, in the spelling or with
speech that has no line; as a table, and as the bookmarks that Subtitle Edit shows in its list.

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

from pipeline.afterwards import glossary_of
from pipeline.events import Cue, Value
from pipeline.export.writing import put_all
from pipeline.lines import clock_time
from pipeline.report.first import why
from pipeline.report.record import Record
from pipeline.review.check import figure
from pipeline.review.loud import levels
from pipeline.review.profile import Profile, of_language
from pipeline.review.queue import Problem, queue
from pipeline.review.spelling import names_of
from pipeline.review.whole import SPELLING, Wrong, track, wrong
from pipeline.source.parts import AUDIO

BOOKMARKS = ".SE.bookmarks"
"""What is put behind the name of the subtitle file."""
TABLE = ".marks.csv"
_SAID = 0.9
"""How likely speech without a line needs a human; the editor who deleted it has heard it."""


def found(record: Record, folder: Path, name: str) -> list[Problem]:
    """What there is to look at in the track `name`, in that order: the queue as far as it is worth it, with what is
    wrong there, and by time the other lines with which anything is wrong, settled or not.

    Of two languages above each other it is that of the lower one.
    """
    lang = name.rpartition("-")[2]
    made = queue(record, lang, levels(folder / AUDIO))
    profile = of_language(lang)
    names = names_of(glossary_of(folder), [cue.text for cue in record.state.cues.values()])
    wrongs = wrong(track(record.state, lang), profile, names)
    told = _told(wrongs, profile)
    first = made.problems[: made.stop]
    out = (Problem(cue=one.cue, start=one.line.start, score=_SAID) for one in wrongs if one.line)
    rest = [one for one in (*made.problems[made.stop :], *out) if one.cue in told]
    more = sorted(rest, key=lambda one: one.start)
    return [replace(one, why=(*one.why, *told.get(one.cue, ()))) for one in (*first, *more)]


def _told(wrongs: Sequence[Wrong], profile: Profile) -> dict[str, list[str]]:
    """By cue, what is wrong with it: `netflix-en: cps 27 (20), lines 3 (2).`, as `qc` says; `No dictionary has: teh.`

    What was deleted is under its own id.
    """
    rules: dict[str, list[str]] = defaultdict(list)
    words: dict[str, list[str]] = defaultdict(list)
    for one in wrongs:
        if one.rule == SPELLING:
            words[one.cue].append(f"No dictionary has: {one.found}.")
        elif one.line:
            text = " ".join(one.line.text.split())
            words[one.cue].append(f"“{text}” was deleted, and no line stands where it was said.")
        else:
            rules[one.cue].append(f"{one.rule} {_value(figure(one.rule, one.found))} ({_value(one.allowed)})")
    broken = {cue: [f"{profile.base}: {', '.join(said)}."] for cue, said in rules.items()}
    return {cue: [*broken.get(cue, ()), *words[cue]] for cue in (*broken, *list(words))}


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
