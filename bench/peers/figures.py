"""How good and how late a system was: what was truly said against what a client was told."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import jiwer
import numpy as np

from bench.peers.heard import Arrival
from bench.takes import Said
from pipeline.events import Value
from pipeline.scores.words import plain, text_wer

T = TypeVar("T")
S = TypeVar("S")


class Figures(Value, frozen=True):
    """Of one run of one setting."""

    wer: float
    words: int
    """That were said, an apostrophe or a hyphen between two; so are the others counted."""
    told: int
    """... that were committed in the end."""
    right: int
    """... that were told as they were said; the latencies are theirs."""
    latency_median: float | None
    """Seconds from where a word truly ends to when it stood in the committed text for good."""
    latency_p95: float | None
    retracted: int
    """Words that were committed and then taken back or changed."""
    cpu: float
    """Processor seconds of all its processes a minute of sound, loading excluded."""


def figures(said: Sequence[Said], text: str, arrivals: Sequence[Arrival], cpu: float) -> Figures:
    """`text` is what was committed in the end."""
    shown, retracted = shown_at(arrivals)
    true = [(word, one.end) for one in said for word in plain(one.text).split()]
    late = [at - end for end, at in pairs(true, shown)]
    return Figures(
        wer=text_wer(" ".join(one.text for one in said), text) if shown else 1.0,
        words=len(true),
        told=len(shown),
        right=len(late),
        latency_median=_percentile(late, 50),
        latency_p95=_percentile(late, 95),
        retracted=retracted,
        cpu=cpu,
    )


def shown_at(arrivals: Sequence[Arrival]) -> tuple[list[tuple[str, float]], int]:
    """The words that stand in the end, each with when it came to stay; and how many were taken back."""
    shown: list[tuple[str, float]] = []
    retracted = 0
    for arrival in arrivals:
        retracted += len(shown) - arrival.kept
        shown[arrival.kept :] = [(word, arrival.at) for word in arrival.words]
    return shown, retracted


def pairs(true: Sequence[tuple[str, T]], shown: Sequence[tuple[str, S]]) -> Iterator[tuple[T, S]]:
    """Of each word that was told as it was said, what goes with it there and here."""
    if not shown:
        return
    spoken, told = (" ".join(word for word, _ in words) for words in (true, shown))
    aligned = jiwer.process_words(spoken, told)
    for chunk in aligned.alignments[0]:
        if chunk.type == "equal":
            for at in range(chunk.ref_end_idx - chunk.ref_start_idx):
                yield true[chunk.ref_start_idx + at][1], shown[chunk.hyp_start_idx + at][1]


def _percentile(seconds: Sequence[float], share: int) -> float | None:
    return float(np.percentile(seconds, share)) if seconds else None
