"""What became of each line, word by word. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from statistics import median
from typing import Literal

from pipeline.events import Value
from pipeline.review.alignment import Line, align

Kind = Literal["same", "text", "time", "text and time", "split", "merged", "divided", "inserted", "deleted"]

NEXT = "\N{PARAGRAPH SEPARATOR}"
"""Between the texts of two lines."""
_TOKEN = re.compile(rf"(\w+(?:['’-]\w+)*|[^\w\s]+|\n|{NEXT})([^\S\n{NEXT}]*)")
_MOVED = 0.0015
"""Seconds: less is how a time was rounded."""


class Part(Value, frozen=True):
    """A stretch of a text: kept, or deleted from the one and inserted in the other."""

    text: str
    changed: bool


class Row(Value, frozen=True):
    """Lines of the one that are lines of the other; either side may be empty."""

    kind: Kind
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    old: tuple[Part, ...] = ()
    """The text before, with what was deleted."""
    new: tuple[Part, ...] = ()
    """The text after, with what was inserted."""
    start: float = 0.0
    """By how many seconds it begins later."""
    end: float = 0.0

    @property
    def at(self) -> float:
        return (*self.before, *self.after)[0].start


class Counts(Value, frozen=True):
    """In numbers: lines by what became of them, words, and times."""

    kinds: dict[Kind, int]
    words_before: int
    words_after: int
    deleted: int
    inserted: int
    moved: int
    """Lines whose start or end is another."""
    shift: float
    """Seconds by which starts are later (median of those that moved)."""


def compare(before: Sequence[Line], after: Sequence[Line]) -> list[Row]:
    """Every line of both, by time; each side is in the order of time."""
    rows: list[Row] = []
    for match in align(before, after):
        row = _row(tuple(before[at] for at in match.before), tuple(after[at] for at in match.after))
        if rows and (both := _both(rows[-1], row)):
            rows[-1] = both
        else:
            rows.append(row)
    return sorted(rows, key=lambda row: row.at)


def counts(rows: Sequence[Row]) -> Counts:
    kinds: dict[Kind, int] = {}
    for row in rows:
        kinds[row.kind] = kinds.get(row.kind, 0) + 1
    shifts = [row.start for row in rows if abs(row.start) > _MOVED]
    return Counts(
        kinds=kinds,
        words_before=sum(_words(line.text) for row in rows for line in row.before),
        words_after=sum(_words(line.text) for row in rows for line in row.after),
        deleted=sum(_words(part.text) for row in rows for part in row.old if part.changed),
        inserted=sum(_words(part.text) for row in rows for part in row.new if part.changed),
        moved=sum(abs(row.start) > _MOVED or abs(row.end) > _MOVED for row in rows),
        shift=round(median(shifts), 3) if shifts else 0.0,
    )


def _both(one: Row, other: Row) -> Row | None:
    """Two that follow on each other as one, where most words of a line that stands alone are in the other: it was
    merged with a part of a line that was split, or came of one."""
    alone, rest = (one, other) if not (one.before and one.after) else (other, one)
    if (alone.before and alone.after) or not (rest.before and rest.after):
        return None
    made = _row(one.before + other.before, one.after + other.after)
    return made if _changed(one) + _changed(other) - _changed(made) > _changed(alone) else None


def _changed(row: Row) -> int:
    """Words that were deleted and inserted."""
    return sum(_words(part.text) for part in (*row.old, *row.new) if part.changed)


def _row(was: tuple[Line, ...], now: tuple[Line, ...]) -> Row:
    old, new = differences(*(NEXT.join(line.text for line in lines) for lines in (was, now)))
    start = round(now[0].start - was[0].start, 3) if was and now else 0.0
    end = round(now[-1].end - was[-1].end, 3) if was and now else 0.0
    kind = _kind(was, now, moved=max(abs(start), abs(end)) > _MOVED)
    return Row(kind=kind, before=was, after=now, old=old, new=new, start=start, end=end)


def _kind(was: Sequence[Line], now: Sequence[Line], *, moved: bool) -> Kind:
    if not was or not now:
        return "deleted" if was else "inserted"
    if len(was) != len(now):
        return "split" if len(now) > len(was) else "merged"
    if len(was) > 1:
        return "divided"
    if was[0].text == now[0].text:
        return "time" if moved else "same"
    return "text and time" if moved else "text"


def differences(old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Both texts in parts; a line that ends elsewhere is a difference, too."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, [token[0] for token in before], [token[0] for token in after], autojunk=False)
    steps = matcher.get_opcodes()
    return (
        tuple(_parts((before[i:j], kind != "equal") for kind, i, j, _, _ in steps)),
        tuple(_parts((after[k:m], kind != "equal") for kind, _, _, k, m in steps)),
    )


def _parts(stretches: Iterable[tuple[list[tuple[str, str]], bool]]) -> Iterator[Part]:
    """The space behind words that were changed is not changed itself."""
    kept = ""
    for tokens, changed in stretches:
        text = "".join(f"{token}{space}" for token, space in tokens)
        if not changed:
            kept += text
        elif text:
            if kept:
                yield Part(text=kept, changed=False)
            yield Part(text=text.rstrip(" "), changed=True)
            kept = text[len(text.rstrip(" ")) :]
    if kept:
        yield Part(text=kept, changed=False)


def _words(text: str) -> int:
    return len(re.findall(r"\w+(?:['’-]\w+)*", text))
