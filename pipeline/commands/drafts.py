"""What is told before a session's subtitles are taken for finished."""

from collections.abc import Collection
from pathlib import Path

import typer

from pipeline.system import program


def tell_drafts(folder: Path, what: str = "not in it", langs: Collection[str] = ()) -> None:
    """Nobody takes a file for finished while a line of it is being written; `what` becomes of that line. Of `langs`
    alone, if any are named."""
    from pipeline.web.drafts import Drafts

    drafts = Drafts(folder, lambda cue, draft, gone: None)
    drafts.look()
    if written := len({cue for cue, draft, _ in drafts.all() if not langs or draft.lang in langs}):
        lines, is_ = ("1 line", "is") if written == 1 else (f"{written} lines", "are")
        typer.echo(f"{lines} begun at the desk {is_} not finished, and {what}: {program()} review {folder}", err=True)
