"""A recording in blocks that can be heard one by one: cut where nobody speaks, by the sound alone.

So a pass that was killed goes on behind the last block it has heard, and hears what it would have heard.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from pipeline.audio import AudioFile, Samples
from pipeline.events import Chunk, Gap
from pipeline.settings import SAMPLE_RATE
from pipeline.speech.vad import FRAME, Detector, Probabilities

LEAST, MOST = 30.0, 90.0
"""Seconds of a block; it is less at an end."""
_SPEECH = 0.5
"""How likely a frame is speech from which on it is taken for some."""
_PIECE = 60.0
"""Seconds that the detector is given at once."""
_FRAME = FRAME / SAMPLE_RATE


def blocks(audio: AudioFile, gaps: Sequence[Gap], detector: Detector) -> list[Chunk]:
    """All that was recorded, in order; no block has a gap in it."""
    made: list[Chunk] = []
    for start, end in _recorded(audio.recorded, gaps):
        cutter = Cutter(detector, start)
        for at in np.arange(start, end, _PIECE).tolist():
            made += cutter.cut(audio.read(at, min(at + _PIECE, end)))
        made += cutter.rest()
    return made


class Cutter:
    """Cuts a stretch as it comes in: the same blocks, however much of it comes at once."""

    def __init__(self, detector: Detector, start: float) -> None:
        detector.reset()
        self._detector, self._start, self._samples = detector, start, 0
        self._at = 0  # the frame where the next block begins; and those from there on
        self._frames = np.zeros(0, np.float32)

    def cut(self, samples: Samples) -> list[Chunk]:
        """The blocks that these samples complete."""
        self._samples += len(samples)
        self._frames = np.concatenate([self._frames, self._detector.probabilities(samples)])
        found = [self._at, *(self._at + frame for frame in cuts(self._frames, self._samples - self._at * FRAME))]
        self._frames, self._at = self._frames[found[-1] - self._at :], found[-1]
        return [Chunk(start=self._time(first), end=self._time(last)) for first, last in pairwise(found)]

    def rest(self) -> list[Chunk]:
        """The last block, where there is one: the stretch is over."""
        return [Chunk(start=self._time(self._at), end=self.end)] if self._samples > self._at * FRAME else []

    def _time(self, frame: int) -> float:
        """Always by the same sum, so that it is the same to the last bit."""
        return self._start + frame * _FRAME

    @property
    def end(self) -> float:
        """Where the sound ends so far, stream time."""
        return self._start + self._samples / SAMPLE_RATE


def _recorded(until: float, gaps: Sequence[Gap]) -> Iterator[tuple[float, float]]:
    at = 0.0
    for gap in sorted(gaps, key=lambda gap: gap.start):
        if gap.start > at:
            yield at, min(gap.start, until)
        at = max(at, gap.end)
    if at < until:
        yield at, until


def cuts(speech: Probabilities, samples: int) -> list[int]:
    """The frames before which so many samples are cut, each of which is so likely speech: in the longest pause that
    makes a block."""
    made: list[int] = []
    at = 0
    while samples - at * FRAME > MOST * SAMPLE_RATE:
        first, last = (at + round(seconds / _FRAME) for seconds in (LEAST, MOST))
        at = first + _calmest(speech[first:last])
        made.append(at)
    return made


def _calmest(speech: Probabilities) -> int:
    """The middle of the longest pause; the frame that is the least like speech where there is none."""
    quiet = np.concatenate([[False], speech < _SPEECH, [False]])
    edges = np.flatnonzero(quiet[1:] != quiet[:-1]).reshape(-1, 2)
    if not len(edges):
        return int(speech.argmin())
    first, last = edges[(edges[:, 1] - edges[:, 0]).argmax()]
    return int(first + last) // 2
