"""What spoils speech between a mouth and a recogniser: noise, rooms, narrow lines, levels."""

import random

import numpy as np

from models.recipe.utterance import SAMPLE_RATE, Audio

_LEAST = 1e-9
"""Keeps silence from dividing by zero, as power."""


def noise(samples: int, rng: random.Random, kind: str) -> Audio:
    """Noise of a `kind`: white, pink, or crowd (the band of speech, swelling at the rate of syllables)."""
    generator = np.random.default_rng(rng.getrandbits(32))
    white = generator.standard_normal(samples).astype(np.float32)
    if kind == "white":
        return white
    spectrum = np.fft.rfft(white)
    index = np.arange(len(spectrum), dtype=np.float32) + 1
    if kind == "pink":
        return np.fft.irfft(spectrum / np.sqrt(index), samples).astype(np.float32)
    hertz = index * SAMPLE_RATE / 2 / len(spectrum)
    band = np.fft.irfft(spectrum * np.exp(-(np.log(hertz / 900) ** 2) / 1.2), samples)
    swell = generator.uniform(0.3, 1, max(2, samples // 4000))
    shape = np.interp(np.arange(samples), np.linspace(0, samples, len(swell)), swell)
    return (band * shape).astype(np.float32)


def in_room(audio: Audio, rng: random.Random) -> Audio:
    """With the echo of a room of 0.08 to 0.35 s."""
    length = int(rng.uniform(0.08, 0.35) * SAMPLE_RATE)
    generator = np.random.default_rng(rng.getrandbits(32))
    echo = generator.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    echo *= rng.uniform(0.05, 0.25) / np.sqrt((echo**2).sum())
    echo[0] += 1
    size = 1 << int(np.ceil(np.log2(len(audio) + length)))
    spectrum = np.fft.rfft(audio, size) * np.fft.rfft(echo, size)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(audio)], np.float32)


def narrowed(audio: Audio, rng: random.Random) -> Audio:
    """Without its highest frequencies, as by telephone."""
    spectrum = np.fft.rfft(audio)
    spectrum[int(len(spectrum) * rng.uniform(0.45, 0.9)) :] = 0
    return np.fft.irfft(spectrum, len(audio)).astype(np.float32)


def with_noise(audio: Audio, added: Audio, snr_db: float) -> Audio:
    """`added` at `snr_db` below the mean power of `audio`."""
    power, noise_power = float((audio**2).mean()) + _LEAST, float((added**2).mean()) + _LEAST
    return np.asarray(audio + added * np.sqrt(power / noise_power / 10 ** (snr_db / 10)), np.float32)


def degraded(audio: Audio, rng: random.Random, hard: float = 1.0) -> Audio:
    """As it might arrive; `hard` is the probability that anything but the level is wrong with it."""
    if rng.random() > hard:
        return _at_level(audio, rng.uniform(-12, 0))
    if rng.random() < 0.3:
        audio = in_room(audio, rng)
    if rng.random() < 0.2:
        audio = narrowed(audio, rng)
    if rng.random() < 0.6:
        added = noise(len(audio), rng, rng.choice(["white", "pink", "crowd", "crowd"]))
        audio = with_noise(audio, added, rng.uniform(6, 40))
    return _at_level(audio, rng.uniform(-18, 3))


def _at_level(audio: Audio, peak_db: float) -> Audio:
    return np.asarray(audio * (10 ** (peak_db / 20) / (np.abs(audio).max() + 1e-6)), np.float32)
