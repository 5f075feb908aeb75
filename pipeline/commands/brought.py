"""What was done on the console of a copy and came back, in words."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.lines import clock_time

if TYPE_CHECKING:
    from pipeline.events import Doing
    from pipeline.review.returning import Done

_DID: "dict[Doing, str]" = {
    "edit": "changed", "kill": "taken out", "mark": "marked", "say": "typed", "undo": "undone",
    "begin": "begin of the show", "end": "end of the show",
}  # fmt: skip


def line(one: "Done") -> str:
    """`0:01:02 on the console taken out: "Good evening."`"""
    said = " instead of ".join(f'"{text}"' for text in dict.fromkeys((one.after, one.before)) if text)
    told = f"{_DID[one.action.do]}{': ' if said else ''}{said}".replace("\n", " / ")
    return f"{clock_time(one.start)} on the console {told}{f'; not taken: {one.refused}' if one.refused else ''}"


def summary(done: "Iterable[Done]") -> str:
    """`on the console 2 marked, 1 typed`; empty where nothing was done."""
    counts = Counter(one.action.do for one in done)
    told = ", ".join(f"{counts[do]} {name}" for do, name in _DID.items() if counts[do])
    return f"on the console {told}" if told else ""
