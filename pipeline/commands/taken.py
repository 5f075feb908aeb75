"""What a file brings to its session, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from pipeline.commands import brought
from pipeline.events import Cue, Withdrawn
from pipeline.lines import clock_time

if TYPE_CHECKING:
    from pipeline.journal import Entry
    from pipeline.review.importing import Import, Taken
    from pipeline.review.outside import Change

_TIMES = 10
"""Times that are told at most of lines that lost the same tag."""
_NAMES = {
    "texts": "text", "times": "time", "split": "split", "merged": "merge", "inserted": "insert",
    "restored": "restore", "deleted": "delete", "accepted": "accept", "notes": "note", "undone": "undo",
}  # fmt: skip


def tell(found: "Import", entries: "Sequence[Entry]", *, dry_run: bool) -> None:
    """All that there is to say of a file; `entries` are the journal's."""
    for one in found.taken:
        if dry_run or one.refused or one.change.unsure:
            typer.echo(line(one))
    changed = {e.event.id: e.at for e in entries if isinstance(e.event, Cue | Withdrawn)} if found.left else {}
    for change in found.left:
        typer.echo(f"{_what(change)}; left as it is here, where it was changed {_when(change, changed)}")
    good = [one for one in found.taken if not one.refused]
    refused = len(found.taken) - len(good)
    for told in _besides(found):
        typer.echo(told)
    same = not (refused or found.left or found.came or found.tags or found.plain)
    nothing = "the session says what the file says" if same else ""
    typer.echo(said(summary(good), nothing, dry_run=dry_run))
    if found.left:
        typer.echo(
            f"{len(found.left)} left as here, since the file has what was here earlier; --put-back takes that, too."
        )
    if refused:
        could = "cannot" if dry_run else "could not"
        typer.echo(f"{refused} {could} be taken; they are listed above, and nothing of the file is lost.")


def _besides(found: "Import") -> Iterator[str]:
    """What of a file's tags is not taken, and why; and which lines were not there yet when it was made."""
    if found.came:
        came = _times([cue.start for cue in found.came])
        yield f"Not in the file, and stays, since it came here after the file was made: {came}."
    for tag, times in found.tags.items():
        if tag == "<i>":
            yield f"{len(times)} lines are in italics, as some tools make them: that is not taken."
        else:
            yield f"{tag} is not taken ({_times(times)}): lines here have italics, and no places, colours or fonts."
    if found.plain:
        yield f"The file has no italics, as some tools leave them out: lines keep theirs ({_times(found.plain)})."


def _times(seconds: Sequence[float]) -> str:
    """`0:00:12, 0:01:02 and 14 more`"""
    more = f" and {len(seconds) - _TIMES} more" if len(seconds) > _TIMES else ""
    return f"{', '.join(map(clock_time, seconds[:_TIMES]))}{more}"


def _when(change: "Change", changed: Mapping[str, float]) -> str:
    """When its lines were changed here last, as clocks go here: `on 27 November at 15:21`."""
    ids = (cue.id for cue in (*change.before, *change.edit.after))
    at = max((changed[id] for id in ids if id in changed), default=None)
    then = datetime.fromtimestamp(at).astimezone() if at else None
    return f"on {then.day} {then:%B at %H:%M}" if then else "meanwhile"


def said(told: str, nothing: str, *, dry_run: bool) -> str:
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


def line(one: "Taken") -> str:
    """`0:01:02 text: "Good night." instead of "Good evening."`, and what there is to say of it."""
    why = "; is that the same line?" if one.change.unsure else ""
    if one.refused:
        why = f"; not taken: {brought.refused(one.refused, _now(one))}"
    return f"{_what(one.change)}{why}"


def _what(change: "Change") -> str:
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
