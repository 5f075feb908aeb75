"""Settings that an editor's changes speak for, and what they say of what is no setting. Pure."""

from collections.abc import Iterator, Sequence
from statistics import median

from pipeline.events import Cue
from pipeline.report.record import Record
from pipeline.review.learning.changes import Changed, text_of
from pipeline.review.learning.proposal import Evidence, Proposal, times
from pipeline.scores.spread import spread
from pipeline.settings import CueRules
from pipeline.subtitles.quality import cps

_OFTEN = 5
"""Lines at least: a setting is for all that come."""
_MOST_OF = 0.8
"""Of the lines of one kind, so many were changed the same way."""
_FASTER = 1.0
"""Characters a second: less is no other speed."""
_MOVED, _STEP = 0.2, 0.1
"""Seconds: what is less is no habit; settings are told in steps."""
_QUOTED = 20
"""Lines that are named for a setting."""


def habits(record: Record, found: Sequence[Changed]) -> Iterator[Proposal]:
    """What is proposed for the rules that cues were made by, and hints."""
    rules = record.settings.cues
    same = [one for one in found if len(one.before) == len(one.after) == 1 and one.lang in record.shown]
    yield from _speed(same, rules)
    yield from _shortest(same, rules)
    yield from _linger(same, rules)
    yield from _width(found, rules)
    yield from _delay(record)


def _speed(same: Sequence[Changed], rules: CueRules) -> Iterator[Proposal]:
    """Lines that were too fast for the editor: what they were brought to is what to aim at."""
    slowed = [one for one in same if cps(one.after[0]) < cps(one.before[0]) - _FASTER and cps(one.before[0]) > 10]
    if len(slowed) < _OFTEN:
        return
    before, after = (
        median(map(cps, cues)) for cues in zip(*((one.before[0], one.after[0]) for one in slowed), strict=True)
    )
    if after <= rules.cps - _FASTER:
        why = f"{len(slowed)} lines were slowed down, from {before:.1f} to {after:.1f} characters a second (median)"
        yield _setting("cps", float(round(after)), why, slowed)


def _shortest(same: Sequence[Changed], rules: CueRules) -> Iterator[Proposal]:
    """Short lines that were made to stand longer, to no more than what is short."""
    longer = [
        one for one in same if _length(one.before[0]) < 1.5 and _length(one.after[0]) > _length(one.before[0]) + _STEP
    ]
    if len(longer) < _OFTEN:
        return
    least = round(min(_length(one.after[0]) for one in longer), 1)
    left = [one for one in same if _length(one.after[0]) < least and text_of(one.after) != text_of(one.before)]
    if least >= rules.shortest + _STEP and len(left) < len(longer) / 4:
        why = f"{len(longer)} short lines were made to stand longer, each for {least:.1f} s at least"
        yield _setting("shortest", least, why, longer, against=len(left))


def _linger(same: Sequence[Changed], rules: CueRules) -> Iterator[Proposal]:
    """Ends that were put off, or brought forward, alone."""
    moved = [one for one in same if one.after[0].start == one.before[0].start and abs(_end(one)) >= _STEP]
    for later in (True, False):
        alike = [one for one in moved if (_end(one) > 0) == later]
        if len(alike) < 2 * _OFTEN or len(alike) < _MOST_OF * len(moved):
            continue
        by = median(map(_end, alike))
        value = max(0.0, round(rules.linger + by, 1))
        if abs(by) >= _MOVED and value != rules.linger and value <= rules.linger_most:
            why = f"{len(alike)} lines were made to end {abs(by):.1f} s {'later' if later else 'earlier'} (median)"
            yield _setting("linger", value, why, alike, against=len(moved) - len(alike))


def _width(found: Sequence[Changed], rules: CueRules) -> Iterator[Proposal]:
    """Lines that a person wrote wider than they may be."""
    wide = [one for one in found if one.after and max(map(_widest, one.after)) > rules.cpl]
    if len(wide) >= _OFTEN:
        value = max(_widest(cue) for one in wide for cue in one.after)
        yield _setting("cpl", value, f"{len(wide)} changed lines are wider than {rules.cpl} characters", wide)


def _delay(record: Record) -> Iterator[Proposal]:
    """Lines that were shown late: the delay of the screen is chosen when it is opened."""
    late = [latency for latency in record.latencies if latency.lang in record.shown]
    measured = spread([latency.seconds for latency in late])
    delays = [action.value for action in record.state.actions.values() if action.do == "delay" and not action.refused]
    if not measured or not delays or measured.p95 <= delays[-1]:
        return
    missed = [latency for latency in late if latency.seconds > delays[-1]]
    cues = record.state.cues
    evidence = [Evidence(cue=one.cue, start=one.stream, before=text_of([cues[one.cue]]), after="") for one in missed]
    yield Proposal(
        kind="hint",
        what=f"livesubs run --delay {5 * int(measured.p95 / 5 + 1)}",
        why=f"{len(missed)} of {len(late)} lines were later than the screen's {delays[-1]:.0f} s",
        evidence=tuple(evidence[:_QUOTED]),
    )


def _setting(name: str, value: float | int, why: str, found: Sequence[Changed], against: int = 0) -> Proposal:
    return Proposal(
        kind="setting",
        what=f"cues.{name} = {value}",
        why=why + (f"; {times(against)} not" if against else ""),
        evidence=tuple(one.evidence for one in found[:_QUOTED]),
        against=against,
        value=value,
    )


def _length(cue: Cue) -> float:
    return cue.end - cue.start


def _end(one: Changed) -> float:
    return one.after[0].end - one.before[0].end


def _widest(cue: Cue) -> int:
    return max(map(len, cue.text.split("\n")))
