"""Two sides as one HTML page that needs nothing else: no network, no script, no font."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from pipeline import report
from pipeline.lines import clock_time
from pipeline.report.headline import plural
from pipeline.review.comparing.differences import NEXT, Counts, Row
from pipeline.review.comparing.sides import Side

_SAID = {
    "same": "as they were", "text": "with other words", "time": "at other times", "text and time": "with both",
    "split": "split", "merged": "merged", "divided": "divided otherwise", "inserted": "inserted", "deleted": "deleted",
}  # fmt: skip


def page(before: Side, after: Side, rows: Sequence[Row], counted: Counts, suber: float | None) -> str:
    """The whole page; `suber` is None where it could not be reckoned."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader([Path(__file__).parent, *report.__path__]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"clock": _clock, "moved": _moved, "breaks": _breaks, "count": "{:,}".format, "plural": plural}
    runs = [(same, list(run)) for same, run in groupby(rows, key=lambda row: row.kind == "same")]
    return made.get_template("compare.html.jinja").render(
        before=before, after=after, runs=runs, counted=counted, suber=suber, said=_SAID, headline=headline(counted)
    )


def headline(counted: Counts) -> str:
    """`12 lines differ: 8 with other words, 4 at other times.`"""
    told = [
        f"{counted.kinds[kind]:,} {said}" for kind, said in _SAID.items() if kind != "same" and kind in counted.kinds
    ]
    differing = sum(count for kind, count in counted.kinds.items() if kind != "same")
    if not differing:
        return "Nothing differs."
    return f"{plural(differing, 'line')} differ{'s' if differing == 1 else ''}: {', '.join(told)}."


def _clock(seconds: float) -> str:
    """To the hundredth: a tenth is two frames and a half."""
    return f"{clock_time(seconds)}.{int(100 * (seconds % 1) + 0.001):02}"


def _breaks(text: str, changed: bool) -> str:
    """A text in which the end of a line can be seen to be another, and where the next line begins."""
    return (text.replace("\n", "⏎\n") if changed else text).replace(NEXT, " ¶\n")


def _moved(seconds: float) -> str:
    return f"{abs(seconds):.2f} s {'later' if seconds > 0 else 'earlier'}"
