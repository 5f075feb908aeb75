"""All the scores of a session together."""

from collections.abc import Sequence

from pipeline.events import Cue, Value
from pipeline.journal import Entry
from pipeline.scores.conformity import conformity
from pipeline.scores.latency import latencies
from pipeline.scores.passes import live
from pipeline.scores.spread import spread
from pipeline.scores.stability import erasure
from pipeline.scores.translation import bleu, suber
from pipeline.scores.words import Spoken, in_time_errors, wer


class References(Value, frozen=True):
    """What is known to be right; None where nothing is."""

    said: Sequence[Cue] | None = None
    translated: Sequence[Cue] | None = None
    words: Sequence[Spoken] | None = None


class Scores(Value, frozen=True):
    """None where there is nothing to measure against, or nothing to measure. Times in seconds, shares 0 to 1."""

    wer: float | None
    """Word error rate of the track of what was said: 0 is perfect."""
    bleu: float | None
    """Of the translation, sentence by sentence, 0 to 100: 100 is the reference."""
    suber: float | None
    """Subtitle edit rate of the translation: 0 is the reference."""
    wer_live: float | None
    """The same three of what was subtitled live; None where there was no second pass."""
    bleu_live: float | None
    suber_live: float | None
    intime_median: float | None
    """By how much cues miss the start of their first word, in the track of what was said."""
    intime_p95: float | None
    cues: int
    """How many there are on the screen: in the translation, or in what was said where there is none."""
    cps20: float
    """Of those, the share that can be read at 20 characters a second."""
    cpl42: float
    """... whose lines have at most 42 characters."""
    lpb2: float
    """... that have at most 2 lines."""
    latency_median: float | None
    """From the end of a cue's last word to the cue on disk, on the screen's track; None where nothing came in live."""
    latency_p95: float | None
    erasure: float
    """Words taken back from the screen for each that stayed."""


def score(heard: Sequence[Cue], shown: Sequence[Cue], lang: str, entries: Sequence[Entry], true: References) -> Scores:
    """The scores of what was `heard` and what was `shown` in `lang`, by their files, and of the journal's `entries`."""
    early = spread(in_time_errors(true.words, heard)) if true.words is not None else None
    late = spread([latency.seconds for latency in latencies(entries) if latency.lang == lang])
    conforms = conformity(shown)
    before = live(entries)
    said, translated = (true.said, true.translated) if before else (None, None)
    heard_in = before.session.src_lang if before and before.session else ""
    heard_live, shown_live = (before.track(heard_in), before.track(lang)) if before else ([], [])
    return Scores(
        wer=wer(true.said, heard) if true.said is not None else None,
        bleu=bleu(true.translated, shown) if true.translated is not None else None,
        suber=suber(true.translated, shown) if true.translated is not None else None,
        wer_live=wer(said, heard_live) if said is not None else None,
        bleu_live=bleu(translated, shown_live) if translated is not None else None,
        suber_live=suber(translated, shown_live) if translated is not None else None,
        intime_median=early.median if early else None,
        intime_p95=early.p95 if early else None,
        cues=conforms.cues,
        cps20=conforms.cps20,
        cpl42=conforms.cpl42,
        lpb2=conforms.lpb2,
        latency_median=late.median if late else None,
        latency_p95=late.p95 if late else None,
        erasure=erasure((entry.event for entry in entries), lang),
    )
