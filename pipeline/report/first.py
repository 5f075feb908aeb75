"""Where an editor should look first: the queues of the tracks that the audience reads. Pure."""

from pipeline.events import Value
from pipeline.report.headline import plural
from pipeline.report.record import Record
from pipeline.review.loud import Levels
from pipeline.review.queue import Problem, Queue, forecast, queue

_QUOTED = 60
"""Characters of a text that find it again."""


class First(Value, frozen=True):
    """What to look at, the likeliest first, and what that costs."""

    places: tuple[tuple[float, str], ...]
    """Each with its stream time."""
    price: str


def first(record: Record, levels: Levels | None = None) -> First:
    """Of all tracks that the audience reads; `levels` of the recording, where there is one."""
    queues = {lang: queue(record, lang, levels) for lang in record.shown}
    found = [(one, lang) for lang, made in queues.items() for one in made.problems[: made.stop]]
    found.sort(key=lambda pair: (-pair[0].score, pair[0].start))
    return First(
        places=tuple((one.start, _said(record, one, lang)) for one, lang in found),
        price=_price([*queues.values()]),
    )


def _said(record: Record, problem: Problem, lang: str) -> str:
    cue = record.state.cues.get(problem.cue) or record.state.killed[problem.cue]
    where = f" ({lang})" if len(record.shown) > 1 else ""
    return f"{_quoted(cue.text)}{where}: {why(problem)}"


def why(problem: Problem) -> str:
    """All that is said against a cue, in one line."""
    return " ".join(problem.why) or "Each of its words is hardly in doubt, all together are."


def _price(queues: list[Queue]) -> str:
    """`120 cues, about 35 minutes, with 80 % of the faults to be expected. In the rest about 12 faults may be left.`"""
    cues, minutes = sum(one.stop for one in queues), sum(one.price.minutes for one in queues)
    held = sum(one.score for made in queues for one in made.problems[: made.stop])
    told = forecast(held, sum(one.left for one in queues))
    share = f", with {told.share} of the faults to be expected" if told.share else ""
    rest = f"In the rest {told.left} {'is to be expected' if told.few else 'may be left'}."
    return f"{plural(cues, 'cue')}, about {plural(max(1, round(minutes)), 'minute')}{share}. {rest}"


def _quoted(text: str) -> str:
    """`"The postal workers…"`: one line, and no more than finds it."""
    line = " ".join(text.split())
    return f'"{line if len(line) <= _QUOTED else line[: _QUOTED - 1].rstrip() + "…"}"'
