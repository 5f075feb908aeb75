"""How likely each recognised word is wrong, or has lost a word beside it; and which words a cue shows. Pure.

A logistic regression over a few signals of a word. Its weights, `heard.toml`, are learnt by `python -m bench.queue`
from sessions of the demo models over noisy takes. That is synthetic speech: of real speech they tell an order, hardly
a rate.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from math import exp
from statistics import fmean, median

import msgspec

from pipeline.events import Sentence, Value, Word
from pipeline.names.lexicon import ordinary
from pipeline.review.loud import Loud
from pipeline.translation.vocabulary import weigh

SIGNALS = ("doubt", "long", "around", "unknown", "held", "pause", "loud", "translated")
_LONG = 7
"""Letters from which on a word's doubt counts in full: short words are doubted often, and right."""
_AROUND = 3
"""Words before and after whose doubt counts with a word's own."""
_BREATH = 0.25
"""Seconds without a word after which a word is the first of a phrase: it may have the silence before it."""
_LOUDEST = 1.5
"""Seconds: more is applause as often as speech."""
_FREE = 0.06
"""Seconds that any word may take besides its letters."""
_MARKS = " .,;:!?…«»“”\"'’()[]-–—"
_PAUSES, _STOPS = re.compile(r"[.!?…,;:]\W*$"), re.compile(r"[.!?…]\W*$")


class Judged(Value, frozen=True):
    """A word, and how likely it is wrong."""

    word: Word
    chance: float
    """0 to 1."""
    signal: str
    """The one of `SIGNALS` that speaks most against it; of the doubts, `doubt`."""
    amount: float
    """Of that signal; of a doubt, the word's probability."""


def judged(sentences: Sequence[Sentence], loud: Loud, unsure: Mapping[str, float]) -> dict[str, list[Judged]]:
    """By sentence, its words; `sentences` are all of a session, by time. `unsure` is as in `unsure`."""
    weights = _weights()
    words = [word for sentence in sentences for word in sentence.words]
    rows = iter(zip(words, signals(sentences, loud, unsure), strict=True))
    return {one.id: [_judged(*next(rows), weights) for _ in one.words] for one in sentences}


def signals(sentences: Sequence[Sentence], loud: Loud, unsure: Mapping[str, float]) -> list[tuple[float, ...]]:
    """Of each word in order, `SIGNALS`: three doubts, whether no dictionary has it, three times in seconds,
    and how unsure an engine was of the sentence."""
    words = [word for sentence in sentences for word in sentence.words]
    of = [sentence for sentence in sentences for _ in sentence.words]
    doubts = [1 - word.probability for word in words]
    pace = median((word.end - word.start) / _size(word) for word in words) if words else 0.0
    neighbours = zip([None, *words], words, [*words[1:], None], strict=False)
    return [
        (
            doubts[at],
            doubts[at] * min(1.0, len(word.text.strip(_MARKS)) / _LONG),
            fmean(doubts[max(0, at - _AROUND) : at + _AROUND + 1]),
            float(_unknown(word.text, of[at].lang)),
            0.0 if _first(before, word) else _held(word, pace),
            _pause(word, after),
            _beside(before, word, after, loud),
            unsure.get(of[at].id, 0.0),
        )
        for at, (before, word, after) in enumerate(neighbours)
    ]


def _first(before: Word | None, word: Word) -> bool:
    return before is None or word.start - before.end > _BREATH or bool(_STOPS.search(before.text))


def _held(word: Word, pace: float) -> float:
    """Seconds by which a word lasts longer than its letters take at that pace."""
    return min(1.0, max(0.0, word.end - word.start - _FREE - pace * _size(word)))


def _pause(word: Word, after: Word | None) -> float:
    """Seconds until the next word, where there is no mark between the two."""
    return 0.0 if after is None or _PAUSES.search(word.text) else min(1.0, max(0.0, after.start - word.end))


def _beside(before: Word | None, word: Word, after: Word | None, loud: Loud) -> float:
    """Seconds that are as loud as speech before and after a word, and in no other."""
    seconds = loud.seconds(before.end, word.start) if before else 0.0
    return min(_LOUDEST, seconds + (loud.seconds(word.end, after.start) if after else 0.0))


def _judged(word: Word, row: Sequence[float], weights: Mapping[str, float]) -> Judged:
    parts = {name: weights[name] * value for name, value in zip(SIGNALS, row, strict=True)}
    doubt = sum(parts.pop(name) for name in ("doubt", "long", "around"))
    most = max(parts, key=parts.__getitem__)
    signal, amount = (most, row[SIGNALS.index(most)]) if parts[most] > doubt else ("doubt", word.probability)
    chance = 1 / (1 + exp(-(weights["bias"] + doubt + sum(parts.values()))))
    return Judged(word=word, chance=chance, signal=signal, amount=amount)


def _unknown(text: str, lang: str) -> bool:
    """In none of two dictionaries; a word with a capital may be a name, which no dictionary has."""
    if any(map(str.isupper, text)) or ordinary(text, lang):
        return False
    weighed = weigh(text, lang, lang)
    return weighed is None or weighed.known < weighed.count


def _size(word: Word) -> int:
    return max(1, sum(not letter.isspace() for letter in word.text))


@cache
def _weights() -> dict[str, float]:
    data = (resources.files("pipeline.review") / "heard.toml").read_bytes()
    return msgspec.toml.decode(data, type=dict[str, float])
