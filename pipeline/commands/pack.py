"""`livesubs pack`."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands import options
from pipeline.commands.drafts import tell_drafts
from pipeline.commands.progress import progress
from pipeline.errors import SettingsError
from pipeline.folder import check
from pipeline.lines import clock_time
from pipeline.review.package import ENDING


def pack(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder; the session may still be running.")],
    out: Annotated[
        Path | None, typer.Option(help=f"The file to write, NAME{ENDING} (default: here, by the name of DIR).")
    ] = None,
    without_recording: Annotated[
        bool, typer.Option("--without-recording", help="Leave picture and sound out: small enough to mail.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
    ffmpeg: options.Ffmpeg = None,
) -> None:
    """Put a session into one file, its recording made small, to be edited on another machine (docs/pack.md)."""
    from pipeline.export.writing import free
    from pipeline.report.folder import open_record
    from pipeline.review import packing
    from pipeline.source.capture import executable

    path = out or Path(f"{folder.resolve().name}{ENDING}")
    if path.suffix != ENDING:
        raise SettingsError(f"a packed session is known by its ending; call it {path.with_suffix(ENDING)}")
    check(folder)
    tell_drafts(folder, "in it only as begun, which an import does not bring back")
    free(path, force=force)
    packing.settle(folder)
    record = open_record(folder)
    planned = packing.plan(folder, record, recording=not without_recording)
    recorded = f"{clock_time(planned.seconds)} of picture and sound" if planned.seconds else "no picture or sound"
    typer.echo(f"{path} will have at most {planned.most / 1e6:.1f} MB, with {recorded}.", err=True)
    with progress(path.name) as tell:
        changed = packing.pack(
            folder, record, planned, path, executable(ffmpeg or ""), lambda done: tell(done, planned.seconds)
        )
    typer.echo(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")
    if changed:
        typer.echo(
            f"{', '.join(changed)}: changed by somebody and not in it, which has what the journal says; "
            "bring that back with `livesubs import` first, and pack again",
            err=True,
        )
