"""What happened when: the geometry of the timelines, which share one axis of stream time. Pure.

Everything is binned, so that three hours draw as quickly as three minutes. Across is 0 to 100 per cent of the session;
a curve's points are 0 to 1000 across and 0 (top) to 100 down. The template draws.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

from pipeline.events import Progress, Value
from pipeline.lines import clock_time
from pipeline.report.fates import LEFT
from pipeline.report.headline import plural
from pipeline.report.record import Record
from pipeline.report.troubles import merged, warnings

_BINS = 300
"""Marks nearer than that share of a session are drawn as one."""
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 7200, 14400, 28800)
"""Seconds between two ticks."""
_TICKS_MOST = 5
"""A phone has room for that many after the first."""

_TOPS = (5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds that the upper edge of the lag may stand for."""

Span = tuple[float, float]
"""Stream time [start, end)."""


class Mark(Value, frozen=True):
    """A bar; per cent of the lane."""

    left: float
    width: float
    top: float = 0.0
    height: float = 100.0
    said: str = ""


class Lane(Value, frozen=True):
    """One timeline: bars and a curve above one another, and in words what they show."""

    name: str
    said: str
    look: str
    """The style sheet's name for it."""
    marks: tuple[Mark, ...] = ()
    curve: str = ""
    """An SVG path."""
    most: str = ""
    """What the upper edge stands for; a lane of bars has no height to read."""


class Tick(Value, frozen=True):
    left: float
    label: str


def ticks(recorded: float) -> list[Tick]:
    step = next((s for s in _TICKS if recorded / s <= _TICKS_MOST), _TICKS[-1])
    times = range(0, int(recorded) + 1, step)
    return [Tick(left=_across(time, recorded), label=clock_time(time)) for time in times]


def lanes(record: Record) -> list[Lane]:
    """Lag, confidence, who translated, what is missing, kept back or was warned of; a lane with nothing is left out."""
    return [*_lag(record), *_confidence(record), *_engines(record), *_marks(record)]


def _lag(record: Record) -> Iterator[Lane]:
    if not (worst := record.behind):
        return
    width = max(2.0, record.recorded / _BINS)
    bins: dict[int, float] = defaultdict(float)
    for note in record.of(Progress):
        bin = int(note.recorded / width)
        bins[bin] = max(bins[bin], note.recorded - note.heard)
    most = worst.recorded - worst.heard
    top = next((t for t in _TOPS if most <= t), ceil(most))
    points = [(_across((bin + 0.5) * width, record.recorded), lag / top) for bin, lag in sorted(bins.items())]
    said = f"Recorded sound still to be heard: at most {most:.1f} s, at {clock_time(worst.recorded)}."
    if not record.live:
        said += " Not live: the source was read ahead."
    yield Lane(name="Lag", said=said, look="lag", curve=_area(points), most=f"{top} s")


def _area(points: Sequence[tuple[float, float]]) -> str:
    """A path from the lower edge along (across in per cent, share of the height) and back."""
    steps = "".join(f"L{x * 10:.1f} {100 - 100 * min(1.0, y):.1f}" for x, y in points)
    return f"M{points[0][0] * 10:.1f} 100{steps}L{points[-1][0] * 10:.1f} 100Z"


def _confidence(record: Record) -> Iterator[Lane]:
    width = max(5.0 if record.recorded < 300 else 30.0, record.recorded / _BINS)
    bins: dict[int, list[float]] = defaultdict(list)
    for sentence in record.state.sentences.values():
        for word in sentence.words:
            bins[int(word.start / width)].append(word.probability)
    if not bins:
        return
    said = f"How sure the recogniser was of its words: the mean of every {width:.0f} s (line) and the least (shade)."
    marks = tuple(_doubt(bin * width, width, words, record.recorded) for bin, words in sorted(bins.items()))
    yield Lane(name="Confidence", said=said, look="confidence", marks=marks, most="100 %")


def _doubt(start: float, width: float, words: Sequence[float], recorded: float) -> Mark:
    """From the mean down to the least."""
    mean, least = sum(words) / len(words), min(words)
    left, right = _across(start, recorded), _across(start + width, recorded)
    said = f"{clock_time(start)}: mean {mean:.0%}, least {least:.0%}"
    return Mark(left=left, width=right - left, top=100 * (1 - mean), height=100 * (mean - least), said=said)


def _engines(record: Record) -> Iterator[Lane]:
    """A lane for each engine of each track that translated, and for the sentences that none did, or none did well."""
    for lang in record.session.tgt_langs:
        drawn: dict[str, list[Span]] = defaultdict(list)
        for id, fate in record.fates[lang].items():
            sentence = record.state.sentences[id]
            lane = _engine(record, lang, id) if fate == "translated" else "left" if fate in LEFT else fate
            drawn[lane].append((sentence.start, sentence.end))
        for name in record.session.engines:
            if spans := drawn[name]:
                said = f"translated {plural(len(spans), 'sentence')} to {lang}."
                yield _bars(name, said, "engine", spans, record.recorded, "sentence")
        if spans := drawn["left"]:
            said = f"{plural(len(spans), 'sentence')} to {lang} that stayed as they were said."
            yield _bars("Not translated", said, "bad", spans, record.recorded, "sentence")
        if spans := drawn["doubtful"]:
            said = f"{plural(len(spans), 'sentence')} to {lang} whose translation may be wrong."
            yield _bars("Doubtful", said, "kept", spans, record.recorded, "sentence")


def _engine(record: Record, lang: str, id: str) -> str:
    """Whose answer is shown of a sentence; empty where the journal does not say."""
    answer = record.answers[lang].get(id)
    return next((one.engine for one in answer.attempts if one.text == answer.text), "") if answer else ""


def _marks(record: Record) -> Iterator[Lane]:
    gaps = [(gap.start, gap.end) for gap in record.state.gaps]
    kept = [(text.start, text.end) for text in record.state.suppressed]
    warned = [(warning.start, warning.end) for warning in warnings(record)]
    if gaps:
        yield _bars("Gaps", "Parts of the stream that were not received.", "bad", gaps, record.recorded, "gap")
    if kept:
        said = "Texts that were taken for invented and not shown."
        yield _bars("Kept back", said, "kept", kept, record.recorded, "text")
    if warned:
        yield _bars("Warnings", "What the session warned of.", "warned", warned, record.recorded, "warning")


def _bars(name: str, said: str, look: str, spans: Sequence[Span], recorded: float, noun: str) -> Lane:
    marks = tuple(
        Mark(
            left=_across(start, recorded),
            width=max(0.4, _across(end, recorded) - _across(start, recorded)),
            said=f"{clock_time(start)} to {clock_time(end)}: {plural(count, noun)}",
        )
        for start, end, count in merged(spans, recorded / _BINS)
    )
    return Lane(name=name, said=said, look=look, marks=marks)


def _across(time: float, recorded: float) -> float:
    """Per cent of the session."""
    return 100 * min(1.0, time / recorded) if recorded else 0.0
