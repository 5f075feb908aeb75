"""The samples' sound: sentences laid on a time line, applause clap by clap, a music sting, a murmuring crowd."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.recipe.utterance import Audio, TimedWord, utter
from samples.scenario import Interlude, Line

RATE = 48_000
"""Of all samples here, Hz; mono."""

_LEVEL = 0.35
"""Peak of every sentence, so that voices are equally loud."""

_CLAPS_A_SECOND = 4.2


@dataclass(frozen=True, slots=True)
class Placed:
    """A sentence at its place in the clip; times in seconds from the clip's first sample."""

    line: Line
    words: tuple[TimedWord, ...]

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return self.words[-1].end


@dataclass(frozen=True, slots=True)
class Take:
    """A finished sound track and what is said in it."""

    audio: Audio
    sentences: tuple[Placed, ...]

    @property
    def seconds(self) -> float:
        return len(self.audio) / RATE


def perform(script: Sequence[Line | Interlude], rng: np.random.Generator) -> Take:
    """The script spoken and clapped; sample-exact times."""
    layers: list[tuple[int, Audio]] = []
    placed: list[Placed] = []
    at = 0
    for item in script:
        if isinstance(item, Interlude):
            layers.append((at, _interlude(item, rng)))
        else:
            at += round(item.before * RATE)
            utterance = utter(item.pair.fr, item.speaker.manner, RATE)
            layers.append((at, _scaled(utterance.audio, _LEVEL)))
            placed.append(Placed(item, tuple(word.moved(at / RATE) for word in utterance.words)))
            if item.clapped:
                layers.append((at, 0.3 * applause(len(utterance.audio) / RATE, 25, rng)))
        at += len(layers[-1][1])
    return Take(_mixed(layers), tuple(placed))


def applause(seconds: float, people: int, rng: np.random.Generator) -> Audio:
    """So many people clapping, each in their own rhythm, joining and stopping at their own moment; peak 0.5."""
    audio = np.zeros(round(seconds * RATE), np.float32)
    for _ in range(people):
        sound = _clap(rng)
        interval = rng.normal(1 / _CLAPS_A_SECOND, 0.02)
        begin, end = rng.uniform(0, 0.15 * seconds), seconds * rng.uniform(0.75, 1.0)
        for moment in np.arange(begin, end, interval):
            first = max(0, round((moment + rng.normal(0, 0.012)) * RATE))
            piece = sound[: max(0, len(audio) - first)] * rng.uniform(0.6, 1.0)
            audio[first : first + len(piece)] += piece
    return _scaled(audio, 0.5)


def _clap(rng: np.random.Generator) -> Audio:
    """One person's clap: a few milliseconds of noise ringing at the hollow of their hands, near or far."""
    time = np.arange(round(0.05 * RATE)) / RATE
    hollow = rng.uniform(700, 2200)
    ring = np.sin(2 * np.pi * hollow * time + rng.uniform(0, 6)) * np.exp(-time / rng.uniform(0.003, 0.008))
    burst = rng.standard_normal(len(time)) * np.exp(-time / rng.uniform(0.0015, 0.004))
    clap: Audio = ((ring + 0.8 * burst) * rng.uniform(0.2, 1.0)).astype(np.float32)
    return clap


def sting(seconds: float) -> Audio:
    """Three rising chords, struck and left to ring; peak 0.4."""
    chords = ((261.63, 329.63, 392.0), (293.66, 369.99, 440.0), (392.0, 493.88, 587.33))
    audio = np.zeros(round(seconds * RATE), np.float32)
    for number, chord in enumerate(chords):
        first = round(number * 0.22 * seconds * RATE)
        time = np.arange(len(audio) - first) / RATE
        envelope = np.minimum(1, time / 0.01) * np.exp(-time / 0.7)
        for tone in chord:
            partials = sum(np.sin(2 * np.pi * tone * n * time) / n**1.5 for n in (1, 2, 3, 4))
            audio[first:] += (partials * envelope).astype(np.float32)
    fade = np.minimum(1, (len(audio) - np.arange(len(audio))) / (0.3 * RATE)).astype(np.float32)
    return _scaled(audio * fade, 0.4)


def crowd(samples: int, rng: np.random.Generator) -> Audio:
    """Many voices too far to understand: noise in the band of speech, swelling at the rate of syllables; power 1."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequency = np.fft.rfftfreq(samples, 1 / RATE) + 1
    noise = np.fft.irfft(spectrum * np.exp(-(np.log(frequency / 900) ** 2) / 1.2), samples)
    swell = rng.uniform(0.3, 1, max(2, samples * 4 // RATE))
    noise *= np.interp(np.arange(samples), np.linspace(0, samples, len(swell)), swell)
    noise /= np.sqrt((noise**2).mean())
    return np.asarray(noise, np.float32)


def in_crowd(take: Take, snr_db: float, rng: np.random.Generator) -> Take:
    """The take in a crowd, `snr_db` below the mean power of its speech (its pauses do not count)."""
    speech = np.concatenate([take.audio[round(s.start * RATE) : round(s.end * RATE)] for s in take.sentences])
    level = np.sqrt((speech**2).mean() / 10 ** (snr_db / 10))
    return Take(take.audio + level * crowd(len(take.audio), rng), take.sentences)


def room_tone(seconds: float, rng: np.random.Generator) -> Audio:
    """An empty room: noise 66 dB below full scale, which is what a microphone gives for silence."""
    return np.asarray(10 ** (-66 / 20) * rng.standard_normal(round(seconds * RATE)), np.float32)


def _interlude(item: Interlude, rng: np.random.Generator) -> Audio:
    if item.kind == "applause":
        return applause(item.seconds, 60, rng)
    if item.kind == "music":
        return sting(item.seconds)
    return np.zeros(round(item.seconds * RATE), np.float32)


def _mixed(layers: Sequence[tuple[int, Audio]]) -> Audio:
    mix = np.zeros(max(first + len(audio) for first, audio in layers), np.float32)
    for first, audio in layers:
        mix[first : first + len(audio)] += audio
    return mix


def _scaled(audio: Audio, peak: float) -> Audio:
    return np.asarray(audio * (peak / np.abs(audio).max()), np.float32)
