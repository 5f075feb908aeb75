"""Labels for what is heard and not said, where they are asked for: long, loud noise is taken for applause (pure).

The signal tells noise from tones and, with the detector's help, from speech; no more. Rain, static and a roaring crowd
are noise too, and music gets no label.
"""

from collections import deque

import numpy as np

from pipeline.audio import Samples
from pipeline.settings import SAMPLE_RATE
from pipeline.speech.vad import FRAME

APPLAUSE = "[Applause]"
LONG = 3.0
"""Seconds of it."""
LOUD = -45.0
"""dB below full scale, of all but the softest fifth of the frames: a room and a line are softer, a drum has gaps."""
RESTLESS = 4.0
"""dB by which the spectrum changes from frame to frame: 7 in noise, where every frame is a new draw, 10 and more in
claps, 3 to 5 in cheers, under 2 in tones."""
_LOWEST, _HIGHEST = 10, 154
"""Bins of the spectrum, 300 to 4800 Hz: above is what codecs make of it."""
_WINDOW = np.hanning(FRAME)


class Applause:
    """Notices it, once after every utterance."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float]] = deque(maxlen=round(LONG * SAMPLE_RATE / FRAME))
        self._told = False
        self._before = _spectrum(np.zeros(FRAME, np.float32))

    def push(self, frame: Samples, *, idle: bool) -> bool:
        """Whether there have been LONG seconds of applause now; `idle`: this frame is in no utterance."""
        spectrum, before = _spectrum(frame), self._before
        self._before = spectrum
        if not idle:
            self._frames.clear()
            self._told = False
            return False
        change = np.average(np.abs(spectrum - before), weights=10 ** (np.maximum(spectrum, before) / 10))
        self._frames.append((float(10 * np.log10(np.square(frame).mean() + 1e-10)), float(change)))
        if self._told or len(self._frames) < (self._frames.maxlen or 0):
            return False
        levels, changes = np.array(self._frames).T
        self._told = bool(np.percentile(levels, 20) > LOUD and np.median(changes) > RESTLESS)
        return self._told


def _spectrum(frame: Samples) -> Samples:
    """In dB."""
    power = np.square(np.abs(np.fft.rfft(frame * _WINDOW)[_LOWEST:_HIGHEST]))
    return np.asarray(10 * np.log10(power + 1e-10), np.float32)
