"""What is told before a session's subtitles are taken for finished."""

from pathlib import Path

import typer

from pipeline import drafts, journal
from pipeline.asked import EDITS
from pipeline.folder import JOURNAL
from pipeline.state import fold, unwritten
from pipeline.system import program


def tell_drafts(folder: Path, what: str = "not in it") -> None:
    """Nobody takes a file for finished while a line of it is being written; `what` becomes of that line."""
    if written := len({cue for cue, _ in drafts.read(folder)} | _unwritten(folder)):
        lines, is_ = ("1 line", "is") if written == 1 else (f"{written} lines", "are")
        typer.echo(f"{lines} begun at the desk {is_} not finished, and {what}: {program()} review {folder}", err=True)


def _unwritten(folder: Path) -> set[str]:
    """Lines that were put in and have no words yet; where nobody edited anything, none is looked for."""
    if not ((folder / EDITS).exists() and (folder / JOURNAL).exists()):
        return set()
    state = fold(entry.event for entry in journal.read(folder / JOURNAL, []))
    return {cue.id for cue in state.cues.values() if unwritten(cue)}
