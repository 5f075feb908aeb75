"""A stretch of a source, recorded as `run` would, and what that told."""

import time
from pathlib import Path

import msgspec
import psutil

from pipeline.audio import AudioFile
from pipeline.errors import SourceUnreachable
from pipeline.events import Value
from pipeline.flow import Caller, DeadlineExpired
from pipeline.settings import SourceSettings
from pipeline.source.address import Address, resolve
from pipeline.source.archive import segments
from pipeline.source.capture import Capture
from pipeline.source.probe import Media

_OPENING = 30.0
"""Seconds a source has to be opened."""
_SLOW = 12.0
"""Seconds more than the sound lasts that are waited for it."""


class Recording(Value, frozen=True):
    """What lies in `folder` now, and how it came; seconds."""

    folder: Path
    address: Address
    media: Media
    opened: float
    """It took so long to open."""
    seconds: float
    """So much was recorded."""
    rate: float
    """Seconds of stream that came in a second, after the first lot."""
    size: float
    """Bytes on disk for a second of stream."""
    work: float
    """Processor seconds of ffmpeg for a second of stream."""
    segment: float
    """The longest media segment."""

    @property
    def audio(self) -> AudioFile:
        return AudioFile(self.folder / "audio.s16")


def record(source: str, settings: SourceSettings, folder: Path, seconds: float) -> Recording:
    """Records `seconds` of a source into the new `folder`; a SourceError when it cannot be opened or lost at once."""
    folder.mkdir()
    part = msgspec.structs.replace(settings, length=seconds, pace=None)
    if part.end is not None:
        part = msgspec.structs.replace(part, end=min(part.end, part.start + seconds))
    began = time.monotonic()
    address = resolve(source, part)
    capture = Capture(address, part, folder)
    try:
        _start(capture, address)
        opened = time.monotonic() - began
        came = _watch(capture, AudioFile(folder / "audio.s16"), seconds)
        capture.stop()
    finally:
        capture.close()
    return _described(folder, address, capture, opened, came)


def _start(capture: Capture, address: Address) -> None:
    try:
        Caller("open").call(capture.start, _OPENING)
    except DeadlineExpired:
        capture.stop()
        raise SourceUnreachable(f"nobody sends to {address.shown} yet; start the sender and check again") from None


class _Came(Value, frozen=True):
    """How the sound came: (seconds on the clock, seconds recorded) at the first and the last look, ffmpeg's work."""

    first: tuple[float, float]
    last: tuple[float, float]
    work: float


def _watch(capture: Capture, audio: AudioFile, seconds: float) -> _Came:
    until = time.monotonic() + seconds + _SLOW
    first = last = (time.monotonic(), 0.0)
    work = 0.0
    while not capture.ended and audio.recorded < seconds and time.monotonic() < until:
        time.sleep(0.1)
        work = max(work, _work())
        if audio.recorded > last[1]:
            last = (time.monotonic(), audio.recorded)
            first = last if first[1] == 0 else first
    return _Came(first=first, last=last, work=max(work, _work()))


def _work() -> float:
    """Processor seconds that our ffmpegs have needed so far."""
    total = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            if child.name().startswith("ffmpeg"):
                used = child.cpu_times()
                total += used.user + used.system
        except psutil.Error:  # it has just ended
            continue
    return total


def _described(folder: Path, address: Address, capture: Capture, opened: float, came: _Came) -> Recording:
    recorded = AudioFile(folder / "audio.s16").recorded
    if not recorded:
        outcome = capture.outcome
        if outcome.error:
            raise outcome.error
        raise SourceUnreachable(f"{address.shown} opens and sends no sound; check that the stream is running")
    took, grown = came.last[0] - came.first[0], came.last[1] - came.first[1]
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    kept = segments(folder / "archive") if (folder / "archive").is_dir() else []
    return Recording(
        folder=folder,
        address=address,
        media=capture.media,
        opened=opened,
        seconds=recorded,
        rate=grown / took if took > 1.0 else float("inf"),
        size=size / recorded,
        work=came.work / recorded,
        segment=max((piece.end - piece.start for piece in kept), default=0.0),
    )
