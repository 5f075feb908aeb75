"""Training windows: stretches of a long synthetic take, cut anywhere, with all that is true of them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.recipe.corpus import Pair
from models.recipe.noise import degraded
from models.recipe.speak import Manner
from models.recipe.utterance import SAMPLE_RATE, VOICES, Audio, Phone, TimedWord, utter

PHONEMES = "_ a e i o u y E O @ A~ O~ E~ W Y W~ w j H p b t d k g f v s z S Z m n n^ N l r t2 z2 ;".split()  # noqa: SIM905
"""espeak's, of French."""

PHONE_CLASSES = len(PHONEMES) + 1
"""The first is silence, the last any other phoneme."""

LABELS_A_SECOND = 50
"""As the encoder's frames."""

_CLASS = {name: number for number, name in enumerate(PHONEMES)}
_SEEN = 0.6
"""A word cut by a window's edge belongs to it if so much of it is inside."""


class Source(Protocol):
    """Where sentences come from: `Corpus`, or a part of it."""

    def sample(self, rng: random.Random) -> Pair: ...


@dataclass(frozen=True, slots=True)
class Take:
    """Sentences one after another; `phones` holds (class, start in seconds) in order."""

    audio: Audio
    sentences: tuple[tuple[Pair, tuple[TimedWord, ...]], ...]
    phones: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Audio of at most the window's length, the sentences' words in it, those before it, a phone class a frame."""

    audio: Audio
    segments: tuple[tuple[TimedWord, ...], ...]
    previous: tuple[str, ...]
    labels: NDArray[np.int64]


def phone_class(name: str) -> int:
    if name.startswith("_"):
        return 0
    return _CLASS.get(name, _CLASS.get(name.rstrip("-:"), len(PHONEMES)))


def random_manner(rng: random.Random, voice: str) -> Manner:
    return Manner(voice, wpm=rng.randint(140, 185), pitch=rng.randint(38, 62), spread=rng.randint(40, 65))


def take(source: Source, rng: random.Random, seconds: float) -> Take:
    """At least so many seconds of sentences with pauses; the voice changes now and then."""
    audio: list[Audio] = []
    sentences: list[tuple[Pair, tuple[TimedWord, ...]]] = []
    phones: list[tuple[int, float]] = []
    now = 0.0
    voice = rng.choice(VOICES)
    while now < seconds:
        if rng.random() < 0.25:
            voice = rng.choice(VOICES)
        audio.append(_pause(rng))
        now += len(audio[-1]) / SAMPLE_RATE
        pair = source.sample(rng)
        said = utter(pair.fr, random_manner(rng, voice))
        sentences.append((pair, tuple(word.moved(now) for word in said.words)))
        phones += _classes(said.phones, now)
        audio.append(said.audio)
        now += len(said.audio) / SAMPLE_RATE
        phones.append((0, now))
    return Take(np.concatenate(audio), tuple(sentences), tuple(phones))


def _pause(rng: random.Random) -> Audio:
    seconds = rng.choice([rng.uniform(0.05, 0.4), rng.uniform(0.2, 1.0), rng.uniform(0.5, 3.0)])
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def _classes(phones: Sequence[Phone], now: float) -> list[tuple[int, float]]:
    return [(phone_class(phone.name), phone.start + now) for phone in phones]


def windows(
    source: Source, rng: random.Random, seconds: float, count: int, *, whole: bool = True, hard: float = 1.0
) -> list[Window]:
    """`count` neighbouring windows of one take; not `whole`: some end early. `hard` as in `degraded`."""
    offset = rng.choice([0.0, rng.uniform(0, 2)])
    recorded = take(source, rng, offset + seconds * count)
    audio = recorded.audio[int(offset * SAMPLE_RATE) :]
    sentences = [tuple(word.moved(-offset) for word in _abutting(words)) for _, words in recorded.sentences]
    labels = _labels(recorded.phones, offset, seconds * count)
    return list(_cut(audio, sentences, labels, rng, seconds, count, whole, hard))


def _abutting(words: Sequence[TimedWord]) -> Iterator[TimedWord]:
    """In training a word lasts until the next one begins."""
    for word, following in pairwise(words):
        yield replace(word, end=following.start)
    yield words[-1]


def _labels(phones: Sequence[tuple[int, float]], offset: float, seconds: float) -> NDArray[np.int64]:
    labels = np.zeros(int(seconds * LABELS_A_SECOND) + 1, np.int64)
    ends = [start for _, start in phones[1:]] + [float("inf")]
    for (number, start), end in zip(phones, ends, strict=True):
        first, last = _frame(start - offset), _frame(min(end - offset, seconds))
        if last > 0:
            labels[max(first, 0) : last] = number
    return labels


def _frame(seconds: float) -> int:
    return int(seconds * LABELS_A_SECOND + 0.5)


def _cut(
    audio: Audio,
    sentences: Sequence[Sequence[TimedWord]],
    labels: NDArray[np.int64],
    rng: random.Random,
    seconds: float,
    count: int,
    whole: bool,
    hard: float,
) -> Iterator[Window]:
    for number in range(count):
        start = number * seconds
        end = start + seconds
        if not whole and rng.random() < (0.55 if seconds > 20 else 0.3):
            end = start + rng.uniform(0.15, 1) * seconds
        part = audio[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
        end = start + len(part) / SAMPLE_RATE
        segments, previous = _heard(sentences, start, end)
        frames = labels[_frame(start) : _frame(start) + int(seconds * LABELS_A_SECOND)]
        yield Window(degraded(part, rng, hard), segments, previous, frames)


def _heard(
    sentences: Sequence[Sequence[TimedWord]], start: float, end: float
) -> tuple[tuple[tuple[TimedWord, ...], ...], tuple[str, ...]]:
    """(words inside by sentence, in window time; the last words before)."""
    segments: list[tuple[TimedWord, ...]] = []
    previous: list[str] = []
    for sentence in sentences:
        inside: list[TimedWord] = []
        for word in sentence:
            seen = (min(word.end, end) - max(word.start, start)) / max(word.end - word.start, 1e-3)
            if seen >= _SEEN:
                inside.append(TimedWord(word.text, max(word.start, start) - start, min(word.end, end) - start))
            elif word.start < start:
                previous.append(word.text)
        if inside:
            segments.append(tuple(inside))
    return tuple(segments), tuple(previous[-20:])
