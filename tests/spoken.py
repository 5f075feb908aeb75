"""Corpora of the guards against invented text, made by espeak-ng and numpy: the same bytes for the same arguments.

What is said is of the demo model's closed domain, since it knows nothing else.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import jiwer
import numpy as np

from models.recipe.corpus import Corpus, Pair, finished, load
from models.recipe.noise import noise, with_noise
from models.recipe.utterance import SAMPLE_RATE, VOICES, Audio, utter
from models.recipe.windows import random_manner, take
from pipeline.events import Event, Suppressed
from pipeline.scores.words import plain
from pipeline.settings import SpeechSettings
from pipeline.speech.guards import Judged
from pipeline.speech.local import LocalRecogniser
from pipeline.speech.stage import recognise
from pipeline.speech.vad import Silero
from samples import sound
from tests import hearing


class Sentence(NamedTuple):
    """A sentence, and when it is spoken, in seconds."""

    text: str
    start: float
    end: float


class Material(NamedTuple):
    """Sound at 16 kHz and all that is said in it."""

    audio: Audio
    sentences: tuple[Sentence, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


class Heard:
    """What the demo model made of some material."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.suppressed = [event for event in events if isinstance(event, Suppressed)]
        self.text = hearing.text(events)

    def wer(self, material: Material) -> float:
        return float(jiwer.wer(plain(material.text), plain(self.text)))

    def dropped(self, material: Material) -> list[str]:
        """The sentences for half of whose time and more text was kept back."""
        kept_back = [(sentence, *self._over(sentence)) for sentence in material.sentences]
        return [f"{sentence.text}: {why}" for sentence, share, why in kept_back if share >= 0.5]

    def _over(self, sentence: Sentence) -> tuple[float, str]:
        overlaps = [(min(s.end, sentence.end) - max(s.start, sentence.start), s.reason) for s in self.suppressed]
        seconds, why = max(overlaps, default=(0.0, ""))
        return seconds / (sentence.end - sentence.start), why


def heard(
    folder: Path, material: Material, settings: SpeechSettings, *, guards: bool = True, detector: bool = True
) -> Heard:
    """The real recogniser over it, with the guards or without any, or with a detector that takes all for speech."""
    audio = hearing.recorded(folder, (np.clip(material.audio, -1, 1) * 32767).astype(np.int16))
    with ExitStack() as stack:
        if not guards:
            for policy in ("utterance", "streaming"):
                stack.enter_context(patch(f"pipeline.speech.{policy}.judge", lambda said, *_: Judged(said.words)))
            stack.enter_context(patch("pipeline.speech.whisper.looped", lambda *_: None))
        if not detector:
            whole = Silero.probabilities
            stack.enter_context(patch.object(Silero, "probabilities", lambda *given: np.ones_like(whole(*given))))
        recogniser = stack.enter_context(LocalRecogniser())
        recogniser.open(audio, settings)
        return Heard(list(recognise(hearing.chunks(len(material.audio) / SAMPLE_RATE, 0.25), recogniser)))


def nobody(seconds: float, seed: int = 1) -> Material:
    """Applause, music, noise and silence, some seconds of each in turn, loud and soft."""
    rng = np.random.default_rng(seed)
    noises, music = (
        (applause, _noise("crowd"), _noise("pink"), _noise("white"), _cheer),
        (chords, _beat, _melody, _song),
    )
    kinds = cycle([*(kind for pair in zip(noises, music, strict=False) for kind in pair), _silence, _cheer])
    parts: list[Audio] = []
    while sum(map(len, parts)) < seconds * SAMPLE_RATE:
        part = next(kinds)(float(rng.uniform(4, 9)), rng)
        parts.append(part * 10 ** (rng.uniform(-24, 0) / 20))
    return Material(np.concatenate(parts)[: round(seconds * SAMPLE_RATE)].astype(np.float32))


def rhetoric(seconds: float, seed: int = 1) -> Material:
    """Anaphora ("Nous voulons ... ! Nous voulons ... !") and chants (one sentence over and over), with little pause."""
    rng = random.Random(seed)
    audio: list[Audio] = []
    sentences: list[Sentence] = []
    now = 0.0
    for texts in _figures(rng):
        voice = rng.choice(VOICES)
        manner, pause = random_manner(rng, voice), rng.uniform(0.05, 0.6)
        for text in (*texts, ""):
            silence = np.zeros(round((pause if text else 1.2) * SAMPLE_RATE), np.float32)
            spoken = utter(text, manner).audio if text else np.zeros(0, np.float32)
            audio += [spoken, silence]
            if text:
                sentences.append(Sentence(text, now, now + len(spoken) / SAMPLE_RATE))
            now += (len(spoken) + len(silence)) / SAMPLE_RATE
        if now >= seconds:
            break
    return Material(0.5 * np.concatenate(audio), tuple(sentences))


def under_applause(seconds: float, seed: int = 1) -> Material:
    """Speech while people clap, at 3 to 15 dB under it."""
    rng, generator = random.Random(seed), np.random.default_rng(seed)
    spoken = take(_Composed(), rng, seconds)
    audio = spoken.audio.copy()
    for _, words in spoken.sentences:
        first, end = (round(at * SAMPLE_RATE) for at in (words[0].start, words[-1].end))
        clapping = applause((end - first) / SAMPLE_RATE, generator)[: end - first]
        audio[first:end] = with_noise(audio[first:end], clapping, rng.uniform(3, 15))
    said = (Sentence(pair.fr, words[0].start, words[-1].end) for pair, words in spoken.sentences)
    return Material(0.4 * audio / np.abs(audio).max(), tuple(said))


