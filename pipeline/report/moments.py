"""Where an editor should look first: what there is to mend in a session, one by one. Pure."""

from collections.abc import Iterator
from string import punctuation

from pipeline.events import Cue, Sentence, Value, Word
from pipeline.report.headline import span
from pipeline.report.record import Record

DOUBT = 0.5
"""A word that the recogniser gave less is worth hearing again."""
_WORDS = 6
"""Doubtful words that are named for one sentence."""
_QUOTED = 60
"""Characters of a text that find it again."""
_SAID = {
    "untranslated": "not translated",
    "doubtful": "translation doubtful",
    "cut": "cut off",
    "name": "a name is uncertain",
    "backfilled": "translated later",
    "late": "late",
    "fast": "too fast",
}
"""The flags of a cue, those with the most work first."""
_WEIGHTS = {
    "gap": 30.0, "untranslated": 3.0, "doubtful": 2.5, "cut": 2.0, "name": 1.0, "kept back": 1.0, "doubt": 0.5,
    "backfilled": 0.3, "late": 0.2, "fast": 0.2,
}  # fmt: skip
"""How much work one of each is: a gap is written anew, a sentence translated, a word heard again."""


_EDGES = punctuation + "«»…’ "


class Moment(Value, frozen=True):
    """One place to look at: a gap, a flagged cue, a text that was kept back, a sentence with doubtful words."""

    start: float
    """Stream time."""
    said: str
    work: float


def moments(record: Record) -> list[Moment]:
    """All there are, the one with the most to do first, then by time."""
    found = [*_gaps(record), *_cues(record), *_kept(record), *_doubtful(record)]
    return sorted(found, key=lambda moment: (-moment.work, moment.start))


def _gaps(record: Record) -> Iterator[Moment]:
    for gap in record.state.gaps:
        yield Moment(start=gap.start, said=f"{span(gap.end - gap.start)} missing", work=_WEIGHTS["gap"])


def _cues(record: Record) -> Iterator[Moment]:
    """Every cue of the shown tracks that has a flag."""
    for lang in record.shown:
        for cue in record.state.track(lang):
            if flags := [flag for flag in _SAID if flag in cue.flags]:
                where = f" ({lang})" if len(record.shown) > 1 else ""
                yield _flagged(cue, flags, _why(record, cue) + where)


def _why(record: Record, cue: Cue) -> str:
    """` (lost 90)`: what is doubtful about the translation that a cue shows; empty for nothing."""
    if "doubtful" not in cue.flags:
        return ""
    doubts = (record.doubts.get((cue.lang, id), "") for id in cue.sentences)
    return "".join(f" ({doubt})" for doubt in doubts if doubt)


def _flagged(cue: Cue, flags: list[str], more: str) -> Moment:
    said = f"{', '.join(_SAID[flag] for flag in flags)}{more}: {_quoted(cue.text)}"
    return Moment(start=cue.start, said=said, work=sum(_WEIGHTS[flag] for flag in flags))


def _kept(record: Record) -> Iterator[Moment]:
    for kept in record.state.suppressed:
        said = f"kept back: {_quoted(kept.text)}; {kept.reason}"
        yield Moment(start=kept.start, said=said, work=_WEIGHTS["kept back"])


def _doubtful(record: Record) -> Iterator[Moment]:
    for sentence in record.state.sentences.values():
        if words := _doubted(sentence):
            named = ", ".join(word.text.strip(_EDGES) for word in words[:_WORDS])
            more = f" and {len(words) - _WORDS} more" if len(words) > _WORDS else ""
            yield Moment(
                start=words[0].start,
                said=f"unsure of: {named}{more}, in {_quoted(sentence.text)}",
                work=len(words) * _WEIGHTS["doubt"],
            )


def _doubted(sentence: Sentence) -> list[Word]:
    return [word for word in sentence.words if word.probability < DOUBT]


def _quoted(text: str) -> str:
    """`"The postal workers…"`: one line, and no more than finds it."""
    line = " ".join(text.split())
    return f'"{line if len(line) <= _QUOTED else line[: _QUOTED - 1].rstrip() + "…"}"'
