"""What speaks against a cue: signs, each with how likely it alone makes a cue one that needs a human. Pure.

How likely is measured for words alone (`heard`); the rest are estimates, until edited sessions tell.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from rapidfuzz.distance import Levenshtein

from pipeline.editing import standing
from pipeline.events import UNSPOKEN, Cue, Edit, Rendering, Repaired, Sentence, Suppressed, Value
from pipeline.lines import clock_time
from pipeline.report.headline import span
from pipeline.report.record import Record
from pipeline.restoring import restored
from pipeline.review.sense import amiss
from pipeline.review.shown import by_sentence
from pipeline.subtitles.quality import Rule, faults
from pipeline.translation.verdicts import usable

_FLAGS = {
    "marked": (0.99, "It was marked while it was live."),
    "untranslated": (0.98, "It is not translated."),
    "cut": (0.7, "The recording begins or ends within it."),
    "fast": (0.15, "It is too fast to read."),
    "backfilled": (0.15, "It was shown as it was said, and translated later."),
    "late": (0.02, "It begins after its words."),
}
_VERBATIM = ("fast", "late")
"""Flags that are no fault in the track of what was said."""
_SHAPES: dict[Rule, str] = {
    "empty": "It has no text.",
    "blank": "It has an empty line.",
    "lines": "It has too many lines.",
    "cpl": "A line is too long.",
    "reversed": "It ends before it begins.",
    "shortest": "It stands too short.",
    "longest": "It stands too long.",
    "order": "It begins before the line above it.",
    "overlap": "It is on screen together with the line before.",
    "gap": "It follows too closely on the line before.",
}
_NOTED = 0.99
_MISSHAPEN, _DOUBTED, _NAMED, _SENSELESS, _DISAGREED = 0.3, 0.5, 0.5, 0.6, 0.5
_GAP, _UNHEARD, _KEPT, _KEPT_ALONE, _FALLBACK, _REPAIRED = 0.7, 0.9, 0.2, 0.05, 0.15, 0.1
_HEARD_AGAIN, _APART = 0.9, 0.25
"""Where the passes differ in more than this share of their words, 0 to 1, one of them has misheard; ask which."""
_NEAR = 2.0
"""Seconds: what was kept back no further away than this may have been part of a cue's sentence, else it was none."""


class Sign(Value, frozen=True):
    """One thing that speaks against a cue."""

    chance: float
    """How likely a cue with this sign needs a human, 0 to 1."""
    said: str = ""
    """A sentence; empty where it is not worth one."""


def signs(record: Record, lang: str) -> Iterator[tuple[str, Sign]]:
    """All there are but those of the words, each with the id of its cue."""
    cues = record.state.track(lang)
    yield from _noted(record, cues)
    yield from _flags(cues, verbatim=lang == record.session.src_lang)
    for fault in faults(cues, record.settings.cues):
        if fault.rule in _SHAPES:
            yield fault.cue, Sign(chance=_MISSHAPEN, said=_SHAPES[fault.rule])
    if cues:
        yield from _beside(record, cues)
    yield from _names(record, cues)
    yield from _heard_again(record, cues)
    yield from _translated(record, lang, cues)


def _noted(record: Record, cues: list[Cue]) -> Iterator[tuple[str, Sign]]:
    """What one editor left for another."""
    ids, stand = {cue.id for cue in cues}, {edit.id for edit in standing(record.state)}
    for entry in record.entries:
        if isinstance(note := entry.event, Edit) and note.did == "note" and note.id in stand:
            when = datetime.fromtimestamp(entry.at).astimezone()
            said = f"A note of {when.day} {when:%B, %H:%M}: “{note.note}”"
            yield from ((id, Sign(chance=_NOTED, said=said)) for id, _ in note.before if id in ids)


def _flags(cues: list[Cue], *, verbatim: bool) -> Iterator[tuple[str, Sign]]:
    """That a later cue of a sentence begins late is no matter: it waits for the one before to be read."""
    first = {mine[0].id for mine in by_sentence(cues).values()}
    for cue in cues:
        for flag in cue.flags:
            told = flag in _FLAGS and not (verbatim and flag in _VERBATIM) and (flag != "late" or cue.id in first)
            if told:
                yield cue.id, Sign(chance=_FLAGS[flag][0], said=_FLAGS[flag][1])


