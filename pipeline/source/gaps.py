"""Parts of the stream that we do not have: around them, and how one is seen within a connection."""

import re
from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.audio import AudioFile, Samples
from pipeline.events import Chunk, Gap, Skipped
from pipeline.settings import SAMPLE_RATE

LEAST = 0.3
"""Seconds of sound that is missing in which a word may be: less is a crackle."""
_BEFORE = 2.0
"""Seconds, of ours and of the sound, by which sound may be read before what was told of it: two threads."""
_LATER = 5.0
"""Seconds after which silence that was told, and is not in the sound by then, is no longer looked for."""
_RATE = re.compile(r"\[Parsed_aresample_0 @ \w+\] \[verbose\] .*?\br:(\d+)Hz -> ")
_ADDED = re.compile(r"\[Parsed_aresample_0 @ .*\badding (\d+) audio samples of silence")
_AT_ONCE = 16384
"""Samples that ffmpeg adds at once; more silence is told in several lines."""


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


class Filled:
    """The silence that ffmpeg puts in where sound is missing by the stream's own clock, as its log tells.

    One thread hears, another takes.
    """

    def __init__(self) -> None:
        self._rate, self._samples = SAMPLE_RATE, 0
        self._seconds: deque[float] = deque()

    def hear(self, line: str) -> None:
        """A line of its log, verbose."""
        if changed := _RATE.search(line):
            self._rate = int(changed[1])
        elif added := _ADDED.search(line):
            self._samples += int(added[1])
            if int(added[1]) < _AT_ONCE:
                self._seconds.append(self._samples / self._rate)
                self._samples = 0

    def take(self) -> Iterator[float]:
        """The length of each stretch since it was last asked, seconds, in their order."""
        while self._seconds:
            yield self._seconds.popleft()


class GapWatch:
    """Finds the gaps that one connection had in its sound: over UDP, packets are lost; an encoder may pause.

    A stream that is muted is none, and neither is what a slow server sends late: nothing is put in for those.
    """

    def __init__(self, audio: AudioFile, filled: Filled) -> None:
        self._audio, self._filled = audio, filled
        self._upto = audio.recorded
        self._looks: deque[tuple[float, float]] = deque()  # when, and what was recorded then
        self._wanted: deque[tuple[float, float]] = deque()  # how long each is, and what was recorded when it was told

    def look(self, now: float) -> Iterator[Gap]:
        """Those that can be told since it was last asked; `now`, seconds of a clock that only goes on."""
        recorded = self._audio.recorded
        self._looks.append((now, recorded))
        self._wanted.extend((length, recorded) for length in self._filled.take() if length >= LEAST)
        while self._wanted:
            length, told = self._wanted[0]
            if found := self._find(length, recorded):
                self._upto = found.end
                yield found
            elif recorded < told + length + _LATER:
                return
            self._wanted.popleft()
        while self._looks and self._looks[0][0] <= now - _BEFORE:  # all of that has been told by now
            self._upto = max(self._upto, self._looks.popleft()[1] - _BEFORE)

    def _find(self, length: float, recorded: float) -> Gap | None:
        """The shortest silence that is long enough: what was silent by itself is seldom as long to the hundredth."""
        silences = _silences(self._audio.read(self._upto, recorded), length - 0.01)
        lasts, first = min(((end - first, first) for first, end in silences), default=(0.0, 0.0))
        start = self._upto + first
        return Gap(start=start, end=start + lasts, reason="packets were lost, or none were sent") if lasts else None


def _silences(samples: Samples, least: float) -> Iterator[tuple[float, float]]:
    """Where each run of nothing but zeros that lasts so many seconds begins and ends, if something follows it."""
    edges = np.concatenate([[-1], np.flatnonzero(samples)])
    for index in np.flatnonzero(np.diff(edges) > least * SAMPLE_RATE):
        yield (int(edges[index]) + 1) / SAMPLE_RATE, int(edges[index + 1]) / SAMPLE_RATE
