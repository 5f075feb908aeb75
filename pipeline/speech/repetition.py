"""Text that repeats itself: a chant, whose sound does so too, or a loop of the model, whose sound does not (pure).

The test is of the sound, not of the text: "On veut des profs !" five times over is rhetoric if the spectrum says it
five times, each in a time in which it can be said.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.audio import Samples
from pipeline.events import Word
from pipeline.settings import SAMPLE_RATE

TIMES, MOST = 4, 0.6
"""A text is looked at if a phrase is in it so often and makes up so much of it ..."""
LOOPS = 2.4
"""... or if it can be compressed so many times (Whisper's own threshold)."""
ALIKE = 0.4
"""Correlation of two moments above which they may be the same words."""
CHARACTERS_PER_SECOND = 35.0
"""Nobody speaks faster: an auctioneer reaches 25."""
HOP = SAMPLE_RATE // 100
"""Samples between two spectra: 10 ms."""
_WINDOW = 400
_BANDS = np.geomspace(150, 6000, 17)
"""Hz: edges of bands narrow enough to tell vowels apart."""
_SHORTEST = 60
"""Spectra of a moment that is compared: less is alike by chance."""


class Repetition(msgspec.Struct, frozen=True):
    """A phrase said over and over: (first word, one past the last) of each time."""

    spans: tuple[tuple[int, int], ...]
    share: float
    """Of the text's letters."""


def looped(words: Sequence[Word], compression: float, samples: Samples) -> str | None:
    """Why the sound does not say this as often as the text does; None if it does, or if nothing is repeated.

    Word times are seconds from the first sample; `compression` is the text's.
    """
    found = repetition([_letters(word.text) for word in words])
    if found is None:
        return f"{compression:.1f} times compressible" if compression > LOOPS else None
    if compression <= LOOPS and (len(found.spans) < TIMES or found.share < MOST):
        return None
    times = [(words[first].start, words[end - 1].end) for first, end in found.spans]
    sizes = [sum(len(word.text) for word in words[first:end]) for first, end in found.spans]
    hurried = sum(size > CHARACTERS_PER_SECOND * (e - s) for size, (s, e) in zip(sizes, times, strict=True))
    if hurried > len(times) / 2:
        return f"said {len(times)} times faster than anyone speaks"
    alike = likeness(samples, times[0][0], times[-1][1], len(times))
    return f"said {len(times)} times where the sound repeats nothing ({alike:.2f} alike)" if alike < ALIKE else None


def repetition(texts: Sequence[str]) -> Repetition | None:
    """The phrase whose repetitions make up most of the text; None if none is said three times."""
    letters = sum(map(len, texts)) or 1
    best: Repetition | None = None
    for size in range(1, len(texts) // 3 + 1):
        places: dict[tuple[str, ...], list[int]] = {}
        for first in range(len(texts) - size + 1):
            said = places.setdefault(tuple(texts[first : first + size]), [])
            if not said or first >= said[-1] + size:
                said.append(first)
        for phrase, said in places.items():
            share = len(said) * sum(map(len, phrase)) / letters
            if len(said) >= 3 and (best is None or share > best.share):
                best = Repetition(tuple((first, first + size) for first in said), share)
    return best


def likeness(samples: Samples, start: float, end: float, times: int) -> float:
    """How much the sound from `start` to `end` seconds is one thing so many times over: a correlation, -1 to 1.

    The aligner loses its place in a chant, so only its edges count. Each moment of one repetition is looked for
    again, anywhere from half to twice that later, as nobody keeps time; the median moment tells.
    """
    spectra = _spectra(samples)[round(start * SAMPLE_RATE / HOP) : round(end * SAMPLE_RATE / HOP)]
    period = max(2, len(spectra) // times)
    size = max(period, _SHORTEST)
    found = []
    for at in range(0, len(spectra) - size, max(1, period // 2)):
        moment, last = spectra[at : at + size], min(2 * period, len(spectra) - at - size)
        if later := [spectra[at + lag : at + lag + size] for lag in range(period // 2, last + 1, 2)]:
            found.append(max(_alike(moment, other) for other in later))
    return float(np.median(found)) if found else 1.0


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Correlation of two moments, each band about its mean; 0 where nothing changes."""
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    size = np.sqrt((one**2).sum() * (other**2).sum())
    return float((one * other).sum() / size) if size > 1e-6 else 0.0


def _spectra(samples: Samples) -> NDArray[np.float64]:
    """Level of each band every HOP, in dB, smoothed over 50 ms; at least one row."""
    padded = np.pad(samples.astype(np.float64), (0, max(_WINDOW, -len(samples) % HOP + _WINDOW)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP] * np.hanning(_WINDOW)
    power = np.square(np.abs(np.fft.rfft(frames, 512)))
    hertz = np.fft.rfftfreq(512, 1 / SAMPLE_RATE)
    bands = [power[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in pairwise(_BANDS)]
    levels = 10 * np.log10(np.stack(bands, axis=1) + 1e-8)
    return np.asarray(np.apply_along_axis(lambda band: np.convolve(band, np.full(5, 0.2), "same"), 0, levels))


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
