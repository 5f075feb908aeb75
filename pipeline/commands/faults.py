"""Faults of subtitle files as a table, as JSON, as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline import lines

if TYPE_CHECKING:
    from pipeline.review.check import FileFault

COLUMNS = ("file", "cue", "line", "start", "rule", "found", "allowed", "text")


class Report(Protocol):
    """Whom the faults are told."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: object, *_: object) -> None: ...
    def show(self, file: Path, faults: Sequence["FileFault"], cues: int) -> None:
        """What is wrong with a file that has so many cues."""

    def changed(self, diff: Sequence[str]) -> None:
        """What `--fix` did to a file, as a unified diff."""


def _rows(file: Path, faults: Iterable["FileFault"]) -> list[dict[str, Any]]:
    named = ({"file": str(file), **msgspec.structs.asdict(fault)} for fault in faults)
    return [{column: row[column] for column in COLUMNS} for row in named]


class JsonFaults:
    """One list at the end."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            lines.say(msgspec.json.encode(self._rows).decode())

    def show(self, file: Path, faults: Sequence["FileFault"], cues: int) -> None:
        self._rows += _rows(file, faults)

    def changed(self, diff: Sequence[str]) -> None:
        """The files tell."""


class CsvFaults:
    """A row each, below one of names."""

    def __enter__(self) -> Self:
        lines.say(",".join(COLUMNS))
        return self

    def __exit__(self, kind: object, *_: object) -> None: ...

    def show(self, file: Path, faults: Sequence["FileFault"], cues: int) -> None:
        for row in _rows(file, faults):
            written = io.StringIO()
            csv.writer(written, lineterminator="").writerow(row.values())
            lines.say(written.getvalue())

    def changed(self, diff: Sequence[str]) -> None:
        """The files tell."""


class TableFaults:
    """A table a file, and below it how many faults there are; for a pipe a fault is a line."""

    def __init__(self, profile: str, *, spelling: bool) -> None:
        """`spelling` is whether that is checked, too."""
        self._profile, self._spelling = profile, spelling
        self._console = Console(highlight=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            from pipeline.review.check import unchecked

            lines.say(f"Not checked: {unchecked(spelling=self._spelling)}.")

    def show(self, file: Path, faults: Sequence["FileFault"], cues: int) -> None:
        rows = [_cells(fault) for fault in faults]
        if self._console.is_terminal and rows:
            self._console.print(_table(rows, str(file)))
        else:
            for cue, time, rule, found, allowed, text in rows:
                lines.say(f"{file} {cue:>5} {time:12} {rule:11} {found} ({allowed})  {text}".rstrip())
        lines.say(self._verdict(file, faults, cues))

    def changed(self, diff: Sequence[str]) -> None:
        for line in diff:
            lines.say(_plain(line))

    def _verdict(self, file: Path, faults: Sequence["FileFault"], cues: int) -> str:
        many = f"{cues} cue{'s' * (cues != 1)}"
        if not faults:
            return f"{file}: {many}, nothing wrong by {self._profile}"
        return f"{file}: {len(faults)} fault{'s' * (len(faults) != 1)} in {many} by {self._profile}"


def _table(rows: Iterable[Sequence[str]], title: str) -> Table:
    table = Table("cue", "time", "rule", "found", "allowed", "text", title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _cells(fault: "FileFault") -> tuple[str, str, str, str, str, str]:
    """How a fault is shown: where there is no cue, its line in the file."""
    from pipeline.review.check import figure
    from pipeline.review.times import write_time

    cue = f"{fault.cue}" if fault.cue else f"l. {fault.line}" if fault.line else ""
    time = "" if fault.start is None else write_time(fault.start, "srt")
    found = _value(figure(fault.rule, fault.found))
    return cue, time, fault.rule, found, _value(fault.allowed), _short(fault.text)


def _value(value: str | float) -> str:
    return f"{round(value, 3):.10g}" if isinstance(value, int | float) else _short(value, 200)


def _short(text: str, most: int = 50) -> str:
    line = _plain(" | ".join(text.split("\n")))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _plain(text: str) -> str:
    """Without what would do something to the terminal: a file may hold anything."""
    return "".join(
        character if character.isprintable() or character in "\u00a0\u202f" else "\ufffd" for character in text
    )
