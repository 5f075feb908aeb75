"""The two passes of a session apart: what was subtitled live, and what it came to when all was heard again. Pure."""

from collections.abc import Sequence

from pipeline.journal import Entry
from pipeline.state import State, fold


def live(entries: Sequence[Entry]) -> State | None:
    """The session as it would be without its second pass; None where it had none."""
    state = fold(entry.event for entry in entries if getattr(entry.event, "pass_", 1) == 1)
    return state if any(getattr(entry.event, "pass_", 1) > 1 for entry in entries) else None
