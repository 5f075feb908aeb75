"""Blocks of theirs, searched in all of ours."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.events import Value
from pipeline.fit.prints import BANDS, RATE, Prints

BLOCK = 5 * RATE
"""Frames of theirs that are searched as one."""
_STEP, _BANDS = 5, 4
"""Frames and bands that are one in the search. With ten frames, blocks that lie between two steps are not found."""
_AT_ONCE = 2048
"""Places in ours."""
_APART = 8
"""Steps from the best place on that another one is another place."""
_FAINT = 0.3
"""Of the usual sound: blocks with less are like nothing."""
_NEAR = 12
"""Frames by which the search may be off."""

Floats = NDArray[np.float32]


class Hit(Value, frozen=True):
    """Where a block of theirs lies in ours, as far as can be told. Times are of its middle."""

    theirs: float
    ours: float
    like: float
    """Correlation, 1 for the same."""
    next: float
    """That of the best place elsewhere."""


def search(
    ours: Prints, blocks: Prints, at: Sequence[int], tell: Callable[[float, float], None] = lambda *_: None
) -> list[Hit]:
    """The best place of each block; `blocks` are one after the other, `at` is where in theirs each begins, in frames.

    `tell` is told how many places of ours are looked at, of how many.
    """
    if not at or len(ours) < BLOCK:
        return []
    coarse = _coarse(ours)
    usual = _usual(coarse)
    wanted = _coarse(blocks).reshape(len(at), -1)
    wanted /= np.maximum(np.linalg.norm(wanted, axis=1), _FAINT * usual)[:, None]
    peaks = []
    for windows in _windows(coarse):
        peaks.append(_peaks(windows, wanted, usual))
        tell(min(len(coarse), len(peaks) * _AT_ONCE), len(coarse))
    like = np.concatenate([part[0] for part in peaks])
    where = np.concatenate([part[1] + _AT_ONCE * number for number, part in enumerate(peaks)])
    every = np.arange(len(at))
    best = where[like.argmax(0), every]
    like[np.abs(where - best) <= _APART] = 0.0
    second = where[like.argmax(0), every]
    return [
        _hit(ours, blocks[number * BLOCK : (number + 1) * BLOCK], first, best[number], second[number])
        for number, first in enumerate(at)
    ]


def _coarse(prints: Prints) -> Floats:
    steps = len(prints) // _STEP
    parts = prints[: steps * _STEP].reshape(steps, _STEP, BANDS // _BANDS, _BANDS)
    return np.asarray(parts.mean(axis=(1, 3), dtype=np.float32))


def heard(prints: Prints, at: Sequence[int]) -> list[int]:
    """Those of the blocks that begin there in which there is something to be compared."""
    loud = [float(np.mean(prints[first : first + BLOCK].astype(np.float32) ** 2)) for first in at]
    least = _FAINT**2 * float(np.mean(loud)) if loud else 0.0
    return [first for first, power in zip(at, loud, strict=True) if power > least]


def _usual(places: Floats) -> float:
    """Norm of a block of the usual sound."""
    return float(np.sqrt(np.mean(places**2) * (BLOCK // _STEP) * places.shape[1])) + 1e-6


def _windows(places: Floats) -> Iterator[Floats]:
    """Every block that ours has, so many at once, a row each."""
    view = np.lib.stride_tricks.sliding_window_view(places, BLOCK // _STEP, axis=0).transpose(0, 2, 1)
    for first in range(0, len(view), _AT_ONCE):
        part = view[first : first + _AT_ONCE]
        yield part.reshape(len(part), -1)


def _peaks(windows: Floats, wanted: Floats, usual: float) -> tuple[Floats, NDArray[np.int64]]:
    """(likeness, place) of the two best places of each wanted block."""
    norms = np.maximum(np.linalg.norm(windows, axis=1), _FAINT * usual)
    like = (windows / norms[:, None]) @ wanted.T
    every = np.arange(like.shape[1])
    first = like.argmax(0)
    best = like[first, every]
    near = np.clip(first + np.arange(-_APART, _APART + 1)[:, None], 0, len(like) - 1)
    like[near, every] = 0.0
    second = like.argmax(0)
    return np.stack([best, like[second, every]]), np.stack([first, second])


def _hit(ours: Prints, block: Prints, first: int, best: int, second: int) -> Hit:
    """What two places come to when they are looked at closely."""
    found, elsewhere = sorted((_near(ours, block, int(place) * _STEP) for place in (best, second)), reverse=True)
    middle = BLOCK / 2
    return Hit(theirs=(first + middle) / RATE, ours=(found[1] + middle) / RATE, like=found[0], next=elsewhere[0])


def _near(ours: Prints, block: Prints, place: int) -> tuple[float, float]:
    """The best likeness near a place, and at which frame that is, to a part of one."""
    start = max(0, place - _NEAR)
    there, here = ours[start : place + _NEAR + BLOCK].astype(np.float32), block.astype(np.float32)
    if len(there) < BLOCK:
        return 0.0, float(place)
    windows = np.lib.stride_tricks.sliding_window_view(there, BLOCK, axis=0)
    power = np.convolve((there**2).sum(axis=1), np.ones(BLOCK), "valid")
    like = np.einsum("lbk,kb->l", windows, here) / (np.sqrt(power) * np.linalg.norm(here) + 1e-6)
    top = int(like.argmax())
    return float(like[top]), start + top + _peak(like, top)


def _peak(like: NDArray[np.float64], top: int) -> float:
    """By how much the top of the parabola through three points lies beside the middle one."""
    if not 0 < top < len(like) - 1:
        return 0.0
    before, at, after = like[top - 1 : top + 2]
    return float(0.5 * (before - after) / (before - 2 * at + after - 1e-9))
