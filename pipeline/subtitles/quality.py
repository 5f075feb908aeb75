"""Which cues break which rule of shape and time: the one judge that tests, scores and the editor's checks share."""

from collections.abc import Iterable
from itertools import pairwise
from math import inf
from typing import Literal

from pipeline.events import Cue, Value
from pipeline.settings import CueRules

_HALF_MILLISECOND = 0.0005
_MILLISECOND = 0.001
_NOTHING = 1e-6
"""What floating point may be out by."""

Rule = Literal[
    "empty",
    "blank",
    "lines",
    "cpl",
    "reversed",
    "shortest",
    "longest",
    "cps",
    "wpm",
    "order",
    "overlap",
    "gap",
    "bridge",
]


class Limits(Value, frozen=True):
    """What a cue may be, in characters and seconds; what is left out is not limited."""

    lines: float = inf
    cpl: float = inf
    cps: float = inf
    """Characters a second at most."""
    wpm: float = inf
    """Words a minute at most."""
    forgiven: float = 0.0
    """Seconds by which a speed may be missed, for who rounds times to milliseconds."""
    shortest: float = 0.0
    longest: float = inf
    gap: float = 0.0
    close: float = 0.0
    """A gap from here on ..."""
    bridge: float = 0.0
    """... and shorter than this is to be closed to `gap`."""


class Fault(Value, frozen=True):
    """A cue that breaks a rule: what was found there and the least or most that is allowed (characters, seconds...)."""

    cue: str
    rule: Rule
    found: float
    allowed: float


def limits(rules: CueRules) -> Limits:
    """What a session's cues are held to."""
    return Limits(
        lines=rules.lines,
        cpl=rules.cpl,
        cps=rules.cps_most,
        forgiven=_HALF_MILLISECOND,
        shortest=rules.shortest,
        longest=rules.longest,
        gap=rules.gap,
        close=rules.gap + _MILLISECOND,
        bridge=rules.bridge,
    )


def characters(text: str) -> int:
    """What the eye has to read: every line without the spaces around it, newlines not counted (IWSLT's count)."""
    return sum(len(line.strip()) for line in text.splitlines())


def cps(cue: Cue) -> float:
    """Reading speed, characters a second."""
    return characters(cue.text) / max(cue.end - cue.start, 0.001)


def too_fast(text: str, start: float, end: float, rules: CueRules) -> bool:
    """Whether the text cannot be read in the time, at the speed that is allowed at most."""
    return _over(characters(text), rules.cps_most, end - start + _HALF_MILLISECOND)


def faults(cues: Iterable[Cue], rules: CueRules | Limits) -> list[Fault]:
    """Everything that is wrong with one track, in the order of its cues: first with each, then with two in a row."""
    held_to = rules if isinstance(rules, Limits) else limits(rules)
    cues = list(cues)
    found = [fault for cue in cues for fault in _alone(cue, held_to)]
    return found + [fault for before, cue in pairwise(cues) for fault in _after(before, cue, held_to)]


def _alone(cue: Cue, rules: Limits) -> Iterable[Fault]:
    lines = [line for line in cue.text.split("\n") if line.strip()]
    if not lines:
        yield Fault(cue=cue.id, rule="empty", found=0, allowed=1)
    elif blank := cue.text.count("\n") + 1 - len(lines):
        yield Fault(cue=cue.id, rule="blank", found=blank, allowed=0)
    if len(lines) > rules.lines:
        yield Fault(cue=cue.id, rule="lines", found=len(lines), allowed=rules.lines)
    if (widest := max(map(len, lines), default=0)) > rules.cpl:
        yield Fault(cue=cue.id, rule="cpl", found=widest, allowed=rules.cpl)
    if cue.end < cue.start:
        yield Fault(cue=cue.id, rule="reversed", found=cue.end - cue.start, allowed=0)
    else:
        yield from _stands(cue, rules)


def _stands(cue: Cue, rules: Limits) -> Iterable[Fault]:
    """Whether it stands long enough to be read, and no longer than it may."""
    length = cue.end - cue.start
    if length < rules.shortest - _HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="shortest", found=length, allowed=rules.shortest)
    if length > rules.longest + _HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="longest", found=length, allowed=rules.longest)
    if _over(characters(cue.text), rules.cps, length + rules.forgiven):
        yield Fault(cue=cue.id, rule="cps", found=cps(cue), allowed=rules.cps)
    words = len(cue.text.split())
    if _over(words, rules.wpm / 60, length + rules.forgiven):
        yield Fault(cue=cue.id, rule="wpm", found=60 * words / max(length, _MILLISECOND), allowed=rules.wpm)


def _over(count: int, speed: float, length: float) -> bool:
    return count > speed * length + _NOTHING


def _after(before: Cue, cue: Cue, rules: Limits) -> Iterable[Fault]:
    """What is wrong between two cues: of those in the wrong order, that alone."""
    gap = cue.start - before.end
    closable = cue.start - rules.gap - before.start <= rules.longest
    if cue.start < before.start:
        yield Fault(cue=cue.id, rule="order", found=cue.start, allowed=before.start)
    elif gap < -_HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="overlap", found=-gap, allowed=0)
    elif gap < rules.gap - _HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="gap", found=gap, allowed=rules.gap)
    elif closable and rules.close - _HALF_MILLISECOND < gap < rules.bridge - _HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="bridge", found=gap, allowed=rules.bridge)
