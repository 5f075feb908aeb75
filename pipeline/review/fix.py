"""Mends what is wrong with a subtitle file and needs no human: no word is lost, and no fault is put in another's place.

A change is made only where it takes a fault away and brings none, so whatever was mended is left alone the next time.
"""

from collections.abc import Container, Iterator, Sequence
from math import ceil, inf

from msgspec.structs import replace

from pipeline.review import typography
from pipeline.review.check import judge
from pipeline.review.file import FileCue, SubtitleFile, Written
from pipeline.review.markup import TAG, visible
from pipeline.review.profile import Profile
from pipeline.review.texts import may_fit, mends
from pipeline.review.times import Format
from pipeline.subtitles.lines import break_lines
from pipeline.subtitles.quality import Limits, characters

LINGER = 0.5
"""Seconds by which an out-time is put off so that a cue can be read: Netflix's, from the end of the sound on."""
LEAST = 0.5
"""Seconds that a cue must keep where it is ended sooner and the profile has no shortest."""
_REACH = 2
"""Cues on each side that a change may have to do with."""
_SHAPE = frozenset({"lines", "cpl", "balance", "break"})


def fix(file: SubtitleFile, profile: Profile) -> SubtitleFile:
    """The file mended: written as UTF-8 and as its format asks, in order, each cue as good as it gets by itself.

    Its `stray` text cannot be written: whoever has some refuses to mend before it is put right.
    """
    cues = sorted(map(_clean, file.cues), key=lambda cue: cue.start)
    written = file.written
    bom = written.bom and written.encoding == "utf-8"
    return replace(
        file,
        cues=tuple(mended(cues, written.format, profile, range(len(cues)))),
        written=Written(format=written.format, bom=bom, newline=written.newline),
        findings=(),
        head=_unmarked(file.head),
        below=_unmarked(file.below),
    )


def _unmarked(text: str) -> str:
    """Without the byte order marks that are left where files were put together."""
    return text.replace("\ufeff", "")


def _clean(cue: FileCue) -> FileCue:
    return replace(
        cue,
        text=_unmarked(cue.text),
        number=_unmarked(cue.number),
        settings=_unmarked(cue.settings),
        above=_unmarked(cue.above),
    )


def mended(cues: list[FileCue], format: Format, profile: Profile, own: Container[int]) -> list[FileCue]:
    """The cues, those at the places `own` (from 0) each as good as it gets by itself; the list is changed.

    Every change takes at least one fault away, so this ends.
    """
    waiting = {cue - 1 for cue, _ in _wrong(cues, 0, len(cues), format, profile)}
    waiting |= {at - 1 for at in waiting if at}  # the gap before a cue is mended in the one before it
    while waiting:
        again: set[int] = set()
        for at in sorted(waiting):
            if at in own and (better := _better(cues, at, format, profile)):
                cues[at] = better
                again |= set(range(max(0, at - _REACH), min(len(cues), at + _REACH + 1)))
        waiting = again
    return cues


def _wrong(cues: Sequence[FileCue], first: int, last: int, format: Format, profile: Profile) -> set[tuple[int, str]]:
    """Which cues among those from `first` to before `last`, as positions from 1 on, break which rule."""
    found = judge(cues[first:last], format, profile)
    return {(first + fault.cue, fault.rule) for fault in found if fault.cue}


def _better(cues: list[FileCue], at: int, format: Format, profile: Profile) -> FileCue | None:
    """The first change to a cue that only mends; None if there is none."""
    first, last = max(0, at - _REACH), min(len(cues), at + _REACH + 1)
    wrong = _wrong(cues, first, last, format, profile)
    mine = {rule for cue, rule in wrong if cue == at + 1}
    after = {rule for cue, rule in wrong if cue == at + 2}
    then = cues[at + 1].start if at + 1 < len(cues) else None
    for changed in _changes(cues[at], mine, after, then, format, profile):
        tried = [*cues[first:at], changed, *cues[at + 1 : last]]
        still = {(first + cue, rule) for cue, rule in _wrong(tried, 0, len(tried), format, profile)}
        if still < wrong:
            return changed
    return None


def _changes(
    cue: FileCue, mine: set[str], after: set[str], then: float | None, format: Format, profile: Profile
) -> Iterator[FileCue]:
    """What may be tried: it breaks the rules `mine`, the next cue, which begins at `then`, those of `after`."""
    before_next = inf if then is None else then - profile.limits.gap
    for text in _texts(cue.text, mine, format, profile):
        if text != cue.text:
            changed = replace(cue, text=text)
            yield changed
            yield from (replace(changed, end=end) for end in _later(changed, before_next, format, profile))
    ends = [*_ends(cue, mine, after, before_next, profile.limits), *_later(cue, before_next, format, profile)]
    yield from (replace(cue, end=end) for end in dict.fromkeys(ends) if end != cue.end)


def _texts(text: str, mine: set[str], format: Format, profile: Profile) -> Iterator[str]:
    """All that can be mended at once, then one after the other, then with other lines."""
    mending = mends(profile) | {"blank": typography.blank_lines}
    wanted = [mend for rule, mend in mending.items() if rule in mine]
    whole = text
    for mend in wanted:
        whole = mend(whole)
    yield whole
    yield from (mend(text) for mend in wanted)
    if mine & _SHAPE and not TAG.search(text) and not typography.spoken_by_two(text):
        yield from _rebroken(whole, format, profile)
        yield from _rebroken(text, format, profile)


def _rebroken(text: str, format: Format, profile: Profile) -> Iterator[str]:
    """On other lines, unless a word is too long for one."""
    rules = profile.rules
    if may_fit(text, profile) and visible(text, format) == text and max(map(len, text.split()), default=0) <= rules.cpl:
        yield from ("\n".join(lines) for lines in [break_lines(text, rules, profile.lang)] if lines)


def _ends(cue: FileCue, mine: set[str], after: set[str], before_next: float, limits: Limits) -> Iterator[float]:
    """Out-times that keep the distance to the next cue, or that are not too late."""
    touching = after & {"gap", "overlap", "bridge"}
    if touching and (before_next > cue.end or before_next - cue.start >= max(limits.shortest, LEAST)):
        yield round(before_next, 3)
    if "longest" in mine:
        yield round(cue.start + limits.longest, 3)


def _later(cue: FileCue, before_next: float, format: Format, profile: Profile) -> Iterator[float]:
    """Out-times by which the text can be read, or stands long enough; or up to the next cue, where it is that near."""
    limits = profile.limits
    text = visible(cue.text, format)
    read = max(characters(text) / limits.cps, 60 * len(text.split()) / limits.wpm)
    most = max(cue.end + LINGER, cue.start + limits.shortest)
    ends = [min(cue.start + max(limits.shortest, read), most), cue.start + limits.shortest]
    if before_next <= most + LINGER:
        ends.append(before_next)
    yield from (up for end in ends if (up := ceil(1000 * end - 0.001) / 1000) > cue.end)
