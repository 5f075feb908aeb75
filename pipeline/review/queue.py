"""The editor's queue: every cue of a track by how likely it is to need a human, why, and what looking costs. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import prod
from statistics import median

from pipeline.events import Cue, Edit, Value
from pipeline.report.record import Record
from pipeline.review.doubts import words
from pipeline.review.loud import Levels
from pipeline.review.settled import killed, settled
from pipeline.review.signs import Sign, signs

WORTH = 0.1
"""A cue that is less likely to need a human is not worth a look: ten of them would be for one fault."""
SECONDS = 17.5
"""That one cue takes, as long as the session's own edits do not tell: 120 cues in 35 minutes."""
_FEW, _MOST = 0.5, 0.9
"""So few faults are hardly one; where they are left, so much of all lies in the others, or nothing is said of that."""
_ENOUGH = 20
"""Edits of which the time is known."""
_PAUSE = 180.0
"""Seconds without an edit after which the editor was elsewhere."""


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


class Forecast(Value, frozen=True):
    """What is to be expected where, in words, which are everywhere these."""

    share: str
    """`80 %`, of the faults to be expected; empty where there are so few that it would say nothing."""
    left: str
    """`about 12 faults`, or `hardly a fault`, in the rest."""
    few: bool
    """Hardly one: who has looked at the others may stop."""


class Queue(Value, frozen=True):
    """The cues of one track, the likeliest first; those that are settled last."""

    problems: tuple[Problem, ...]
    price: Price
    stop: int
    """After so many one may stop ..."""
    left: float
    """... with so many faults to be expected in the rest."""
    forecast: Forecast


def queue(record: Record, lang: str, levels: Levels | None = None) -> Queue:
    """Of the track `lang` as it now is; `levels` of its recording, as `loud.levels` reads them, where there is one."""
    found: dict[str, list[Sign]] = defaultdict(list)
    for id, sign in (*signs(record, lang), *words(record, lang, levels)):
        found[id].append(sign)
    done, gone = settled(record), killed(record, lang)
    for cue in gone:
        found[cue.id] = [Sign(chance=1.0, said=f"“{cue.text}” was taken out while it was live.")]
    problems = [_problem(cue, found[cue.id], cue.id in done) for cue in (*record.state.track(lang), *gone)]
    return ordered(problems, seconds(record))


def ordered(problems: Iterable[Problem], seconds: float) -> Queue:
    """The queue of these problems, where looking at one takes so many `seconds`."""
    made = sorted(problems, key=lambda one: (one.settled, -one.score, one.start))
    scores = [one.score for one in made if not one.settled]
    stop = sum(score >= WORTH for score in scores)
    left, expected = sum(scores[stop:]), sum(scores)
    price = Price(cues=stop, minutes=stop * seconds / 60, share=1 - left / expected if expected else 1.0)
    return Queue(problems=tuple(made), price=price, stop=stop, left=left, forecast=forecast(expected - left, left))


def forecast(held: float, left: float) -> Forecast:
    """Of so many faults to be expected in the cues that are worth a look, and in the rest."""
    few = left < _FEW
    share = held / (held + left) if held else 0.0
    told = "hardly a fault" if few else f"about {left:.0f} fault{'' if round(left) == 1 else 's'}"
    telling = held + left >= 1 and (not few or share >= _MOST)  # else: a third here, and hardly one in the rest
    return Forecast(share=f"{share:.0%}".replace("%", " %") if telling and held else "", left=told, few=few)


def seconds(record: Record) -> float:
    """What a cue has taken in this session, between one edit and the next; `SECONDS` until enough are known."""
    at = [entry.at for entry in record.entries if isinstance(entry.event, Edit) and not entry.event.refused]
    taken = [after - before for before, after in pairwise(at) if 0 < after - before < _PAUSE]
    return median(taken) if len(taken) >= _ENOUGH else SECONDS


def _problem(cue: Cue, found: Sequence[Sign], settled: bool) -> Problem:
    """Each sign by itself may be the one that is right."""
    score = 1 - prod(1 - sign.chance for sign in found)
    told = sorted((sign for sign in found if sign.said), key=lambda sign: -sign.chance)
    why = tuple(dict.fromkeys(sign.said for sign in told))
    return Problem(cue=cue.id, start=cue.start, score=score, why=why, settled=settled)
