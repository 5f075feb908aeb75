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
    """The film of these stretches of what was recorded; SessionError where that cannot be read.

    Also where there is no picture, with `pictured`.
    """
    import av

    try:
        made = Film(list(pieces(found, stretches)), length(stretches))
    except (OSError, av.FFmpegError) as error:
        raise SessionError(f"the recording in {folder} cannot be read ({error}); only subtitles can be had") from error
    if not made.audible:
        raise SessionError(f"the recording in {folder} holds no sound; only subtitles can be had")
    if pictured and not made.pictured:
        raise SessionError(f"the recording in {folder} has no picture; choose --format mp4 without --burn")
    return made
