"""The picture's frames and shot changes, for edges that fall on them."""

from pathlib import Path
from typing import Any


def frame_rate(segment: Path) -> float | None:
    """Frames a second of a media segment; None if it has no picture, or cannot be read."""
    import av

    try:
        with av.open(str(segment)) as opened:
            found: Any = opened.streams.video
            return round(float(found[0].guessed_rate), 3) if found and found[0].guessed_rate else None
    except (av.error.FFmpegError, OSError):
        return None
