"""Which cues break which rule: the one judge that tests, scores and the editor's checks share."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

from pipeline.events import Cue, Value
from pipeline.settings import CueRules

_HALF_MILLISECOND = 0.0005

Rule = Literal["empty", "lines", "cpl", "shortest", "longest", "cps", "order", "gap", "bridge"]


class Fault(Value, frozen=True):
    """A cue that breaks a rule: what was found there and the least or most that is allowed (characters, seconds...)."""

    cue: str
    rule: Rule
    found: float
    allowed: float


def characters(text: str) -> int:
    """What the eye has to read: every line without the spaces around it, newlines not counted (IWSLT's count)."""
    return sum(len(line.strip()) for line in text.splitlines())


def cps(cue: Cue) -> float:
    """Reading speed, characters a second."""
    return characters(cue.text) / max(cue.end - cue.start, 0.001)


def too_fast(text: str, start: float, end: float, rules: CueRules) -> bool:
    """Whether the text cannot be read in the time, at the speed that is allowed at most."""
    return characters(text) > rules.cps_most * (end - start + _HALF_MILLISECOND)


def faults(cues: Iterable[Cue], rules: CueRules) -> list[Fault]:
    """Everything that is wrong with one track, in the order of its cues."""
    cues = list(cues)
    found = [fault for cue in cues for fault in _alone(cue, rules)]
    return found + [fault for before, cue in pairwise(cues) for fault in _after(before, cue, rules)]


def _alone(cue: Cue, rules: CueRules) -> Iterable[Fault]:
    lines = cue.text.split("\n")
    if not all(line.strip() for line in lines):
        yield Fault(cue=cue.id, rule="empty", found=0, allowed=1)
    if len(lines) > rules.lines:
        yield Fault(cue=cue.id, rule="lines", found=len(lines), allowed=rules.lines)
    if (widest := max(map(len, lines))) > rules.cpl:
        yield Fault(cue=cue.id, rule="cpl", found=widest, allowed=rules.cpl)
    length = cue.end - cue.start
    if length < rules.shortest - _HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="shortest", found=length, allowed=rules.shortest)
    if length > rules.longest + _HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="longest", found=length, allowed=rules.longest)
    if too_fast(cue.text, cue.start, cue.end, rules):
        yield Fault(cue=cue.id, rule="cps", found=cps(cue), allowed=rules.cps_most)


def _after(before: Cue, cue: Cue, rules: CueRules) -> Iterable[Fault]:
    if cue.start < before.start:
        yield Fault(cue=cue.id, rule="order", found=cue.start, allowed=before.start)
    gap = cue.start - before.end
    if gap < rules.gap - _HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="gap", found=gap, allowed=rules.gap)
    closable = cue.start - rules.gap - before.start <= rules.longest
    if closable and rules.gap + _HALF_MILLISECOND < gap < rules.bridge - _HALF_MILLISECOND:
        yield Fault(cue=cue.id, rule="bridge", found=gap, allowed=rules.bridge)
