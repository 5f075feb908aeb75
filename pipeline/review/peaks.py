"""The shape of the sound, to be drawn: the lowest and the highest sample of every stretch.

Read from `audio.s16`, of which a window of some minutes costs milliseconds; where that is not there (a packed session),
from `peaks.s8`, the same of every 5 ms: pairs of signed bytes, 1.4 MB an hour.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.events import Value
from pipeline.files import write_on
from pipeline.settings import SAMPLE_RATE
from pipeline.source.parts import AUDIO

N = TypeVar("N", np.int8, np.int16)

PEAKS = "peaks.s8"
RATE = 200
"""Pairs a second in `peaks.s8`."""
_EACH = SAMPLE_RATE // RATE
_S16 = np.dtype(np.int16).newbyteorder("<")
_PART = 60 * SAMPLE_RATE
"""Samples that are read at a time."""


class Peaks(Value, frozen=True):
    """Of a stretch of stream time, in as many columns as were asked for; -127 to 127."""

    start: float
    end: float
    low: list[int]
    high: list[int]


def peaks(folder: Path, start: float, end: float, columns: int) -> Peaks:
    """Of stream time [start, end); 0 where nothing was recorded."""
    audio = folder / AUDIO
    rate, pairs = (SAMPLE_RATE, _samples(audio, start, end)) if audio.exists() else (RATE, _kept(folder, start, end))
    edges = np.linspace(start * rate, end * rate, columns + 1).round().astype(int) - round(start * rate)
    low, high = (_columns(side, edges, extreme) for side, extreme in zip(pairs, (np.minimum, np.maximum), strict=True))
    return Peaks(start=start, end=end, low=low, high=high)


def write(folder: Path) -> None:
    """Writes `peaks.s8` for a session whose sound is there; DiskFull or SessionError if it cannot be written."""
    write_on(folder / PEAKS, 0, packed(folder / AUDIO))


def packed(audio: Path) -> Iterator[bytes]:
    """`peaks.s8` of a sound, a minute at a time; OSError."""
    samples = np.memmap(audio, _S16, "r") if audio.stat().st_size > 1 else np.zeros(0, _S16)
    for at in range(0, samples.size, _PART):
        part = samples[at : at + _PART]
        whole = np.pad(part, (0, -part.size % _EACH), mode="edge").reshape(-1, _EACH)
        yield np.stack([_byte(whole.min(axis=1)), _byte(whole.max(axis=1))], axis=1).tobytes()


def _samples(audio: Path, start: float, end: float) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    samples = _byte(_stretch(audio, _S16, round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)))
    return samples, samples


def _kept(folder: Path, start: float, end: float) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    pairs = _stretch(folder / PEAKS, np.dtype(np.int8), 2 * round(start * RATE), 2 * round(end * RATE))
    return pairs[::2], pairs[1::2]


def _stretch(path: Path, kind: "np.dtype[N]", first: int, last: int) -> NDArray[N]:
    """The values `first` to before `last` of a file; 0 where it has none."""
    found = np.zeros(last - first, kind)
    begin = max(0, first)
    if path.exists() and last > begin:
        read = np.fromfile(path, kind, count=last - begin, offset=begin * kind.itemsize)
        found[begin - first : begin - first + len(read)] = read
    return found


def _byte(samples: NDArray[np.int16]) -> NDArray[np.int8]:
    loud: NDArray[np.float64] = np.rint(samples * (127 / 32767)).clip(-127, 127)
    return loud.astype(np.int8)


def _columns(values: NDArray[np.int8], edges: NDArray[np.int_], extreme: np.ufunc) -> list[int]:
    """One of each column; a column that is narrower than a value has the one that it lies in."""
    if not values.size:
        return [0] * (len(edges) - 1)
    firsts = edges[:-1].clip(0, values.size - 1)
    return [int(value) for value in extreme.reduceat(values, firsts)]
