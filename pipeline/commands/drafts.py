"""What is told before a session's subtitles are taken for finished."""

from collections.abc import Collection
from pathlib import Path

import typer

from pipeline.drafts import read
from pipeline.system import program


def tell_drafts(folder: Path, what: str = "not in it", langs: Collection[str] = ()) -> None:
    """Nobody takes a file for finished while a line of it is being written; `what` becomes of that line. Of `langs`
    alone, if any are named."""
    if written := len({cue for (cue, _), draft in read(folder).items() if not langs or draft.lang in langs}):
        lines, is_ = ("1 line", "is") if written == 1 else (f"{written} lines", "are")
        typer.echo(f"{lines} begun at the desk {is_} not finished, and {what}: {program()} review {folder}", err=True)
