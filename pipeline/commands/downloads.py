"""How far a download is: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

_TENTHS = 10
"""Plain lines say each tenth of the way."""


@contextmanager
def progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """What is to be told how many bytes are there, of how many, while a download runs."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(name)
        return
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(name: str) -> Callable[[int, int], None]:
    told = -1

    def show(done: int, total: int) -> None:
        nonlocal told
        tenth = _TENTHS * done // max(total, 1)
        if tenth > told:
            told = tenth
            typer.echo(f"{name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB", err=True)

    return show
