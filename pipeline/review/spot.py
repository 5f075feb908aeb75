"""A few lines held against a profile while they are written: what is wrong, and what would mend it without a human."""

from collections.abc import Collection, Sequence
from math import ceil

from msgspec.structs import replace

from pipeline.events import Cue, Value
from pipeline.review.check import judge
from pipeline.review.file import FileCue
from pipeline.review.fix import mended
from pipeline.review.profile import Profile

_PAIRS = ("gap", "bridge", "overlap", "order")
"""Rules about a line and the one before it."""


class Line(Value, frozen=True):
    """A line as it would be shown."""

    start: float
    end: float
    text: str


class LineFault(Value, frozen=True):
    """One thing that is wrong with the line at that place among those that were asked about, counted from 0."""

    cue: int
    rule: str
    found: str | float
    allowed: str | float


class Mended(Value, frozen=True):
    """A line as it would be mended; -1 is the one before those that were asked about."""

    cue: int
    start: float
    end: float
    text: str


class Spot(Value, frozen=True):
    """What is wrong with some lines, how they would be mended, and what would still be wrong then."""

    faults: tuple[LineFault, ...]
    fixed: tuple[Mended, ...] = ()
    left: tuple[LineFault, ...] = ()


def look(
    lines: Sequence[Line], before: Line | None, after: Line | None, profile: Profile, fps: float | None = None
) -> Spot:
    """Of lines of a session, which have no tags, with their neighbours. What is wrong between the last of them and the
    one `after` is told of that one: its place is their number. `fps` is the picture's, if it is known."""
    cues = [_cue(line) for line in (before, *lines, after) if line]
    first, own = (1 if before else 0), len(lines)
    wrong = _faults(cues, first, own, profile)
    better = _better(cues, first, own, profile, {fault.rule for fault in wrong if not fault.cue})
    better = _on_frames(cues, better, first, own, profile, fps or profile.fps)
    changed = [(at, cue) for at, cue in enumerate(better) if cue != cues[at]]
    return Spot(
        faults=wrong,
        fixed=tuple(Mended(cue=at - first, start=cue.start, end=cue.end, text=cue.text) for at, cue in changed),
        left=_faults(better, first, own, profile),
    )


def broken(track: Sequence[Cue], profile: Profile) -> list[tuple[Cue, LineFault]]:
    """What is wrong with a whole track, by time, each with its line."""
    found = _faults([FileCue(start=cue.start, end=cue.end, text=cue.text) for cue in track], 0, len(track), profile)
    return [(track[fault.cue], fault) for fault in found]


def _cue(line: Line) -> FileCue:
    return FileCue(start=line.start, end=line.end, text=line.text)


def _faults(cues: Sequence[FileCue], first: int, own: int, profile: Profile) -> tuple[LineFault, ...]:
    """Those of the lines themselves, and of the place of the one after them."""
    found = [(fault.cue - 1 - first, fault) for fault in judge(cues, "srt", profile) if fault.cue]
    return tuple(
        LineFault(cue=at, rule=fault.rule, found=fault.found, allowed=fault.allowed)
        for at, fault in found
        if 0 <= at < own or (at == own and fault.rule in _PAIRS)
    )


def _better(
    cues: Sequence[FileCue], first: int, own: int, profile: Profile, rules: Collection[str]
) -> Sequence[FileCue]:
    """The lines mended; the one before them only where its end is too near to, or too far from, the first of them."""
    made = mended(list(cues), "srt", profile, range(first, first + own))
    if first and not set(rules).isdisjoint(_PAIRS):
        tried = mended(list(made), "srt", profile, range(first))
        return tried if tried[0].text == cues[0].text else made
    return made


def _on_frames(
    cues: Sequence[FileCue], better: Sequence[FileCue], first: int, own: int, profile: Profile, fps: float
) -> Sequence[FileCue]:
    """An out-time that is put off goes on to the end of its frame, where that is no fault: nobody asks for a
    thousandth of a second more."""
    for at, cue in enumerate(better):
        if cue.end > cues[at].end:
            whole = replace(cue, end=round(ceil(round(cue.end * fps, 2)) / fps, 3))
            tried = [*better[:at], whole, *better[at + 1 :]]
            if len(_faults(tried, first, own, profile)) <= len(_faults(better, first, own, profile)):
                better = tried
    return better
