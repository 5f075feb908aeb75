"""What a run came to: a file, a table, and what is demanded of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from bench.stream.figures import Clauses
from pipeline.events import Value
from pipeline.scores.spread import Spread

CLAUSE = Spread(median=2.0, p95=4.0)
STARTS = Spread(median=0.06, p95=0.2)
"""Seconds."""
AS_OFFLINE = 1.1
"""... or so many times what the model is off by itself."""
BLEU, CPU = 0.9, 1.2
"""The share of the other policy's, and of plain faster-whisper's."""


class Figures(Value, frozen=True):
    """Of one take; seconds, and shares from 0 to 1. `offline`: plain faster-whisper, `transcribe()` of the file."""

    wer: float
    wer_offline: float
    wer_alone: float
    """Of the same where no window is told what was said in the one before, which derails the demo model."""
    wer_utterance: float
    word_median: float | None
    word_p95: float | None
    """From the true end of a French word to a client that is told of it."""
    clauses: Clauses
    retracted: Mapping[str, int]
    """Letters that were taken back, by where they stood; on the overlay, texts that are not in the file."""
    bleu: float
    bleu_utterance: float
    starts: Spread | None
    """By how much words begin elsewhere."""
    starts_alone: Spread | None
    cpu: float
    """Processor seconds of the recogniser a minute, as all these."""
    cpu_utterance: float
    cpu_offline: float
    """The lesser of the two."""


class Demand(NamedTuple):
    what: str
    found: str
    limit: str
    kept: bool


def demands(figures: Figures, *, clean: bool) -> Iterator[Demand]:
    yield _most("word error rate", figures.wer, figures.wer_offline, "{:.2%}")
    late = figures.clauses.late or Spread(median=99.0, p95=99.0)
    yield _most("clause to its English on the overlay, median", late.median, CLAUSE.median, "{:.2f} s")
    yield _most("... 95 %", late.p95, CLAUSE.p95, "{:.2f} s")
    yield _most("clauses that never stood there", figures.clauses.unseen, 0, "{:.0f}")
    for where, letters in figures.retracted.items():
        yield _most(f"taken back, {where}", letters, 0, "{:.0f}")
    least = BLEU * figures.bleu_utterance
    yield Demand("BLEU", f"{figures.bleu:.1f}", f"at least {least:.1f}", figures.bleu >= least)
    if clean and figures.starts and figures.starts_alone:
        ours, theirs = figures.starts, figures.starts_alone
        median, p95 = max(STARTS.median, AS_OFFLINE * theirs.median), max(STARTS.p95, AS_OFFLINE * theirs.p95)
        yield _most("words begin elsewhere by, median", ours.median, median, "{:.3f} s")
        yield _most("... 95 %", ours.p95, p95, "{:.3f} s")
    most = CPU * figures.cpu_offline
    yield _most("`utterance`, CPU seconds a minute", figures.cpu_utterance, most, "{:.2f}")


def _most(what: str, found: float, limit: float, form: str) -> Demand:
    return Demand(what, form.format(found), f"at most {form.format(limit)}", found <= limit)


def lines(takes: Mapping[str, Figures], found: Mapping[str, Iterable[Demand]]) -> Iterator[str]:
    """What is demanded of each take and what came out, then what is told besides."""
    for name, figures in takes.items():
        yield name
        for what, figure, limit, kept in found[name]:
            yield f"  {what:<46} {figure:>8}  {limit:<18}{'' if kept else '  NOT KEPT'}".rstrip()
        for what, told in _TOLD.items():
            yield f"  {what:<46} {told(figures)}"


_TOLD: dict[str, Callable[[Figures], str]] = {
    "a French word to a client, median": lambda f: f"{f.word_median or 0:.2f} s, 95 % {f.word_p95 or 0:.2f} s",
    "clauses that were measured": lambda f: f"{f.clauses.count}",
    "word error rate of `utterance`": lambda f: f"{f.wer_utterance:.2%}",
    "word error rate offline, windows alone": lambda f: f"{f.wer_alone:.2%}",
    "words begin elsewhere by, there, median": lambda f: _seconds(f.starts_alone),
    "CPU seconds a minute, `stream` and offline": lambda f: f"{f.cpu:.2f}, {f.cpu_offline:.2f}",
}


def _seconds(found: Spread | None) -> str:
    return f"{found.median:.3f} s, 95 % {found.p95:.3f} s" if found else "-"
