"""`livesubs import`."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands import brought
from pipeline.commands.drafts import tell_drafts
from pipeline.errors import SessionError, SettingsError, unwritable
from pipeline.events import Action, Cue, Edit, Withdrawn
from pipeline.review.package import ENDING

if TYPE_CHECKING:
    from pipeline.journal import Entry
    from pipeline.report.record import Record
    from pipeline.review.importing import Import, Taken
    from pipeline.review.outside import Change

LEFT = 1
"""Exit code: something in the file could not be taken."""
_NAMES = {
    "texts": "text", "times": "time", "split": "split", "merged": "merge", "inserted": "insert",
    "restored": "restore", "deleted": "delete", "accepted": "accept", "notes": "note", "undone": "undo",
}  # fmt: skip


def bring(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder; the session may still be running.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An SRT or VTT of it that was corrected elsewhere, or a packed copy.")
    ],
    lang: Annotated[
        str | None, typer.Option(help="Which subtitles an SRT or VTT has: en, fr; a packed copy has all.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be changed.")] = False,
    put_back: Annotated[
        bool, typer.Option("--put-back", help="Also take the lines that the file has as they were here earlier.")
    ] = False,
    latest: Annotated[
        bool, typer.Option("--latest", help="Take the file as it is, also over what was changed here meanwhile.")
    ] = False,
) -> None:
    """Bring back what was corrected in another tool, or in a packed copy; exit code 1 if not all can be taken."""
    from pipeline.report.folder import open_record
    from pipeline.review.exported import given_out
    from pipeline.review.importing import compare
    from pipeline.review.reading import load

    record = open_record(folder)
    if file.is_dir() or file.suffix == ENDING:
        if lang or latest or put_back:
            raise SettingsError("a packed copy has all languages and all edits; give no option but --dry-run")
        _bring_copy(folder, record, file, dry_run=dry_run)
        return
    if lang not in record.langs:
        there = ", ".join(record.langs)
        raise SettingsError(
            f"this session has no subtitles in {lang}, only in {there}; say --lang"
            if lang
            else f"say by --lang which of the session's subtitles the file has: {there}"
        )
    read = load(file)
    events = [entry.event for entry in record.entries]
    given = given_out(folder, file, lang, record.entries)
    found = compare(
        events, read, str(file), lang, record.settings.cues, _new_id, given=given, latest=latest, put_back=put_back
    )
    _tell(found, record.entries, dry_run=dry_run)
    if found.taken and not dry_run:
        whole = not (found.left or any(one.refused for one in found.taken))
        asked = [one.change.edit for one in found.taken]
        _hand_over(folder, asked, (file.name,) if whole and file.parent.resolve() == folder.resolve() else ())
    if any(one.refused for one in found.taken):
        raise typer.Exit(LEFT)


def _bring_copy(folder: Path, record: "Record", file: Path, *, dry_run: bool) -> None:
    """Takes over what was edited in a packed copy, or in the folder that it was unpacked to."""
    from pipeline.review.importing import Taken
    from pipeline.review.packed import journal_of, other_copy, place
    from pipeline.review.returning import Done, returned

    found = returned([entry.event for entry in record.entries], journal_of(file, folder), record.settings.cues)
    for one in (*found.stood, *found.taken):
        typer.echo(_line(one) if isinstance(one, Taken) else brought.line(one))
    good = [one for one in found.taken if not one.refused]
    told = summary(one for one in good if isinstance(one, Taken))
    done = brought.summary(one for one in good if isinstance(one, Done))
    refused = len(found.taken) - len(good) + len(found.stood)
    nothing = "" if refused else "the session has what was edited in the copy"
    typer.echo(_said("; ".join(filter(None, (told, done))), nothing, dry_run=dry_run))
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


def _tell(found: "Import", entries: "Sequence[Entry]", *, dry_run: bool) -> None:
    for one in found.taken:
        if dry_run or one.refused or one.change.unsure:
            typer.echo(_line(one))
    changed = {e.event.id: e.at for e in entries if isinstance(e.event, Cue | Withdrawn)} if found.left else {}
    for change in found.left:
        typer.echo(f"{_what(change)}; left as it is here, where it was changed {_when(change, changed)}")
    good = [one for one in found.taken if not one.refused]
    refused = len(found.taken) - len(good)
    nothing = "" if refused or found.left else "the session says what the file says"
    typer.echo(_said(summary(good), nothing, dry_run=dry_run))
    if found.left:
        typer.echo(
            f"{len(found.left)} left as here, since the file has what was here earlier; --put-back takes that, too."
        )
    if refused:
        could = "cannot" if dry_run else "could not"
        typer.echo(f"{refused} {could} be taken; they are listed above, and nothing of the file is lost.")


def _when(change: "Change", changed: Mapping[str, float]) -> str:
    """When its lines were changed here last, as clocks go here: `on 27 November at 15:21`."""
    ids = (cue.id for cue in (*change.before, *change.edit.after))
    at = max((changed[id] for id in ids if id in changed), default=None)
    then = datetime.fromtimestamp(at).astimezone() if at else None
    return f"on {then.day} {then:%B at %H:%M}" if then else "meanwhile"


def _said(told: str, nothing: str, *, dry_run: bool) -> str:
    """What was, or would be, brought back; or why there is nothing."""
    if not told:
        return f"Nothing to bring back: {nothing}." if nothing else "Nothing that can be brought back."
    return f"Without --dry-run: {told}. Nothing is changed yet." if dry_run else f"{told[:1].upper()}{told[1:]}."


def summary(taken: "Iterable[Taken]") -> str:
    """`12 texts, 3 times, 1 split, 2 deleted`."""
    counts: Counter[str] = Counter()
    for one in taken:
        change = one.change
        if change.edit.did in ("text", "retime"):
            counts.update(text=int(change.text), time=int(change.times))
        else:
            counts[change.edit.did] += 1
    return ", ".join(f"{counts[did]} {_one(name, counts[did])}" for name, did in _NAMES.items() if counts[did])


def _one(name: str, count: int) -> str:
    return name.removesuffix("s") if count == 1 and name in ("texts", "times") else name


def _line(one: "Taken") -> str:
    """`0:01:02 text: "Good night." instead of "Good evening."`, and what there is to say of it."""
    why = "; is that the same line?" if one.change.unsure else ""
    if one.refused:
        why = f"; not taken: {brought.refused(one.refused, _now(one))}"
    return f"{_what(one.change)}{why}"


def _what(change: "Change") -> str:
    from pipeline.lines import clock_time

    after = change.edit.after
    at = next((cue.start for cue in (*change.before, *after)), 0.0)
    same = change.edit.did in ("accept", "note")
    what = f"{_quoted(after)} instead of {_quoted(change.before)}" if after and change.before and not same else ""
    if change.edit.did == "note":
        what = f'"{change.edit.note}" about {_quoted(change.before)}'
    if change.times and not change.text:
        what = f"{_span(after[0])} instead of {_span(change.before[0])}: {_quoted(after)}"
    elif change.times:
        what = f"{what}, {_span(after[0])} instead of {_span(change.before[0])}"
    return f"{clock_time(at)} {change.edit.did}: {what or _quoted(after or change.before)}"


def _now(one: "Taken") -> str:
    """What a line says that was changed meanwhile, and where it stands if only that is otherwise."""
    moved = [cue.text for cue in one.now] == [cue.text for cue in one.change.before]
    return " | ".join(f"{_span(cue)} {_quoted([cue])}" for cue in one.now) if moved else _quoted(one.now)


def _quoted(cues: Sequence[Cue]) -> str:
    return " | ".join(f'"{cue.text}"' for cue in cues).replace("\n", " / ")


def _span(cue: Cue) -> str:
    return f"{cue.start:.3f}-{cue.end:.3f}"