def _beside(record: Record, cues: list[Cue]) -> Iterator[tuple[str, Sign]]:
    """What is missing next to a cue."""
    for gap in record.state.gaps:
        cue, where = _at(cues, gap.start)
        said = f"{span(gap.end - gap.start)} of the stream are missing {where} it, from {clock_time(gap.start)} on."
        yield cue.id, Sign(chance=_GAP, said=said)
    for skipped in record.state.skipped:
        cue, where = _at(cues, skipped.start)
        yield cue.id, Sign(chance=_UNHEARD, said=f"{span(skipped.end - skipped.start)} {where} it were not heard.")
    back = restored(standing(record.state))
    for kept in (one for one in record.state.suppressed if one.id not in back):
        at = bisect(cues, kept.start, key=lambda cue: cue.start)
        cue = min(cues[max(0, at - 1) : at + 1], key=lambda cue: _away(kept, cue))
        where = "after" if cue.end <= kept.start else "before"
        said = f"“{kept.text.strip()}” was kept back {where} it: {kept.reason}."
        yield cue.id, Sign(chance=_KEPT if _away(kept, cue) < _NEAR else _KEPT_ALONE, said=said)


def _at(cues: list[Cue], moment: float) -> tuple[Cue, str]:
    """The cue that comes next or stands then, and that it lies before it; the last where there is none."""
    following = next((cue for cue in cues if cue.end > moment), None)
    return (following, "before") if following else (cues[-1], "after")


def _away(kept: Suppressed, cue: Cue) -> float:
    """Seconds between a text that was kept back and a cue."""
    return max(0.0, kept.start - cue.end, cue.start - kept.end)


def _names(record: Record, cues: list[Cue]) -> Iterator[tuple[str, Sign]]:
    """Names that may have been said, and those that were put in the place of what was heard."""
    repaired: dict[str, list[Repaired]] = defaultdict(list)
    for repair in record.of(Repaired):
        repaired[repair.sentence].append(repair)
    for cue in cues:
        sentences = [record.state.sentences[id] for id in cue.sentences if id in record.state.sentences]
        if "name" in cue.flags:
            names = list(dict.fromkeys(name for one in sentences for name in one.uncertain))
            said = f"A name is uncertain: {', '.join(names)}." if names else "A name in it is uncertain."
            yield cue.id, Sign(chance=_NAMED, said=said)
        for one in (repair for sentence in sentences for repair in repaired[sentence.id]):
            yield cue.id, Sign(chance=_REPAIRED, said=f"“{one.heard}” was heard, “{one.name}” is written.")


def _heard_again(record: Record, cues: list[Cue]) -> Iterator[tuple[str, Sign]]:
    """That what was heard in the second pass is not what was heard live, with both."""
    live = [one for one in record.of(Sentence) if one.pass_ == 1]
    for id, mine in by_sentence(cues).items():
        sentence = record.state.sentences.get(id)
        if sentence is None or sentence.pass_ == 1:
            continue
        before = " ".join(one.text for one in live if _mostly_in(one, sentence))
        if before and (apart := Levenshtein.normalized_distance(_words(before), _words(sentence.text))) > _APART:
            said = f"“{before}” was heard live, “{sentence.text}” when it was heard again."
            for cue in mine:
                yield cue.id, Sign(chance=_HEARD_AGAIN * apart, said=said)


def _mostly_in(one: Sentence, other: Sentence) -> bool:
    return min(one.end, other.end) - max(one.start, other.start) > (one.end - one.start) / 2


def _translated(record: Record, lang: str, cues: list[Cue]) -> Iterator[tuple[str, Sign]]:
    """What speaks against the translations that a track shows."""
    answers = record.answers.get(lang, {})
    for id, mine in by_sentence(cues).items():
        if (answer := answers.get(id)) and answer.sentence.lang not in (lang, UNSPOKEN) and not answer.untranslated:
            flags = {flag for cue in mine for flag in cue.flags}
            for sign in [*_gate(answer, "doubtful" in flags), *_engines(answer), *_sense(answer)]:
                for cue in mine:
                    yield cue.id, sign


def _gate(answer: Rendering, doubtful: bool) -> Iterable[Sign]:
    """What the gate doubted; settled once a person has written the line."""
    if doubtful and answer.doubtful:
        yield Sign(chance=_DOUBTED, said=f"The translation is doubtful: {answer.doubtful}.")


def _engines(answer: Rendering) -> Iterable[Sign]:
    """That the first engine did not answer well, or that another said something else."""
    first, used = answer.attempts[0], next(one for one in answer.attempts if one.text == answer.text)
    if used.engine != first.engine:
        yield Sign(
            chance=_FALLBACK, said=f"{used.engine} translated it, since {first.engine} did not: {first.verdict}."
        )
    usables = (one for one in answer.attempts if usable(one.verdict) and one.engine != used.engine)
    for engine, text in {one.engine: one.text for one in usables}.items():
        if apart := Levenshtein.normalized_distance(_words(text), _words(answer.text)):
            yield Sign(chance=_DISAGREED * apart, said=f"{engine} says “{text.strip()}”.")


def _words(text: str) -> list[str]:
    return ["".join(filter(str.isalnum, word)) for word in text.casefold().split()]


def _sense(answer: Rendering) -> Iterable[Sign]:
    for said in amiss(answer.sentence.text, answer.text, answer.sentence.lang, answer.lang):
        yield Sign(chance=_SENSELESS, said=said)
