"""Whether anybody watches a session: its page server leaves that in the folder, for what can wait until nobody does."""

import time
from contextlib import suppress
from pathlib import Path

WATCHED = ".watched"
_LAPSED = 10.0
"""Seconds after which what was said is old: the server has ended, or died."""


def leave(folder: Path) -> None:
    """Somebody watches now; to be said again and again."""
    with suppress(OSError):
        (folder / WATCHED).touch()


def watched(folder: Path) -> bool:
    """Whether a page plays, as was said lately."""
    with suppress(OSError):
        return 0 <= time.time() - (folder / WATCHED).stat().st_mtime < _LAPSED
    return False
