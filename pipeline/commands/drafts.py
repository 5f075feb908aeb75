"""What is told before a session's subtitles are taken for finished."""

from collections.abc import Collection
from pathlib import Path

import typer

from pipeline import drafts, journal
from pipeline.asked import EDITS
from pipeline.folder import JOURNAL
from pipeline.state import fold, unwritten
from pipeline.system import program


def tell_drafts(folder: Path, what: str = "not in it", langs: Collection[str] = ()) -> None:
    """Nobody takes a file for finished while a line of it is being written; `what` becomes of that line. Of `langs`
    alone, if any are named."""
    found = {cue: draft.lang for (cue, _), draft in drafts.read(folder).items()} | _unwritten(folder)
    if written := sum(not langs or lang in langs for lang in found.values()):
        lines, is_ = ("1 line", "is") if written == 1 else (f"{written} lines", "are")
        typer.echo(f"{lines} begun at the desk {is_} not finished, and {what}: {program()} review {folder}", err=True)


def _unwritten(folder: Path) -> dict[str, str]:
    """The languages of lines that were put in and have no words yet, by id; none is looked for where nobody edited."""
    if not ((folder / EDITS).exists() and (folder / JOURNAL).exists()):
        return {}
    state = fold(entry.event for entry in journal.read(folder / JOURNAL, []))
    return {cue.id: cue.lang for cue in state.cues.values() if unwritten(cue)}
