"""How loud a session's recording is from moment to moment, and where somebody may speak whom nobody wrote down."""

from bisect import bisect_left
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import AudioFile
from pipeline.events import Word
from pipeline.settings import SAMPLE_RATE

Levels: TypeAlias = NDArray[np.float32]
"""Of every `FRAME` from the beginning on, dB below full scale."""

FRAME = 0.02
"""Seconds."""
_LOT = 60.0
"""Seconds that are read at once."""
_STRETCH = 30.0
"""Seconds."""
_ABOVE = 6.0
"""dB that speech must be above what is behind it."""
_FLOOR, _SPEECH = 5, 60
"""Percentiles: of all frames, what is not speech; of those under words, what is."""


def levels(path: Path) -> Levels:
    """Of `audio.s16` as far as it goes; 0.3 s for an hour. None of a recording that is gone."""
    audio = AudioFile(path)
    size = round(FRAME * SAMPLE_RATE)
    parts = [np.zeros(0, np.float32)]
    for start in np.arange(0.0, audio.recorded, _LOT):
        samples = audio.read(float(start), float(start) + _LOT)
        frames = samples[: len(samples) // size * size].reshape(-1, size)
        parts.append(10 * np.log10(np.mean(frames**2, axis=1) + 1e-10))
    return np.concatenate(parts)


class Loud:
    """Tells how long it is as loud as speech between two moments."""

    def __init__(self, levels: Levels, words: Sequence[Word]) -> None:
        """`words` are all that were recognised. How loud speech is, and what is behind it, is told half minute by half
        minute: a room fills, and a crowd rises."""
        under = np.zeros(len(levels), bool)
        for word in words:
            under[_frame(word.start) : _frame(word.end) + 1] = True
        size = round(_STRETCH / FRAME)
        lots = [slice(at, at + size) for at in range(0, len(levels), size)]
        loud = [levels[lot] > _least(levels[lot], under[lot]) for lot in lots]
        self._moments: list[int] = np.flatnonzero(np.concatenate(loud)).tolist() if loud else []

    def seconds(self, start: float, end: float) -> float:
        """Between two words: the frames in which they end and begin are theirs."""
        first, last = _frame(start) + 1, _frame(end) - 1
        return FRAME * max(0, bisect_left(self._moments, last) - bisect_left(self._moments, first))


def _least(levels: Levels, under: NDArray[np.bool_]) -> float:
    """From which level on it is nearer to speech than to what is behind it; none where the two are much the same."""
    if not under.any():
        return inf
    speech, floor = float(np.percentile(levels[under], _SPEECH)), float(np.percentile(levels, _FLOOR))
    return (speech + floor) / 2 if speech - floor > _ABOVE else inf


def _frame(moment: float) -> int:
    return max(0, int(moment / FRAME))
