"""Word times mended by the signal (pure).

Whisper's alignment counts a pause as part of the word after it: sentences begin a fifth of a second early. The energy
of the sound knows better. Only words beside a pause are touched, and only where speech stands clear of the noise.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.audio import Samples
from pipeline.events import Word
from pipeline.settings import SAMPLE_RATE

HOP = SAMPLE_RATE // 100
"""Samples between two levels: 10 ms."""
CONTRAST = 9.0
"""dB between speech and noise under which the signal does not tell and the times stay as they are."""
DEEPEST = 45.0
"""dB below speech at which noise is taken to lie at least: digital silence is no better a measure than a quiet room."""
RISE = 0.3
"""Sound is speech above this share of the way, in dB, from noise to speech."""
PAUSE, SENTENCE_PAUSE = 0.12, 0.03
"""Seconds of quiet that are a pause within a sentence (a plosive is quiet for up to 0.1) and between two."""
BLIP = 0.03
"""Seconds of sound between quiet that do not end it: a click."""
NEAR = 0.15
"""Seconds by which the aligner misses the beginning of a pause."""
LATE = 0.3
"""Seconds of sound after a word that are still its own: the aligner ends the last word early. More is another word."""
AHEAD = 0.3
"""Seconds of quiet at the beginning in which nobody has spoken: more may be somebody who speaks low."""
SHORTEST = 0.04
"""Seconds that are left of a word."""


class Quiet(msgspec.Struct, frozen=True):
    """A run of sound at noise level, in seconds from the first sample."""

    start: float
    end: float


def mend(words: Sequence[Word], samples: Samples) -> tuple[Word, ...]:
    """The same words: one after a pause begins where the sound rises, one before it ends where it falls.

    Times are seconds from the first sample, in order, within the samples, and never overlap.
    """
    runs = pauses(samples)
    words = [*_first_begins(words[:1], runs), *words[1:]]
    left = runs  # each is before one word
    mended: list[Word] = []
    for index, word in enumerate(words):
        opens = not mended or mended[-1].text.rstrip("»\"”' ").endswith((".", "!", "?", "…"))
        limit = words[index + 1].end if index + 1 < len(words) else len(samples) / SAMPLE_RATE
        run = _pause_before(word, left, SENTENCE_PAUSE if opens else PAUSE, limit)
        if run is None:
            mended.append(word)
            continue
        left = [other for other in left if other.start > run.start]
        if mended:
            mended[-1] = _ending(mended[-1], run.start)
        mended.append(msgspec.structs.replace(word, start=run.end, end=max(word.end, run.end + SHORTEST)))
    return tuple(_in_order(_last_ends(mended, runs), len(samples) / SAMPLE_RATE))


def onset(samples: Samples) -> float | None:
    """Where speech rises out of the quiet that the samples begin with, in seconds; None if the signal does not tell."""
    runs = pauses(samples)
    return runs[0].end if runs and runs[0].start <= NEAR else None


def pauses(samples: Samples) -> list[Quiet]:
    """Where the sound is down at the noise, at least SENTENCE_PAUSE long; none where speech does not stand clear."""
    level = _level(samples)
    if len(level) < 3:
        return []
    speech = float(np.percentile(level, 90))
    noise = max(float(np.percentile(level, 5)), speech - DEEPEST)
    if speech - noise < CONTRAST:
        return []
    return _runs(level < noise + RISE * (speech - noise))


def _level(samples: Samples) -> NDArray[np.float64]:
    """dB of 20 ms around every HOP."""
    count = len(samples) // HOP
    power = np.square(samples[: count * HOP].astype(np.float64)).reshape(count, HOP).mean(axis=1)
    smooth = np.convolve(np.pad(power, 1, mode="edge"), [0.25, 0.5, 0.25], "valid") if count else power
    return np.asarray(10 * np.log10(smooth + 1e-10))


def _runs(quiet: NDArray[np.bool_]) -> list[Quiet]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8))).reshape(-1, 2)
    joined: list[list[float]] = []
    for start, end in edges * HOP / SAMPLE_RATE:
        if joined and start - joined[-1][1] <= BLIP:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    return [Quiet(float(s), float(e)) for s, e in joined if e - s >= SENTENCE_PAUSE]


def _pause_before(word: Word, runs: Iterable[Quiet], shortest: float, limit: float) -> Quiet | None:
    """The longest pause that begins about where the aligner begins the word; the word must end after it."""
    near = [
        run
        for run in runs
        if run.end - run.start >= shortest
        and run.start < word.start + NEAR
        and run.end > word.start - NEAR
        and run.end + SHORTEST < limit
    ]
    return max(near, key=lambda run: run.end - run.start, default=None)


def _first_begins(words: Sequence[Word], runs: Sequence[Quiet]) -> Sequence[Word]:
    """The first word, after the quiet that the sound begins with: of a sentence of which half a second is there the
    aligner puts all words into it."""
    if not words or not runs or runs[0].start or runs[0].end > AHEAD:
        return words
    start = max(words[0].start, runs[0].end)
    return [msgspec.structs.replace(words[0], start=start, end=max(words[0].end, start + SHORTEST))]


def _ending(word: Word, end: float) -> Word:
    """The word ends with the sound at `end`, unless that is so late that it cannot be the word's."""
    return word if end > word.end + LATE else msgspec.structs.replace(word, end=max(end, word.start + SHORTEST))


def _last_ends(words: list[Word], runs: Sequence[Quiet]) -> list[Word]:
    """The last word ends where the sound falls for good."""
    if not words or not runs or runs[-1].start <= words[-1].start:
        return words
    return [*words[:-1], _ending(words[-1], runs[-1].start)]


def _in_order(words: Iterable[Word], length: float) -> Iterator[Word]:
    """Monotonic, without overlap, within [0, length]."""
    free = 0.0
    for word in words:
        start = min(max(word.start, free), length)
        end = min(max(word.end, start), length)
        free = end
        yield msgspec.structs.replace(word, start=start, end=end)
