"""`livesubs learn`: what a session's edits say that the next one should know."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pipeline.commands import options
from pipeline.errors import SettingsError
from pipeline.lines import clock_time

if TYPE_CHECKING:
    from pipeline.review.learning.proposal import Evidence, Proposal
    from pipeline.review.learning.writing import Notebook

_QUOTED = 3
"""Places that are shown of each; --json has all."""
_NAMES = "names.txt"


def learn(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder that was edited.")],
    accept: Annotated[
        str | None, typer.Option(metavar="N,...", help="Write these down, by the numbers that it lists.")
    ] = None,
    glossary: Annotated[
        Path | None, typer.Option(help=f"The glossary to write to (default: that of the session, or {_NAMES}).")
    ] = None,
    settings: options.SettingsFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all as one list of JSON, and ask nothing.")] = False,
) -> None:
    """Propose names, words, phrases and settings from what was edited, and write down what you accept."""
    from pipeline.report.folder import open_record
    from pipeline.review.learning.learn import proposals
    from pipeline.review.learning.writing import Notebook

    record = open_record(folder)
    named = record.settings.translation.glossary
    names = glossary or (Path(named).expanduser() if named else Path(_NAMES))
    notebook = Notebook(names, settings or Path(options.SETTINGS_FILE))
    found = proposals(record, notebook.terms)
    if accept is not None:
        _accept(found, _numbers(accept, len(found)), notebook)
    elif as_json:
        typer.echo(msgspec.json.encode([_facts(n, one, notebook) for n, one in enumerate(found, 1)]))
    else:
        _show(found, notebook)
    if accept is None and not as_json and found and _asks():
        _ask(found, notebook)


def _numbers(typed: str, most: int) -> list[int]:
    numbers = [int(part) if part.strip().isdecimal() else 0 for part in typed.split(",")]
    if not all(0 < number <= most for number in numbers):
        like = ",".join(map(str, range(1, most + 1)[:2]))
        way = f"type them like --accept {like}" if most else "there is nothing on it, so leave that out"
        raise SettingsError(f"--accept {typed} does not name numbers of the list; {way}")
    return list(dict.fromkeys(numbers))


def _accept(found: "Sequence[Proposal]", numbers: Sequence[int], notebook: "Notebook") -> None:
    if hints := [number for number in numbers if found[number - 1].kind == "hint"]:
        raise SettingsError(f"{hints[0]} is a hint, which no file can take; leave it out of --accept")
    for number in numbers:
        _write(number, found[number - 1], notebook)


def _write(number: int, one: "Proposal", notebook: "Notebook") -> None:
    if notebook.has(one):
        typer.echo(f"{number}  {one.what}: was there already")
    else:
        typer.echo(f"{number}  {one.what}: written to {notebook.add(one)}")


def _facts(number: int, one: "Proposal", notebook: "Notebook") -> dict[str, object]:
    return {"number": number, "accepted": notebook.has(one), **msgspec.to_builtins(one)}


def _show(found: "Sequence[Proposal]", notebook: "Notebook") -> None:
    if not found:
        typer.echo("Nothing to learn: no change that was made more than once, or speaks for a name.")
    for number, one in enumerate(found, 1):
        for line in _lines(number, one, there=notebook.has(one)):
            typer.echo(line)
    left = [f"{number}" for number, one in enumerate(found, 1) if not (one.kind == "hint" or notebook.has(one))]
    if left and not _asks():
        typer.echo(f"`--accept {','.join(left)}` writes {'it' if len(left) == 1 else 'all of those'} down.")


def _lines(number: int, one: "Proposal", *, there: bool) -> Iterator[str]:
    yield f"{number:>2}  {one.kind:8}{one.what}{'  (there already)' if there else ''}"
    yield f"    {one.why}"
    yield from (f"      {_place(place)}" for place in one.evidence[:_QUOTED])
    if (more := len(one.evidence) - _QUOTED) > 0:
        yield f"      and {more} more"


def _place(place: "Evidence") -> str:
    what = f'"{place.before}"' if place.before else ""
    changed = f'{what} -> "{place.after}"' if place.after else what
    return f"{clock_time(place.start)} {changed.removeprefix(' -> ')}"


def _asks() -> bool:
    import sys

    return sys.stdin.isatty() and sys.stdout.isatty()


def _ask(found: "Sequence[Proposal]", notebook: "Notebook") -> None:
    """One by one; what was not taken is proposed again next time."""
    for number, one in enumerate(found, 1):
        if one.kind == "hint" or notebook.has(one):
            continue
        answer = typer.prompt(f"{number}  {one.what}: take it? y, n, or q to end", default="n").strip().lower()
        if answer.startswith("q"):
            return
        if answer.startswith("y"):
            _write(number, one, notebook)
