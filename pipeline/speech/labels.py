"""Labels for what is heard and not said, where they are asked for: long, loud noise is taken for applause (pure).

The signal tells noise from tones and, with the detector's help, from speech; no more. Rain, static and a roaring crowd
are noise too, and music gets no label.
"""

from collections import deque
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import Samples
from pipeline.settings import SAMPLE_RATE
from pipeline.speech.vad import FRAME

APPLAUSE = "[Applause]"
LONG = 3.0
"""Seconds of it."""
LOUD = -45.0
"""dB below full scale: softer is the noise of a room or a line."""
NOISY = 0.25
"""Spectral flatness: of tones under 0.1, of noise about 0.5."""
_BANDS = (300, 600, 1200, 2400, 4800)
"""Hz: within an octave applause is as flat as noise, whatever the room makes of the whole."""


class Applause:
    """Notices it, once after every utterance."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float]] = deque(maxlen=round(LONG * SAMPLE_RATE / FRAME))
        self._told = False

    def push(self, loudness: float, flatness: float, *, idle: bool) -> bool:
        """Whether there have been LONG seconds of applause now; `idle`: this frame is in no utterance."""
        if not idle:
            self._frames.clear()
            self._told = False
            return False
        self._frames.append((loudness, flatness))
        if self._told or len(self._frames) < (self._frames.maxlen or 0):
            return False
        level, noise = np.mean(self._frames, axis=0)
        self._told = bool(level > LOUD and noise > NOISY)
        return self._told


def flatness(samples: Samples) -> NDArray[np.float64]:
    """How flat the spectrum of each whole frame is within octaves: geometric over arithmetic mean, 0 to 1."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME) * np.hanning(FRAME)
    power = np.square(np.abs(np.fft.rfft(frames))) + 1e-12
    hertz = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)
    bands = [power[:, (hertz >= low) & (hertz < high)] for low, high in pairwise(_BANDS)]
    return np.asarray(np.mean([np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1) for band in bands], axis=0))
