"""How far something is that takes a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


@contextmanager
def progress(name: str) -> Iterator[Callable[[float, float], None]]:
    """What is to be told how many seconds are done, of how many: a bar on a terminal, elsewhere a line each tenth."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(name)
        return
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(name: str) -> Callable[[float, float], None]:
    told = 0

    def tell(done: float, total: float) -> None:
        nonlocal told
        if (tenth := int(10 * done / total)) > told:
            told = tenth
            typer.echo(f"{name}: {10 * tenth} %", err=True)

    return tell
