"""`livesubs import`."""

import uuid
from collections.abc import Collection, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands import brought, taken
from pipeline.commands.drafts import tell_drafts
from pipeline.errors import SessionError, SettingsError, unwritable
from pipeline.events import Action, Edit
from pipeline.review.package import ENDING
from pipeline.system import program

if TYPE_CHECKING:
    from pipeline.report.record import Record

LEFT = 1
"""Exit code: something in the file could not be taken."""


def bring(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder; the session may still be running.")],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="An SRT, VTT or ASS of it that was corrected elsewhere, or a packed copy."),
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Which subtitles the file has: en, fr; a packed copy has all.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be changed.")] = False,
    put_back: Annotated[
        bool, typer.Option("--put-back", help="Also take the lines that the file has as they were here earlier.")
    ] = False,
    latest: Annotated[
        bool, typer.Option("--latest", help="Take the file as it is, also over what was changed here meanwhile.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back what was brought by the file that was imported last.")
    ] = False,
) -> None:
    """Bring back what was corrected in another tool, or in a packed copy; exit code 1 if not all can be taken."""
    from pipeline.report.folder import open_record
    from pipeline.review.aegisub import ENDINGS, load_ass
    from pipeline.review.exported import given_out
    from pipeline.review.importing import compare
    from pipeline.review.reading import load

    record = open_record(folder)
    if undo:
        if file or lang or latest or put_back:
            raise SettingsError("--undo takes back what was imported last; give no FILE and no option but --dry-run")
        _take_back(folder, record, dry_run=dry_run)
        return
    if not file:
        raise SettingsError("name the FILE that was corrected, or --undo to take back what was imported last")
    if file.is_dir() or file.suffix == ENDING:
        if lang or latest or put_back:
            raise SettingsError("a packed copy has all languages and edits; leave --lang, --latest and --put-back out")
        _bring_copy(folder, record, file, dry_run=dry_run)
        return
    if lang not in record.langs:
        there = ", ".join(record.langs)
        raise SettingsError(
            f"this session has no subtitles in {lang}, only in {there}; say --lang"
            if lang
            else f"say by --lang which of the session's subtitles the file has: {there}"
        )
    read = load_ass(file) if file.suffix.lower() in ENDINGS else load(file)
    events = [entry.event for entry in record.entries]
    given = given_out(folder, file, lang, record.entries)
    found = compare(
        events, read, str(file), lang, record.settings.cues, _new_id, given=given, latest=latest, put_back=put_back
    )
    taken.tell(found, record.entries, dry_run=dry_run)
    if found.taken and not dry_run:
        whole = not (found.left or any(one.refused for one in found.taken))
        asked = [one.change.edit for one in found.taken]
        _hand_over(folder, asked, (file.name,) if whole and file.parent.resolve() == folder.resolve() else ())
        if not all(one.refused for one in found.taken):
            typer.echo(f"{program()} import {folder} --undo takes that back.")
    if any(one.refused for one in found.taken):
        raise typer.Exit(LEFT)


def _take_back(folder: Path, record: "Record", *, dry_run: bool) -> None:
    """All that a file brought and nobody has changed since."""
    from pipeline.review.undoing import undone

    found = list(undone(record.state, record.settings.cues, lambda: f"u{uuid.uuid4().hex[:12]}"))
    for one in (undo.of for undo in found if undo.of.refused or dry_run):
        typer.echo(taken.line(one))
    good = [undo for undo in found if not undo.of.refused]
    told = taken.summary(undo.of for undo in good)
    nothing = "Nothing to take back" if not found else "Nothing can be taken back"
    if not told:
        typer.echo(f"{nothing}.")
    else:
        typer.echo(f"Without --dry-run: taken back {told}." if dry_run else f"Taken back: {told}.")
        if not dry_run:
            _hand_over(folder, [undo.asked for undo in good])
    if len(good) < len(found):
        raise typer.Exit(LEFT)


def _bring_copy(folder: Path, record: "Record", file: Path, *, dry_run: bool) -> None:
    """Takes over what was edited in a packed copy, or in the folder that it was unpacked to."""
    from pipeline.review.importing import Taken
    from pipeline.review.packed import journal_of, other_copy, place
    from pipeline.review.returning import Done, returned

    found = returned([entry.event for entry in record.entries], journal_of(file, folder), record.settings.cues)
    for one in (*found.stood, *found.taken):
        typer.echo(taken.line(one) if isinstance(one, Taken) else brought.line(one))
    good = [one for one in found.taken if not one.refused]
    told = taken.summary(one for one in good if isinstance(one, Taken))
    done = brought.summary(one for one in good if isinstance(one, Done))
    refused = len(found.taken) - len(good) + len(found.stood)
    nothing = "" if refused else "the session has what was edited in the copy"
    typer.echo(taken.said("; ".join(filter(None, (told, done))), nothing, dry_run=dry_run))
    if refused:
        why = "since both changed those lines"
        left = "; they are in the journal as refused"
        typer.echo(f"{refused} cannot be taken, {why}." if dry_run else f"{refused} could not be taken, {why}{left}.")
    for name in found.names:
        typer.echo(f"Not brought back, since the glossary is yours: {name}")
    if found.room:
        typer.echo(f"Not brought back, since it is about the room that saw the copy: {', '.join(found.room)}.")
    if other := other_copy(file):
        typer.echo(f"{other} was made of an earlier {file.name}: livesubs import {folder} {other} brings its edits.")
    else:
        tell_drafts(file if file.is_dir() else place(file), "not brought back")
    if found.taken and not dry_run:
        _hand_over(folder, [one.change.edit if isinstance(one, Taken) else one.action for one in found.taken])
    if refused:
        raise typer.Exit(LEFT)


def _new_id() -> str:
    return f"i{uuid.uuid4().hex[:12]}"


def _hand_over(folder: Path, asked: Sequence[Action | Edit], brought: Collection[str] = ()) -> None:
    """It is written down first: whoever holds the session answers it, now or when that is free, in this order."""
    from pipeline.afterwards import answer
    from pipeline.asked import keep
    from pipeline.journal import running

    try:
        for _, alike in groupby(asked, key=type):
            keep(folder, *alike, on_disk=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        answer(folder, brought)
    except SessionError:
        if not running(folder):
            raise
        typer.echo("The session is running, and takes them over by itself.")
