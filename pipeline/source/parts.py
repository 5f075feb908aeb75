"""`audio.s16` made of the sound of several connections, each at its place on the session's clock; and its gaps.

The first connection's ffmpeg writes `audio.s16` itself. Where a later one lies is known only when some of it is there,
so it writes a file of its own, which is copied behind the rest as it grows: after silence as long as the gap, or
without what was recorded before. Nothing waits for the copying: ffmpeg writes on while it is late.
"""

from pathlib import Path

from pipeline.events import Value
from pipeline.settings import SAMPLE_RATE

SAMPLE = 2
"""Bytes."""

AUDIO = "audio.s16"
ARCHIVE = "archive"
"""The folder of the media segments; see `archive`."""
INCOMING = "incoming"
"""The folder of what a mirror fetches; see `mirror`."""
LOG = "ffmpeg.log"


class Anchor(Value, frozen=True):
    """Where a connection lies on the session's clock: what the next one is held against."""

    number: int
    at: float
    """Stream time of its first sample."""
    began: float | None = None
    clock: str = ""


def seconds(path: Path) -> float:
    """How much sound is in a file that may not be there yet."""
    try:
        return path.stat().st_size // SAMPLE / SAMPLE_RATE
    except FileNotFoundError:
        return 0.0


def audible(sound: Path, until: float) -> bool:
    """Whether there is anything but silence in the first half until that stream time: what is missing was filled with
    it, but for what a server has sent again."""
    if not sound.exists():
        return False
    left = round(until / 2 * SAMPLE_RATE) * SAMPLE
    with sound.open("rb") as file:
        while left > 0 and (block := file.read(min(left, 1 << 20))):
            if block.strip(b"\0"):
                return True
            left -= len(block)
    return False


def part(folder: Path, number: int) -> Path:
    """The file that the connection of that number writes its sound to."""
    return folder / (AUDIO if number == 1 else f"audio-{number:04d}.s16")


def extend(path: Path, until: float) -> None:
    """Puts silence at the end, up to stream time `until`; costs no disk where files may have holes."""
    size = round(until * SAMPLE_RATE) * SAMPLE
    if not path.exists() or path.stat().st_size < size:
        with path.open("ab") as sound:
            sound.truncate(size)


def splice(source: Path, path: Path, at: float) -> None:
    """Copies to `path`, which begins at stream time 0, what it lacks of `source`, which begins at `at`; OSError.

    What is written is whole samples, so a copy that broke off is gone on with.
    """
    with path.open("ab") as sound:
        recorded = sound.tell() // SAMPLE * SAMPLE
        sound.truncate(recorded)
        first = recorded - round(at * SAMPLE_RATE) * SAMPLE
        size = source.stat().st_size // SAMPLE * SAMPLE if source.exists() else 0
        if first < 0 or first >= size:
            return
        with source.open("rb") as new:
            new.seek(first)
            left = size - first
            while left > 0 and (data := new.read(min(left, 1 << 20))):
                sound.write(data)
                left -= len(data)


def discard(source: Path, path: Path) -> None:
    """Removes a part that was copied whole."""
    if source != path:
        source.unlink(missing_ok=True)
