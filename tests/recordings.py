"""What a capture left, read back independently: PyAV for the archive, plain samples for `audio.s16`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.settings import SAMPLE_RATE
from pipeline.source.archive import segments

Sound = NDArray[np.float64]


def sound(folder: Path) -> Sound:
    return np.fromfile(folder / "audio.s16", "<i2").astype(np.float64)


def archived_sound(folder: Path) -> Sound:
    """The archive's sound at SAMPLE_RATE, placed by its presentation times; silence where there is none."""
    listed = segments(folder / "archive")
    placed = np.zeros(int((listed[-1].end + 1) * SAMPLE_RATE))
    for segment in listed:
        with av.open(str(segment.path)) as opened:
            resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE)
            first = None
            pieces: list[NDArray[np.int16]] = []
            for frame in whole_frames(opened):
                first = frame.time if first is None else first
                pieces += [f.to_ndarray()[0] for f in resampler.resample(frame)]
        if not pieces:  # a short segment at the edge of a gap
            continue
        whole = np.concatenate(pieces).astype(np.float64)
        at = round((first or 0.0) * SAMPLE_RATE)
        whole, at = whole[max(0, -at) :], max(0, at)
        end = min(len(placed), at + len(whole))
        placed[at:end] = whole[: end - at]
    return placed


def whole_frames(opened: Any, kind: str = "audio") -> Iterator[Any]:
    """The frames of an open PyAV container's first track of that kind, without those that cannot be decoded."""
    for packet in opened.demux(**{kind: 0}):
        with contextlib.suppress(av.error.InvalidDataError):
            yield from packet.decode()


def offset_ms(ours: Sound, theirs: Sound, at: float, reach: float = 0.25) -> float:
    """Milliseconds by which the half second of `ours` at `at` comes later in `theirs`; they must be the same sound."""
    start, length, margin = (round(value * SAMPLE_RATE) for value in (at, 0.5, reach))
    piece = ours[start : start + length]
    around = theirs[start - margin : start + length + margin]
    match = np.correlate(around, piece, "valid")
    best = int(match.argmax())
    found = around[best : best + length]
    likeness = match[best] / (np.linalg.norm(piece) * np.linalg.norm(found) + 1e-9)
    assert likeness > 0.5, f"not the same sound at {at} s: {likeness:.2f}"
    return 1000 * (best - margin) / SAMPLE_RATE


def presented(path: Path) -> tuple[float, float]:
    """The first and last presentation time of a segment's picture, or of its sound when it has none."""
    with av.open(str(path)) as opened:
        stream = (*opened.streams.video, *opened.streams.audio)[0]
        times = [
            (float(p.pts * p.time_base), float((p.pts + (p.duration or 0)) * p.time_base))
            for p in opened.demux(stream)
            if p.pts is not None and p.time_base is not None
        ]
    return min(t[0] for t in times), max(t[1] for t in times)
