"""What is told before a session's subtitles are taken for finished."""

from pathlib import Path

import typer

from pipeline.system import program


def tell_drafts(folder: Path, what: str = "not in it") -> None:
    """Nobody takes a file for finished while a line of it is being written; `what` becomes of that line."""
    from pipeline.web.drafts import Drafts

    drafts = Drafts(folder, lambda cue, draft, gone: None)
    drafts.look()
    if written := len({cue for cue, _, _ in drafts.all()}):
        lines, is_ = ("1 line", "is") if written == 1 else (f"{written} lines", "are")
        typer.echo(f"{lines} begun at the desk {is_} not finished, and {what}: {program()} review {folder}", err=True)
