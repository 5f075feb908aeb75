"""The lines that are open in a console's editor: the page server leaves them in the session folder, for whoever sends
the session on in a process of its own."""

import os
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import msgspec

from pipeline.errors import SessionError
from pipeline.files import write_whole

OPENED = "opened.json"
LAPSED = 10.0
"""Seconds after which a console, or a page server, that says nothing holds no line: it died, or its machine did."""


def leave(folder: Path, cues: Collection[str]) -> None:
    """These are open now; to be said again and again. Where the disk is full, those are not held beyond the pages."""
    path = folder / OPENED
    with suppress(SessionError, OSError):
        if not cues:
            path.unlink(missing_ok=True)
        elif not write_whole(path, msgspec.json.encode(cues)):
            os.utime(path)


def opened(folder: Path) -> frozenset[str]:
    """Ids of those that are open, as was said lately."""
    path = folder / OPENED
    with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
        if 0 <= time.time() - path.stat().st_mtime < LAPSED:
            return frozenset(msgspec.json.decode(path.read_bytes(), type=list[str]))
    return frozenset()
