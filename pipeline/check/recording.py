"""A stretch of a source, recorded as `run` would, and what that told."""

import time
from pathlib import Path

import msgspec
import psutil

from pipeline.audio import AudioFile
from pipeline.check.rows import Doing
from pipeline.errors import SourceUnreachable
from pipeline.events import Value
from pipeline.flow import Caller, DeadlineExpired
from pipeline.settings import SourceSettings
from pipeline.source import parts
from pipeline.source.address import Address, resolve
from pipeline.source.archive import segments
from pipeline.source.capture import Capture
from pipeline.source.probe import Media

_OPENING = 30.0
"""Seconds a source has to be opened."""
_USUAL = 5.0
"""... and those that it usually needs."""
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
        return AudioFile(self.folder / parts.AUDIO)


def record(source: str, settings: SourceSettings, folder: Path, seconds: float, doing: Doing) -> Recording:
    """Records `seconds` of a source into the new `folder`, whose name says what it is; a SourceError when it cannot be
    opened or lost at once."""
    folder.mkdir()
    doing(f"opening the {folder.name} ({_OPENING:.0f} s at most)", _USUAL)
    part = msgspec.structs.replace(settings, length=seconds, pace=None)
    if part.end is not None:
        part = msgspec.structs.replace(part, end=min(part.end, part.start + seconds))
    began = time.monotonic()
    address = resolve(source, part)
    capture = Capture(address, part, folder)
    try:
        _start(capture, address)
        opened = time.monotonic() - began
        doing(f"listening to {seconds:.0f} s of the {folder.name}", 0.0 if address.ends else seconds)
        came = _watch(capture, AudioFile(folder / parts.AUDIO), seconds)
        if capture.ended and capture.outcome.error:  # before we stop it: it was lost
            raise capture.outcome.error
        capture.stop()
    finally:
        capture.close()
    return _described(folder, address, capture, opened, came)


def _start(capture: Capture, address: Address) -> None:
    try:
        Caller("open").call(capture.start, _OPENING)
    except DeadlineExpired:
        capture.stop()
        if address.waits:
            raise SourceUnreachable(f"nobody sends to {address.shown} yet; start the sender and check again") from None
        slow = f"{address.shown} is not open after {_OPENING:.0f} s"
        raise SourceUnreachable(f"{slow}; the line or the server is too slow: use a cable, or try again") from None


class _Came(Value, frozen=True):
    """How the sound came, after the first lot, and ffmpeg's work; seconds."""

    grown: float
    """So much more was recorded ..."""
    took: float
    """... in so long."""
    work: float


def _watch(capture: Capture, audio: AudioFile, seconds: float) -> _Came:
    began = time.monotonic()
    first, until, work = 0.0, began + seconds + _SLOW, 0.0
    while not capture.ended and audio.recorded < seconds and time.monotonic() < until:
        time.sleep(0.1)
        work = max(work, _work())
        if not first and audio.recorded:
            first, began = audio.recorded, time.monotonic()
    return _Came(grown=audio.recorded - first, took=time.monotonic() - began, work=max(work, _work()))


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
    recorded = AudioFile(folder / parts.AUDIO).recorded
    if not recorded:
        raise SourceUnreachable(f"{address.shown} opens and sends no sound; check that the stream is running")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    kept = segments(folder / parts.ARCHIVE) if (folder / parts.ARCHIVE).is_dir() else []
    return Recording(
        folder=folder,
        address=address,
        media=capture.media,
        opened=opened,
        seconds=recorded,
        rate=came.grown / came.took if came.took > 1.0 else float("inf"),
        size=size / recorded,
        work=came.work / recorded,
        segment=max((piece.end - piece.start for piece in kept), default=0.0),
    )
