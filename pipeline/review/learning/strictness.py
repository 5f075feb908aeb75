"""Guards that kept back what an editor put back: what they should have been set to. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from math import floor

from pipeline.events import Cue, Suppressed, Value
from pipeline.report.record import Record
from pipeline.review.learning.changes import text_of
from pipeline.review.learning.proposal import Evidence, Proposal
from pipeline.speech.boilerplate import plain

_OFTEN = 3
"""Texts that were put back, at least, and more than those that were not."""
_SILENT = re.compile(r"nobody speaks in (\d+)% of its time")
_GUESS = re.compile(r"no more than a guess \(mean log probability (-\d+\.\d)\)")


class _Kept(Value, frozen=True):
    """A text that a guard kept back, and the line by which a person put it back."""

    text: Suppressed
    back: Cue | None


def strictness(record: Record) -> Iterator[Proposal]:
    """A setting for the guards that have one, a hint for the others."""
    kept: dict[str, list[_Kept]] = defaultdict(list)
    for one in _all(record):
        kept[_guard(one.text.reason)].append(one)
    for guard, texts in kept.items():
        back = [one for one in texts if one.back]
        if len(back) < _OFTEN or 2 * len(back) <= len(texts):
            continue
        yield _setting(texts) or Proposal(
            kind="hint",
            what=f'the guard "{guard}" is too strict for this hall (docs/guards.md)',
            why=_told(texts),
            evidence=_places(texts),
            against=len(texts) - len(back),
        )


def _setting(texts: Sequence[_Kept]) -> Proposal | None:
    """The threshold at which all would have been shown that were put back; None of a guard that has none."""
    for name, read in _THRESHOLDS.items():
        found = [(value, one) for one in texts if (value := read(one.text.reason)) is not None]
        if found:
            least = min(value for value, one in found if one.back)
            too = sum(value >= least and one.back is None for value, one in found)
            more = f"; {too} that were not would have been shown, too" if too else ""
            what = f"speech.{name} = {least}"
            why = _told(texts) + more
            return Proposal(kind="setting", what=what, why=why, evidence=_places(texts), against=too, value=least)
    return None


def _voiced(reason: str) -> float | None:
    """The share of speech, as low as what was told may have been, in steps of a twentieth."""
    found = _SILENT.fullmatch(reason)
    return max(0.0, round(floor((1 - int(found[1]) / 100 - 0.005) * 20) / 20, 2)) if found else None


def _likely(reason: str) -> float | None:
    found = _GUESS.fullmatch(reason)
    return round(float(found[1]) - 0.1, 1) if found else None


_THRESHOLDS: dict[str, Callable[[str], float | None]] = {"voiced": _voiced, "likely": _likely}
"""How far each setting has to be for a text to be shown, by why it was kept back."""


def _all(record: Record) -> Iterator[_Kept]:
    put = [cue for cue in record.state.cues.values() if cue.id in record.state.handled]
    for text in record.state.suppressed:
        yield _Kept(text=text, back=next((cue for cue in put if _is(cue, text)), None))


def _is(cue: Cue, text: Suppressed) -> bool:
    """Part of a text may have been put back."""
    said = plain(cue.text)
    there = cue.start < text.end and text.start < cue.end and bool(said)
    return text.id in cue.sentences or (there and said in plain(text.text))


def _guard(reason: str) -> str:
    """Which of them it was: what it says without its figures."""
    return " ".join(word for word in reason.partition("(")[0].split() if not any(map(str.isdigit, word)))


def _told(texts: Sequence[_Kept]) -> str:
    return (
        f"of {len(texts)} texts that this guard kept back, {sum(one.back is not None for one in texts)} were put back"
    )


def _places(texts: Sequence[_Kept]) -> tuple[Evidence, ...]:
    back = (one.back for one in texts if one.back)
    return tuple(Evidence(cue=cue.id, start=cue.start, before="", after=text_of([cue])) for cue in back)
