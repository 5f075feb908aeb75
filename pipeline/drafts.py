"""What is being typed at the desk and no edit yet, as it lies in the session folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from pipeline.events import Value

DRAFTS = "drafts.json"


class Draft(Value, frozen=True):
    """A line as it is being written."""

    lang: str
    text: str
    start: float
    end: float
    rev: Annotated[int, Meta(ge=0, lt=1 << 31)]
    """Of the cue that it was begun on; 0 for a line that is new."""
    by: str = ""
    """The window that it is written in, as that calls itself."""


Known = Mapping[tuple[str, str], Draft]
"""Drafts by cue and window."""


def read(folder: Path) -> Known:
    """Those of a session; none where the file cannot be read."""
    try:
        found = msgspec.json.decode((folder / DRAFTS).read_bytes(), type=dict[str, Draft | list[Draft]])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    each = [(cue, one if isinstance(one, list) else [one]) for cue, one in found.items()]  # one alone: as it was
    return {(cue, draft.by): draft for cue, drafts in each for draft in drafts}
