"""Where an editor should look first: the minutes of a session with the most to mend. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from string import punctuation

from pipeline.events import Value, Word
from pipeline.report.headline import plural, span
from pipeline.report.record import Record

DOUBT = 0.5
"""A word that the recogniser gave less is worth hearing again."""
_MOST = 10
"""Moments that are named."""
_WORDS = 6
"""Doubtful words that are quoted for one."""
_LEAST = 0.5
"""Less work than that is no place to look first."""
_STEP = 60.0
_WEIGHTS = {"gap": 30.0, "untranslated": 3.0, "cut": 2.0, "kept back": 1.0, "doubt": 0.5, "late": 0.2, "fast": 0.2}
"""How much work one of each is: a gap is written anew, a sentence translated, a word heard again."""


_EDGES = punctuation + "«»…’ "


class Moment(Value, frozen=True):
    """One minute of the stream, or what there is of the last, and why to look at it."""

    start: float
    end: float
    reasons: tuple[str, ...]


class _Found(Value, frozen=True):
    at: float
    kind: str
    seconds: float = 0.0
    word: Word | None = None


def moments(record: Record) -> list[Moment]:
    """At most ten, the one with the most to do first."""
    by_minute: dict[int, list[_Found]] = defaultdict(list)
    for found in _findings(record):
        by_minute[int(found.at // _STEP)].append(found)
    work = {minute: sum(_WEIGHTS[one.kind] for one in found) for minute, found in by_minute.items()}
    ranked = sorted((minute for minute in work if work[minute] >= _LEAST), key=lambda minute: (-work[minute], minute))
    return [
        Moment(
            start=minute * _STEP,
            end=min((minute + 1) * _STEP, record.recorded),
            reasons=tuple(_reasons(by_minute[minute])),
        )
        for minute in ranked[:_MOST]
    ]


def _findings(record: Record) -> Iterator[_Found]:
    for gap in record.state.gaps:
        yield _Found(at=gap.start, kind="gap", seconds=gap.end - gap.start)
    for flag in ("untranslated", "cut", "late", "fast"):
        yield from (_Found(at=cue.start, kind=flag) for cue in record.flagged(flag))
    for kept in record.state.suppressed:
        yield _Found(at=kept.start, kind="kept back")
    for sentence in record.state.sentences.values():
        doubted = (word for word in sentence.words if word.probability < DOUBT)
        yield from (_Found(at=word.start, kind="doubt", word=word) for word in doubted)


def _reasons(found: list[_Found]) -> Iterable[str]:
    of: dict[str, list[_Found]] = defaultdict(list)
    for one in found:
        of[one.kind].append(one)
    if gaps := of["gap"]:
        yield f"{span(sum(gap.seconds for gap in gaps))} missing"
    for kind, said in (("untranslated", "not translated"), ("cut", "cut off"), ("late", "late"), ("fast", "too fast")):
        if of[kind]:
            yield f"{plural(len(of[kind]), 'cue')} {said}"
    if of["kept back"]:
        yield f"{plural(len(of['kept back']), 'text')} kept back"
    if words := sorted((one.word for one in of["doubt"] if one.word), key=lambda word: word.probability):
        first = sorted(words[:_WORDS], key=lambda word: word.start)
        quoted = ", ".join(dict.fromkeys(word.text.strip(_EDGES) for word in first))
        more = f" and {len(words) - _WORDS} more" if len(words) > _WORDS else ""
        yield f"unsure of: {quoted}{more}"
