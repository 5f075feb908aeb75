"""Parts of the stream that we do not have: around them, and how one is seen within a connection."""

from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.audio import AudioFile, Samples
from pipeline.events import Chunk, Gap, Skipped
from pipeline.settings import SAMPLE_RATE

LEAST = 2.0
"""Seconds for which nothing came, from which on it is asked whether something is missing."""
SHARE = 0.8
"""Of the time without sound that must be silence afterwards: what came late is no gap."""


def outside(gaps: Sequence[Gap | Skipped], chunk: Chunk) -> Iterator[Chunk]:
    """The parts of a chunk that lie in no gap; an empty chunk as it is."""
    if chunk.start == chunk.end:
        yield chunk
        return
    start = chunk.start
    for gap in gaps:
        if gap.end <= start or gap.start >= chunk.end:
            continue
        if gap.start > start:
            yield Chunk(start=start, end=gap.start)
        start = gap.end
    if start < chunk.end:
        yield Chunk(start=start, end=chunk.end)


class GapWatch:
    """Sees a gap that one connection had: nothing came for a while, and then silence as long, put in by ffmpeg.

    Over UDP the sender goes on while the line is cut; its clock tells ffmpeg how much is missing. A server that was
    only slow sends what it had kept, and there is no silence.
    """

    def __init__(self, audio: AudioFile) -> None:
        self._audio = audio
        self._recorded = audio.recorded
        self._quiet = 0.0
        self._begun = False  # there was some sound: what was quiet before is no gap in it
        self._suspect: tuple[float, float] | None = None  # where sound stopped, and for how long

    def look(self, quiet: float) -> Gap | None:
        """The gap, once it is over; `quiet` is for how many seconds nothing has come."""
        recorded = self._audio.recorded
        if recorded > self._recorded:
            if self._begun and self._quiet >= LEAST:
                self._suspect = (self._recorded, self._quiet)
            self._begun = True
        self._recorded, self._quiet = recorded, quiet
        if not self._suspect or recorded < sum(self._suspect) + 1.0:
            return None
        start, missing = self._suspect
        self._suspect = None
        first, end = _longest_silence(self._audio.read(start, recorded))
        if end - first < SHARE * missing:
            return None
        return Gap(start=start + first, end=start + end, reason="nothing came")


def _longest_silence(samples: Samples) -> tuple[float, float]:
    """Where the longest run of nothing but zeros begins and ends, seconds from the first sample."""
    edges = np.concatenate([[-1], np.flatnonzero(samples), [len(samples)]])
    longest = int(np.argmax(np.diff(edges)))
    return (int(edges[longest]) + 1) / SAMPLE_RATE, int(edges[longest + 1]) / SAMPLE_RATE
