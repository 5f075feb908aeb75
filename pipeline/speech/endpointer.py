"""Where utterances begin and end, from speech probabilities and loudness alone (pure)."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.vad import FRAME

FRAME_SECONDS = FRAME / SAMPLE_RATE
SPEECH = 0.5
"""An utterance begins at this probability: Silero's own recommendation."""
STILL_SPEECH = 0.35
"""... and goes on down to this one, so that weak syllables do not end it."""
BEFORE, AFTER = 6, 8
"""Frames (0.19 s, 0.26 s) kept around an utterance: Silero wakes a syllable late; best of nine pairs on two takes."""
IDLE, EARLIER, QUIET, MARGIN = 125, 24, -45.0, 3
"""Frames without speech (4 s) after which Silero may wake half a second late. Where the first of the `EARLIER` frames
(0.77 s) before are quiet, dB, they count from `MARGIN` before one that is louder; applause hides which that is."""
SURE = BEFORE + 12
"""Frames of an utterance after which it is said to have begun: 0.4 s of sound tell where it rose."""
EDGE = 2
"""Frames (64 ms): speech that near the first or last frame was cut by the recording."""
SHORTEST_PART = 0.4
"""A cut leaves at least this share of the longest utterance before it: shorter parts give the model no context."""
LATER = 0.15
"""How much worse a pause may be and still be taken because it lies a whole utterance later."""


class Stretch(msgspec.Struct, frozen=True):
    """Frames [start, end) to be recognised in one go."""

    start: int
    end: int
    speech: tuple[bool, ...]
    """Which of them are."""
    endpoint: bool
    """The speaker paused after it; False where it was cut for length or the sound ended."""


class Endpointer:
    """Turns frames into stretches: disjoint, in order, every frame of speech in exactly one."""

    def __init__(self, settings: SpeechSettings) -> None:
        self.adopt(settings)
        self._position = 0
        self._free = 0  # the first frame that is in no stretch yet
        self._start: int | None = None
        self._last = 0  # one past the last frame of speech
        self._frames: list[tuple[float, float]] = []  # probability and loudness since `start`, or the last few

    def adopt(self, settings: SpeechSettings) -> None:
        """Goes by these settings from the next frame on."""
        self._silence = max(1, round(settings.endpoint / FRAME_SECONDS))
        self._longest = round(settings.longest / FRAME_SECONDS)

    @property
    def settled(self) -> int:
        """No stretch to come begins before this frame."""
        return max(self._free, self._position - self._kept) if self._start is None else self._start

    @property
    def _kept(self) -> int:
        """Frames before the next one that an utterance which begins there may begin with."""
        idle = self._position - self._last
        return BEFORE + min(EARLIER - BEFORE, max(0, idle - IDLE))

    @property
    def speaking(self) -> bool:
        """Speech goes on up to the last frame."""
        return self._start is not None and self._position - self._last < EDGE

    @property
    def begun(self) -> int | None:
        """The first frame of the open utterance; None while there is none."""
        return self._start

    @property
    def speech(self) -> tuple[bool, ...]:
        """Which frames of the open utterance are speech."""
        return () if self._start is None else tuple(p >= STILL_SPEECH for p, _ in self._frames)

    @property
    def open(self) -> int | None:
        """Where the open utterance begins, once enough of it is there to tell; None while there is none."""
        sure = self._start is not None and self._position - self._start >= SURE
        return self._start if sure else None

    def push(self, probability: float, loudness: float) -> Iterator[Stretch]:
        """The stretches that one more frame completes; `loudness` in dB."""
        self._position += 1
        self._frames.append((probability, loudness))
        if self._start is None:
            if probability < SPEECH:
                del self._frames[: -self._kept]
                return
            self._start = self._beginning()
            del self._frames[: len(self._frames) - (self._position - self._start)]
        if probability >= STILL_SPEECH:
            self._last = self._position
        if self._position - self._last >= self._silence:
            yield self._close(endpoint=True)
        elif self._position - self._start >= self._longest:
            yield self._cut()

    def _beginning(self) -> int:
        """Where an utterance begins of which the last frame is the first that is speech for sure."""
        loud = [loudness > QUIET for _, loudness in self._frames[:-1]]
        late = len(loud) - loud.index(True) + MARGIN if True in loud and not any(loud[:BEFORE]) else BEFORE
        return max(self._free, self._position - 1 - max(BEFORE, min(late, len(loud))))

    def let_go(self, frame: int) -> None:
        """The open utterance goes on without what is before this frame."""
        del self._frames[: frame - (self._start or 0)]
        self._start = self._free = frame

    def flush(self) -> Iterator[Stretch]:
        """The open utterance, if any: the sound has ended."""
        if self._start is not None:
            yield self._close(endpoint=False)

    def _close(self, *, endpoint: bool) -> Stretch:
        start = self._start or 0
        end = max(start, min(self._last + AFTER, self._position))
        stretch = self._stretch(start, end, endpoint=endpoint)
        self._start, self._free = None, end
        self._frames = self._frames[-BEFORE:]
        return stretch

    def _cut(self) -> Stretch:
        start = self._start or 0
        cut = start + best_pause(self._frames, int(SHORTEST_PART * len(self._frames)))
        stretch = self._stretch(start, cut, endpoint=False)
        del self._frames[: cut - start]
        self._start = self._free = cut
        return stretch

    def _stretch(self, start: int, end: int, *, endpoint: bool) -> Stretch:
        speech = tuple(p >= STILL_SPEECH for p, _ in self._frames[: end - start])
        return Stretch(start, end, speech, endpoint)


def best_pause(frames: Sequence[tuple[float, float]], first: int) -> int:
    """The frame at or after `first` before which a cut hurts least: in the deepest and longest pause, and late."""
    probability, loudness = np.array(frames, np.float64).T
    low, high = np.percentile(loudness, [5, 90])
    level = np.clip((loudness - low) / max(high - low, 6.0), 0, 1)  # under 6 dB of contrast loudness says little
    cost = _smooth(probability, 3) + _smooth(level, 3) + _smooth(probability, 9) + _smooth(level, 9)
    cost = cost / 4 - LATER * np.arange(len(cost)) / len(cost)
    return first + int(np.argmin(cost[first:]))


def _smooth(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Running mean of odd `width`, its ends repeated."""
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), "valid")
