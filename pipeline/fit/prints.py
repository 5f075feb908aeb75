"""A recording's fingerprint: how much louder or softer each band of the voice becomes, a hundred times a second.

Changes rather than levels, since another upload may be louder, compressed or equalised; nothing where it is quiet, so
that silence is like nothing at all.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import AudioFile, Samples
from pipeline.events import Value
from pipeline.settings import SAMPLE_RATE

RATE = 100
"""Frames a second of our time."""
BANDS = 24
Prints = NDArray[np.int8]
"""A row a frame, a column a band."""

_HOP = SAMPLE_RATE / RATE
_WINDOW = 1024
_LOW, _HIGH = 250.0, 3500.0
"""Hz: what a telephone lets through, and every codec keeps."""
_LAG = 3
"""Frames before and after, between which a change is told."""
_MOST = 3.0
"""Of a change, in nepers of power: 13 dB."""
_QUIET = 2e-4
"""Of the power of loud seconds, in each band: what lies below is quiet."""
_AT_ONCE = 3000
"""Frames: half a minute."""


class Speed(Value, frozen=True):
    """How an upload was sped up: `tempo` times as fast, and its voices so many times as high."""

    tempo: float = 1.0
    pitch: float = 1.0


AS_IT_IS = Speed()


def length(sound: AudioFile, speed: Speed = AS_IT_IS) -> int:
    """Frames of a recording."""
    return int(sound.recorded * speed.tempo * RATE)


def prints(
    sound: AudioFile,
    speed: Speed = AS_IT_IS,
    spans: Sequence[tuple[int, int]] | None = None,
    tell: Callable[[float, float], None] = lambda *_: None,
) -> Prints:
    """The frames of a recording, or of these spans of it one after the other, as if it had not been sped up.

    `tell` is told how many frames are done, of how many.
    """
    floor = _QUIET * _loudness(sound) * float(np.sum(np.hanning(_WINDOW) ** 2))
    spans = [(0, length(sound, speed))] if spans is None else spans
    made = np.zeros((sum(last - first for first, last in spans), BANDS), np.int8)
    done = 0
    for first, last in spans:
        for at in range(first, last, _AT_ONCE):
            count = min(_AT_ONCE, last - at)
            made[done : done + count] = _changes(sound, at, count, floor, speed)
            done += count
            tell(done, len(made))
    return made


def _loudness(sound: AudioFile) -> float:
    """Power of its loud seconds, of which a tenth is louder."""
    powers = [float(np.mean(part**2)) for at in range(int(sound.recorded)) if (part := sound.read(at, at + 1)).size]
    return max(1e-9, float(np.percentile(powers, 90)) if powers else 0.0)


def _changes(sound: AudioFile, first: int, count: int, floor: float, speed: Speed) -> Prints:
    loud = np.log(_powers(sound, first - _LAG, count + 2 * _LAG, speed) + floor)
    changes = (loud[2 * _LAG :] - loud[: -2 * _LAG]) * (127 / _MOST)
    return np.asarray(np.clip(np.rint(changes), -127, 127), np.int8)


def _powers(sound: AudioFile, first: int, count: int, speed: Speed) -> NDArray[np.float32]:
    """Power in each band, a frame a row."""
    centres = np.rint(np.arange(first, first + count) * (_HOP / speed.tempo)).astype(int)
    samples = _padded(sound, int(centres[0]) - _WINDOW // 2, int(centres[-1]) + _WINDOW // 2)
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[centres - centres[0]]
    filters = _filters(speed.pitch)
    spectrum = np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1)[:, : len(filters)]
    return np.asarray((spectrum.real**2 + spectrum.imag**2).astype(np.float32) @ filters)


def _padded(sound: AudioFile, first: int, last: int) -> Samples:
    """Samples [first, last); silence where there are none."""
    made = np.zeros(last - first, np.float32)
    start = max(0, first)
    found = sound.read(start / SAMPLE_RATE, last / SAMPLE_RATE)
    made[start - first : start - first + len(found)] = found
    return made


@cache
def _filters(pitch: float) -> NDArray[np.float32]:
    """The mean of the bins of each band, those at an edge by their share; no bins above the last band."""
    edges = np.geomspace(_LOW, _HIGH, BANDS + 1) * pitch * _WINDOW / SAMPLE_RATE
    bins = np.arange(int(edges[-1]) + 2)[:, None]
    shares = np.clip(np.minimum(bins + 0.5, edges[1:]) - np.maximum(bins - 0.5, edges[:-1]), 0, 1)
    return np.asarray(shares / shares.sum(0), np.float32)
