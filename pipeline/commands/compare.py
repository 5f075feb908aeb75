"""`livesubs compare`: what of one subtitle file or session is otherwise in another."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from pipeline.review.comparing.differences import Counts, Row
    from pipeline.review.comparing.sides import Side

One = Annotated[Path, typer.Argument(metavar="A", help="A session folder, an SRT or a VTT: how it was.")]
Other = Annotated[Path, typer.Argument(metavar="B", help="The same: how it is.")]


def compare(
    one: One,
    other: Other,
    lang: Annotated[
        str | None, typer.Option(help="Which subtitles of a session: en, fr, fr-en (default: those of the audience).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The page to write (default: A-B.html, here).")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the differences as JSON; no page, unless --out names one.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Put two subtitle files, or sessions, beside each other: words, times, lines, SubER; a page for the browser."""
    from pipeline.export.writing import put
    from pipeline.review.comparing import differences, page, sides

    if lang and not (one.is_dir() or other.is_dir()):
        raise SettingsError("--lang chooses the subtitles of a session, and there is none; leave it out")
    before, after = sides.side(one, lang), sides.side(other, lang)
    rows = differences.compare(before.lines, after.lines)
    counted, suber = differences.counts(rows), _suber(before, after)
    if as_json:
        typer.echo(msgspec.json.encode(_facts(before, after, rows, counted, suber)))
    if out or not as_json:
        html = page.page(before, after, rows, counted, suber)
        path = put(out or Path(f"{_stem(one)}-{_stem(other)}.html"), html.encode(), force=force)
        typer.echo(path, err=as_json)
    if not as_json:
        typer.echo(page.headline(counted))


def _suber(before: "Side", after: "Side") -> float | None:
    """How far the one is from the other; None without the library, which is told."""
    from pipeline.scores.translation import suber

    try:
        return round(suber(after.cues, before.cues), 1)
    except SettingsError:
        typer.echo("SubER is left out: it needs `pip install 'livesubs[score]'`", err=True)
        return None


def _facts(
    before: "Side", after: "Side", rows: "list[Row]", counted: "Counts", suber: float | None
) -> dict[str, object]:
    return {
        "before": {"name": before.name, "cues": len(before.lines)},
        "after": {"name": after.name, "cues": len(after.lines)},
        "suber": suber,
        **msgspec.to_builtins(counted),
        "differences": [msgspec.to_builtins(row) for row in rows if row.kind != "same"],
    }


def _stem(path: Path) -> str:
    return path.resolve().name if path.is_dir() else path.stem
