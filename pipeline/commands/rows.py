"""Rows of things that were tried, as a table or as JSON."""

import time
from typing import Annotated, Self

import msgspec
import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from pipeline import lines
from pipeline.check.rows import Row

AsJson = Annotated[bool, typer.Option("--json", help="Print the rows as one list of JSON.")]


class Step:
    """What is being tried, and about how many `seconds` that takes; 0: a moment."""

    def __init__(self, what: str, seconds: float) -> None:
        self.what, self._seconds, self.began = what, seconds, time.monotonic()

    def __rich__(self) -> Text:  # asked again each time it is drawn
        return Text(str(self))

    def __str__(self) -> str:
        so_far = time.monotonic() - self.began
        if (left := round(self._seconds - so_far)) > 0:
            return f"{self.what}: about {left} s"
        return f"{self.what}: {so_far:.0f} s so far" if so_far >= 2 else self.what


class TableRows:
    """A row a line as soon as it is known, below it what is being tried."""

    def __init__(self, good: str) -> None:
        """`good` is the verdict when no row fails."""
        self._good = good
        self.failed: list[str] = []
        self._untried: list[str] = []
        self._console = Console()
        self._step = Step("", 0.0)
        self._status = Status(self._step, console=self._console)

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._status.stop()
        if kind is None:
            self._console.print(Text(self._verdict(), style="bold bright_red" if self.failed else "bold bright_green"))

    def _verdict(self) -> str:
        if self.failed:
            return f"{len(self.failed)} to mend: {', '.join(self.failed)}"
        return f"Nothing failed; not tried: {', '.join(self._untried)}" if self._untried else self._good

    def doing(self, what: str, seconds: float = 0.0) -> None:
        before, self._step = self._step, Step(what, seconds)
        if before.what == what:
            self._step.began = before.began
        elif not self._console.is_terminal:
            typer.echo(f"...  {self._step}", err=True)
        self._status.update(self._step)

    def show(self, row: Row) -> None:
        if not row.ok:
            self.failed.append(row.row)
        elif not row.tried:
            self._untried.append(row.row)
        mark, style = ("FAIL", "bold bright_red") if not row.ok else ("ok", "bright_green") if row.tried else ("--", "")
        if not self._console.is_terminal:  # for a pipe a row is a line
            lines.say(f"{mark:4} {row.row:19} {row.say}")
            return
        line = Table.grid(padding=(0, 1))
        line.add_column(width=4, style=style)
        line.add_column(width=19, style="bold")
        line.add_column()
        line.add_row(mark, row.row, Text(row.say, style="" if row.ok else "bright_yellow"))
        self._console.print(line)


class JsonRows:
    """One list at the end."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            shown = [{"row": row.row, "ok": row.ok, "say": row.say} for row in self.rows]
            lines.say(msgspec.json.encode(shown).decode())

    @property
    def failed(self) -> list[str]:
        return [row.row for row in self.rows if not row.ok]

    def doing(self, what: str, seconds: float = 0.0) -> None: ...

    def show(self, row: Row) -> None:
        self.rows.append(row)
