"""What was done on the console of a copy and came back, in words."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.editing import CHANGED
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
    said = " instead of ".join(_quoted(text) for text in dict.fromkeys((one.after, one.before)) if text)
    told = f"{_DID[one.action.do]}{': ' if said else ''}{said}"
    why = f"; not taken: {refused(one.refused, _quoted(one.now))}" if one.refused else ""
    return f"{clock_time(one.start)} on the console {told}{why}"


def refused(why: str, now: str) -> str:
    """Why something is not taken, with what the session says there `now`; empty where that is no matter."""
    return f"that line was changed meanwhile, and now says {now}" if now and why == CHANGED else why


def _quoted(text: str) -> str:
    return f'"{text}"'.replace("\n", " / ") if text else ""


def summary(done: "Iterable[Done]") -> str:
    """`on the console 2 marked, 1 typed`; empty where nothing was done."""
    counts = Counter(one.action.do for one in done)
    told = ", ".join(f"{counts[do]} {name}" for do, name in _DID.items() if counts[do])
    return f"on the console {told}" if told else ""