def _figures(rng: random.Random) -> Iterator[tuple[str, ...]]:
    """Anaphora and chants in turn, without end."""
    openings: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in load("vp_nous"):
        openings[" ".join(pair.fr.split()[:2])].append(pair)
    anaphora = [pairs for pairs in openings.values() if len(pairs) >= 4]
    short = [pair.fr for pair in Corpus().trained if len(pair.fr) <= 24]
    while True:
        yield tuple(finished(pair, "!").fr for pair in rng.sample(rng.choice(anaphora), 4))
        yield ("Nous ne lâcherons rien!" if rng.random() < 0.3 else rng.choice(short),) * rng.randint(3, 8)


class _Composed:
    """The corpus' combinations alone, which no training saw."""

    def __init__(self) -> None:
        self._corpus = Corpus()

    def sample(self, rng: random.Random) -> Pair:
        return self._corpus.composed(rng)


Part = Callable[[float, np.random.Generator], Audio]


def applause(seconds: float, rng: np.random.Generator) -> Audio:
    """A few people or many."""
    return _at_16k(sound.applause(seconds, int(rng.integers(5, 90)), rng))


def chords(seconds: float, rng: np.random.Generator) -> Audio:
    """Struck and left to ring."""
    return _at_16k(sound.sting(seconds))


def _noise(kind: str) -> Part:
    def made(seconds: float, rng: np.random.Generator) -> Audio:
        audio = noise(round(seconds * SAMPLE_RATE), random.Random(int(rng.integers(1 << 31))), kind)
        return np.asarray(0.3 * audio / np.abs(audio).max(), np.float32)

    return made


def _silence(seconds: float, rng: np.random.Generator) -> Audio:
    """Digital, or that of a room."""
    return np.asarray(rng.choice([0.0, 5e-4]) * rng.standard_normal(round(seconds * SAMPLE_RATE)), np.float32)


def _melody(seconds: float, rng: np.random.Generator) -> Audio:
    """A tune on a reedy instrument with vibrato, in the range of voices: what comes nearest to singing."""
    notes = rng.choice([196, 220, 246.9, 261.6, 293.7, 329.6, 392], int(seconds / 0.3) + 1)
    pitch = np.repeat(notes, round(0.3 * SAMPLE_RATE))[: round(seconds * SAMPLE_RATE)]
    time = np.arange(len(pitch)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * time))) / SAMPLE_RATE
    tone = sum(np.sin(n * phase) / n for n in range(1, 12))
    return np.asarray(0.15 * tone * np.minimum(1, (time % 0.3) / 0.03), np.float32)


_FORMANTS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
"""Hz, of a, e, i, o and u."""


def _vowel(seconds: float, pitch: float, glide: float, formants: Sequence[int]) -> Audio:
    """A voice that sings or shouts one vowel; its pitch glides by so many octaves."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    hertz = pitch * 2 ** (glide * time / seconds) * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * time))
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    partials = range(1, int(4000 / (pitch * 2 ** max(glide, 0))))
    loud = [sum(np.exp(-(((n * pitch - f) / 120) ** 2)) for f in formants) / n + 0.02 / n for n in partials]
    tone = sum(level * np.sin(n * phase) for n, level in zip(partials, loud, strict=True))
    return np.asarray(tone * np.minimum(1, np.minimum(time, time[::-1]) / 0.04), np.float32)


def _song(seconds: float, rng: np.random.Generator) -> Audio:
    """One voice on vowels, a note after another: to the detector it is speech."""
    notes = [
        _vowel(rng.uniform(0.2, 0.7), rng.choice([196, 220, 247, 262, 294, 330]), 0.0, _FORMANTS[rng.integers(5)])
        for _ in range(round(seconds / 0.45))
    ]
    song = np.concatenate(notes)
    return np.asarray(0.3 * song / np.abs(song).max(), np.float32)


def _cheer(seconds: float, rng: np.random.Generator) -> Audio:
    """Many people shouting "ah" and "oh" over each other, while others clap."""
    audio = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    for _ in range(round(8 * seconds)):
        shout = _vowel(
            rng.uniform(0.3, 1.5), rng.uniform(120, 400), rng.uniform(-0.4, 0.4), _FORMANTS[rng.choice([0, 3])]
        )
        first = int(rng.uniform(0, max(1, len(audio) - len(shout))))
        audio[first : first + len(shout)] += rng.uniform(0.1, 1) * shout[: len(audio) - first]
    clapping = applause(seconds, rng)[: len(audio)]
    audio[: len(clapping)] += 0.5 * clapping * np.abs(audio).max()
    return np.asarray(0.4 * audio / np.abs(audio).max(), np.float32)


def _beat(seconds: float, rng: np.random.Generator) -> Audio:
    """Drums: a thud and a hiss in turn, twice a second and more."""
    audio = np.zeros(round(seconds * SAMPLE_RATE) + SAMPLE_RATE, np.float32)
    time = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    thud = np.sin(2 * np.pi * 70 * time) * np.exp(-time / 0.06)
    for number, moment in enumerate(np.arange(0, seconds, rng.uniform(0.2, 0.4))):
        hiss = rng.standard_normal(len(time)) * np.exp(-time / 0.03)
        first = round(moment * SAMPLE_RATE)
        audio[first : first + len(time)] += 0.5 * (thud if number % 2 == 0 else 0.5 * hiss)
    return audio[:-SAMPLE_RATE]


def _at_16k(audio: Audio) -> Audio:
    import soxr

    return np.asarray(soxr.resample(audio, sound.RATE, SAMPLE_RATE), np.float32)
