"""`audio.s16`: the session's sound, 16 kHz mono signed 16 bit, appended by the capture and read at any position."""

from collections.abc import Callable, Iterator
from itertools import chain
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.events import Chunk
from pipeline.flow import Clock
from pipeline.settings import SAMPLE_RATE

Samples = NDArray[np.float32]
"""One-dimensional, -1 to 1, at SAMPLE_RATE."""

_GAP = 2.0
"""Seconds of nothing but zeros that are more than a pause of a clean recording."""


class AudioFile:
    """Reads a growing `audio.s16`; the file may not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def recorded(self) -> float:
        """Seconds in the file now."""
        try:
            return self.path.stat().st_size // 2 / SAMPLE_RATE
        except FileNotFoundError:
            return 0.0

    def read(self, start: float, end: float) -> Samples:
        """The samples of stream time [start, end), fewer where the file ends."""
        return (np.frombuffer(self.raw(start, end), np.dtype("<i2")) / 32768).astype(np.float32)

    def raw(self, start: float, end: float) -> bytes:
        """The same as it is in the file."""
        first = round(start * SAMPLE_RATE)
        count = round(end * SAMPLE_RATE) - first
        if count <= 0 or not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            file.seek(2 * first)
            data = file.read(2 * count)
        return data[: len(data) // 2 * 2]

    def lead(self, start: float, seconds: float) -> Samples:
        """The sound before stream time `start`, at most `seconds` of it and nothing from before a gap, which is silence
        to the last bit."""
        samples = self.read(max(0.0, start - seconds), start)
        sounds = np.append(np.flatnonzero(samples), len(samples))
        gaps = np.flatnonzero(np.diff(sounds) > _GAP * SAMPLE_RATE)
        return samples[sounds[gaps[-1] + 1 if gaps.size else 0] :]

    def follow(
        self,
        *,
        start: float,
        ended: Callable[[], bool],
        clock: Clock,
        broken_off: Callable[[], bool] = lambda: False,
        until: float = inf,
        step: float = 0.25,
        most: float = 30.0,
    ) -> Iterator[Chunk]:
        """All that is recorded from `start` on, as it grows, until `ended()` and everything was given.

        A reader that is late gets all that waits, at most `most` seconds at once; one that is early waits for `step`
        seconds of sound. Nothing after `until` is given. When it is `broken_off()` and everything was given, one empty
        chunk says so.
        """
        position, told = start, False
        while True:
            over, broken = ended(), broken_off()  # asked before the length, so that nothing recorded is left out
            waiting = min(self.recorded, until) - position
            if waiting >= step or ((over or broken) and waiting > 0):
                end = position + min(waiting, most)
                yield Chunk(start=position, end=end)
                # What came since is not broken off anew: whoever says so has not noticed yet that it goes on.
                position, told = end, told and broken
            elif over:
                return
            elif broken and not told:
                told = True
                yield Chunk(start=position, end=position)
            else:
                clock.wait(step - waiting)


def decode(path: Path, seconds: float) -> Samples:
    """The first sound track of a media file, at most its first `seconds`; what PyAV (imported here) raises, if none."""
    import av

    resampler, most = av.AudioResampler("s16", "mono", SAMPLE_RATE), round(seconds * SAMPLE_RATE)
    parts, had = [np.zeros(0, np.int16)], 0
    with av.open(str(path)) as opened:
        for frame in chain(opened.decode(audio=0), [None]):  # None gets what the resampler holds back
            for part in resampler.resample(frame):
                parts.append(part.to_ndarray()[0])
                had += part.samples
            if had >= most:  # counted, since a file's own clock may begin anywhere
                break
    return (np.concatenate(parts)[:most] / 32768).astype(np.float32)


SILENT = -100.0
"""Level of no sound at all, dB below full scale."""


def loudness(samples: Samples) -> float:
    """Root mean square of the samples in dB below full scale; -100 for silence or none."""
    power = float(np.mean(samples**2)) if samples.size else 0.0
    return max(SILENT, 10 * float(np.log10(power + 1e-10)))
