"""The recording of a session, whole or what is kept of it, as a film."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import SessionError
from pipeline.events import MediaSegment
from pipeline.export.film import Film
from pipeline.export.reading import pieces
from pipeline.export.stretches import Stretch, length
from pipeline.source.archive import segments
from pipeline.source.parts import ARCHIVE


def recorded(folder: Path) -> list[MediaSegment]:
    """What there is of it; SessionError where there is nothing."""
    found = [segment for segment in segments(folder / ARCHIVE) if segment.path.is_file()]
    if not found:
        raise SessionError(f"there is no recording in {folder / ARCHIVE}; only subtitles can be exported, as srt")
    return found


def film(folder: Path, found: Sequence[MediaSegment], stretches: Sequence[Stretch], *, pictured: bool) -> Film:
    """The film of these stretches of what was recorded; with `pictured`, SessionError where there is no picture."""
    made = Film(list(pieces(found, stretches)), length(stretches))
    if pictured and not made.pictured:
        raise SessionError(f"the recording in {folder} has no picture; choose --format mp4 without --burn")
    return made
