"""`livesubs export`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.errors import SettingsError

Kind = Literal["srt", "vtt", "ass", "txt"]


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder; the session may still be running.")],
    format: Annotated[Kind, typer.Option(help="What to write; txt is a transcript.")] = "srt",
    lang: Annotated[
        str | None,
        typer.Option(help="Which subtitles, e.g. en, fr or fr-en for both (default: those of the audience)."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where to, - for standard output (default: DIR's name, here, e.g. tonight.en.srt)."),
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="Begin with a byte order mark, for tools that need one.")] = False,
    crlf: Annotated[bool, typer.Option("--crlf", help="End lines as Windows does.")] = False,
    marks: Annotated[
        bool, typer.Option("--marks", help="Also write where to look first: CSV, and bookmarks for Subtitle Edit.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Write the subtitles of a session as they now are, for other tools."""
    from pipeline.export import marks as beside
    from pipeline.export import texts, track
    from pipeline.export.writing import put
    from pipeline.report.folder import open_record
    from pipeline.report.moments import moments

    if marks and format == "txt":
        raise SettingsError("--marks goes beside subtitles; choose --format srt, vtt or ass")
    record = open_record(folder)
    name, cues = track.cues(record.state, lang, folder)
    data = texts.encoded(texts.text(cues, format), bom=bom, crlf=crlf)
    if out == Path("-"):
        if marks:
            raise SettingsError("--marks are files beside another; name that one with --out")
        typer.get_binary_stream("stdout").write(data)
        return
    path = out or Path(f"{folder.resolve().name}.{name}.{format}")
    typer.echo(put(path, data, force=force))
    if marks:
        found = beside.marks(moments(record), cues)
        csv, listed = path.with_name(path.name + beside.TABLE), path.with_name(path.name + beside.BOOKMARKS)
        typer.echo(put(csv, texts.encoded(beside.table(found), bom=True, crlf=crlf), force=force))
        typer.echo(put(listed, beside.bookmarks(found).encode(), force=force))
