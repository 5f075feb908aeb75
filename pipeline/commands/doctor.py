"""`livesubs doctor`: is a session folder sound, and what can be mended."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.rows import AsJson, JsonRows, TableRows

FAILED = 1
"""Exit code when something is left that cannot be mended here."""


def doctor(
    folder: Annotated[Path, typer.Argument(help="A session folder.")],
    as_json: AsJson = False,
) -> None:
    """Look a session folder over and mend what can be mended without loss; exit code 1 when not all is well."""
    from pipeline.doctor import examine

    with JsonRows() if as_json else TableRows("The session is sound.") as view:
        for row in examine(folder):
            view.show(row)
    if view.failed:
        raise typer.Exit(FAILED)
