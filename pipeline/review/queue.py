"""The editor's queue: every cue of a track by how likely it is to need a human, why, and what looking costs. Pure."""

from collections.abc import Iterable, Sequence
from math import prod

from pipeline.events import Cue, Value
from pipeline.report.record import Record
from pipeline.review.signs import Sign, signs

WORTH = 0.1
"""A cue that needs a human less often than this is not looked at: it takes ten looks to find a fault."""
SECONDS = 17.5
"""That one cue takes, as long as the session's own edits do not tell: 120 cues in 35 minutes."""


class Problem(Value, frozen=True):
    """A cue, and what speaks against it."""

    cue: str
    """Its id; a line that was taken out has its own, though it is not in the track."""
    start: float
    """Stream time."""
    score: float
    """How likely it needs a human, 0 to 1."""
    why: tuple[str, ...] = ()
    """In a few words each, what weighs most first; none where nothing speaks against it."""
    settled: bool = False
    """A person has written it or found it right since the doubt was raised."""


class Price(Value, frozen=True):
    """What it takes to look at the cues that are worth it."""

    cues: int
    minutes: float
    share: float
    """Of the faults that are to be expected in the track, those in these cues, 0 to 1."""


class Queue(Value, frozen=True):
    """The cues of one track, the likeliest first; those that are settled last."""

    problems: tuple[Problem, ...]
    price: Price
    stop: int
    """After so many one may stop ..."""
    left: float
    """... with so many faults to be expected in the rest."""


def queue(record: Record, lang: str) -> Queue:
    """Of the track `lang` as it now is."""
    found = signs(record, lang)
    killed = [cue for cue in record.state.killed.values() if cue.lang == lang and cue.id in found]
    problems = [_problem(cue, found.get(cue.id, ())) for cue in (*record.state.track(lang), *killed)]
    return ordered(problems, SECONDS)


def ordered(problems: Iterable[Problem], seconds: float) -> Queue:
    """The queue of these problems, where looking at one takes so many `seconds`."""
    made = sorted(problems, key=lambda one: (one.settled, -one.score, one.start))
    scores = [one.score for one in made if not one.settled]
    stop = sum(score >= WORTH for score in scores)
    left, expected = sum(scores[stop:]), sum(scores)
    share = 1 - left / expected if expected else 1.0
    price = Price(cues=stop, minutes=stop * seconds / 60, share=share)
    return Queue(problems=tuple(made), price=price, stop=stop, left=left)


def _problem(cue: Cue, found: Sequence[Sign]) -> Problem:
    """Each sign by itself may be the one that is right."""
    told = sorted((sign for sign in found if sign.said), key=lambda sign: -sign.chance)
    score = 1 - prod(1 - sign.chance for sign in found)
    return Problem(cue=cue.id, start=cue.start, score=score, why=tuple(dict.fromkeys(sign.said for sign in told)))
