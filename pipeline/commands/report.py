"""`livesubs report`."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder; the session may still be running.")],
    out: Annotated[Path | None, typer.Option(help="Where to write the page (default: DIR/report.html).")] = None,
) -> None:
    """Write one page about a session, to be read in any browser: how it went, when, and where to look first."""
    from pipeline.report.folder import write

    typer.echo(write(folder, out))
