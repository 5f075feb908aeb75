"""Where an editor should look first: what there is to mend in a session, one by one. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from string import punctuation

from pipeline.editing import standing
from pipeline.events import Cue, Sentence, Value, Word
from pipeline.report.headline import span
from pipeline.report.record import Record
from pipeline.restoring import restored

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
    """One place to look at: a gap, a sentence with flagged cues or doubtful words, a text that was kept back."""

    start: float
    """Stream time."""
    said: str
    work: float
    of: str = ""
    """The id of the sentence that it is about, if it is about one."""


def moments(record: Record) -> list[Moment]:
    """All there are, each sentence once, the one with the most to do first, then by time."""
    found = [*_gaps(record), *_kept(record), *_together([*_cues(record), *_doubtful(record)])]
    return sorted(found, key=lambda moment: (-moment.work, moment.start))


def _together(found: Iterable[Moment]) -> Iterator[Moment]:
    """All that there is to be said of each sentence as one."""
    of: dict[str, list[Moment]] = defaultdict(list)
    for moment in found:
        of[moment.of].append(moment)
    for id, mine in of.items():
        start, work = min(moment.start for moment in mine), sum(moment.work for moment in mine)
        yield Moment(start=start, said="; ".join(moment.said for moment in mine), work=work, of=id)


def _gaps(record: Record) -> Iterator[Moment]:
    for gap in record.state.gaps:
        yield Moment(start=gap.start, said=f"{span(gap.end - gap.start)} missing", work=_WEIGHTS["gap"])


def _cues(record: Record) -> Iterator[Moment]:
    """The sentences of the shown tracks whose cues have flags, in each track once."""
    for lang in record.shown:
        cues: dict[str, list[Cue]] = defaultdict(list)
        for cue in record.state.track(lang):
            cues[cue.sentences[0] if cue.sentences else cue.id].append(cue)
        for id, mine in cues.items():
            there = {flag for cue in mine for flag in cue.flags if flag != "late"} | {*mine[0].flags}
            if flags := [flag for flag in _SAID if flag in there]:
                yield _flagged(record, id, mine, flags)


def _why(record: Record, cue: Cue) -> str:
    """` (lost 90)`: what is doubtful about the translation that a cue shows; empty for nothing."""
    answers = (record.answers[cue.lang].get(id) for id in cue.sentences)
    return "".join(f" ({answer.doubtful})" for answer in answers if answer and answer.doubtful)


def _flagged(record: Record, id: str, cues: list[Cue], flags: list[str]) -> Moment:
    """That a later cue of a sentence begins late is no matter: it waits for the one before to be read."""
    first = next(cue for cue in cues if flags[0] in cue.flags)
    why = _why(record, first) if "doubtful" in flags else ""
    where = f" ({first.lang})" if len(record.shown) > 1 else ""
    said = f"{', '.join(_SAID[flag] for flag in flags)}{why}{where}: {_quoted(first.text)}"
    return Moment(start=first.start, said=said, work=sum(_WEIGHTS[flag] for flag in flags), of=id)


def _kept(record: Record) -> Iterator[Moment]:
    back = restored(standing(record.state))
    for kept in (one for one in record.state.suppressed if one.id not in back):
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
                of=sentence.id,
            )


def _doubted(sentence: Sentence) -> list[Word]:
    return [word for word in sentence.words if word.probability < DOUBT]


def _quoted(text: str) -> str:
    """`"The postal workers…"`: one line, and no more than finds it."""
    line = " ".join(text.split())
    return f'"{line if len(line) <= _QUOTED else line[: _QUOTED - 1].rstrip() + "…"}"'
