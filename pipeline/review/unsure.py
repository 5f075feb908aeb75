"""Sentences that a translation engine is less sure of than of most: what was misheard makes little sense. Pure."""

from collections import defaultdict
from math import sqrt
from statistics import median

from pipeline.events import Rendering
from pipeline.report.record import Record


def unsure(record: Record) -> dict[str, float]:
    """By sentence, how much less sure of its pieces an engine was than it usually is in this session: the square root
    of nats a piece, the most of all tracks. Sentences of which no engine says that are left out."""
    found: dict[str, float] = defaultdict(float)
    for answers in record.answers.values():
        known: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for id, answer in answers.items():
            for engine, sure in _used(answer):
                known[engine].append((id, sure))
        for sures in known.values():
            usual = median(sure for _, sure in sures)
            for id, sure in sures:
                found[id] = max(found[id], sqrt(max(0.0, usual - sure)))
    return dict(found)


def _used(answer: Rendering) -> list[tuple[str, float]]:
    """The engine whose answer is shown and how sure it was, if it says that."""
    used = (one for one in answer.attempts if one.text == answer.text and one.sure is not None)
    return [(one.engine, one.sure) for one in used if one.sure is not None][:1]
