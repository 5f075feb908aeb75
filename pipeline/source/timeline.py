"""What was recorded, on the session's one clock: each connection at its place, and the gaps between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.audio import AudioFile
from pipeline.errors import SessionError
from pipeline.events import Gap
from pipeline.source import archive, parts
from pipeline.source.connection import Connection
from pipeline.source.hls.runs import Position
from pipeline.source.parts import Anchor
from pipeline.source.process import LOCK

AUDIBLE = 0.05
"""Seconds under which a gap is none."""


class Timeline:
    """`audio.s16` and the archive of a session in `folder`, which may have some of both already."""

    def __init__(self, folder: Path, gaps: tuple[Gap, ...] = ()) -> None:
        """What was recorded and not put in its place yet is; SessionError while another ffmpeg still records there."""
        self.folder = folder
        self.audio = AudioFile(folder / parts.AUDIO)
        self.last = recover(folder)
        """Where the connection lies that was placed last, if any was."""
        self.gaps = list(gaps)
        self._upto = self.audio.recorded

    @property
    def recorded(self) -> float:
        """Stream time up to which there was sound, also if somebody has removed it."""
        self._upto = max(self._upto, self.audio.recorded)
        return self._upto

    @property
    def position(self) -> Position | None:
        """Up to where the stream is recorded, on the source's own clock; None where it has none that goes on."""
        if not self.last or self.last.began is None:
            return None
        return Position(clock=self.last.clock, at=self.last.began + max(0.0, self.recorded - self.last.at))

    def place(self, connection: Connection, at: float, reason: str) -> Gap | None:
        """Its first sample lies at stream time `at`; what is missing before it is a gap. OSError if that cannot be
        written: then it has no place yet."""
        opening, recorded = connection.opening, self.recorded
        anchor = Anchor(number=connection.number, at=at, began=opening.began, clock=opening.clock)
        archive.note(self.folder / parts.ARCHIVE, anchor)
        gap = Gap(start=recorded, end=at, reason=reason) if at - recorded > AUDIBLE else None
        if gap:
            self.gaps.append(gap)  # before the file grows by it: nobody shall hear it
        parts.extend(self.audio.path, at)
        self.last, connection.at = anchor, at
        return gap

    def copy(self, connection: Connection) -> None:
        """What is new of a connection that has its place, behind the rest; OSError if that cannot be written."""
        self._upto = self.recorded  # looked at while it is there: somebody may remove it
        if connection.at is not None and connection.sound != self.audio.path:
            parts.splice(connection.sound, self.audio.path, connection.at)

    def close(self, connection: Connection) -> None:
        """All of it was copied."""
        parts.discard(connection.sound, self.audio.path)


def recover(folder: Path) -> Anchor | None:
    """Puts what a session that was cut off had not copied yet to its place; says where its last connection lies.

    SessionError if an ffmpeg of that session is still at it: it has a few seconds to end.
    """
    with _alone(folder):
        anchors = archive.anchors(folder / parts.ARCHIVE)
        for anchor in anchors[1:]:
            sound = parts.part(folder, anchor.number)
            if sound.exists():
                parts.splice(sound, folder / parts.AUDIO, anchor.at)
                parts.discard(sound, folder / parts.AUDIO)
        if not anchors and parts.seconds(folder / parts.AUDIO):
            return Anchor(number=1, at=0.0)
        return anchors[-1] if anchors else None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    held = FileLock(folder / LOCK)
    try:
        held.acquire(timeout=10.0)
    except Timeout:
        raise SessionError(f"an ffmpeg still records into {folder}; end it and try again") from None
    try:
        yield
    finally:
        held.release()
