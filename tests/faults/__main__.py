"""`python -m tests.faults [--short] [--jobs N] [--keep FOLDER] [NAME...]`; ends with what was survived."""

import sys
import tempfile
import time
from math import ceil
from pathlib import Path
from typing import Annotated

import imageio_ffmpeg
import typer

from tests.faults import mixes, on_program, on_source, on_translation
from tests.faults.fault import Fault
from tests.faults.programme import ROUND, Programme
from tests.faults.runner import Faults, Result

FAILED = Path("build/faults")
"""Where sessions are left that did not survive."""
ALL: list[Fault] = [*on_source.FAULTS, *on_program.FAULTS, *on_translation.FAULTS, *mixes.FAULTS]


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Which faults; all unless named.")] = None,
    short: Annotated[bool, typer.Option(help="A choice of them, in eight minutes.")] = False,
    jobs: Annotated[int, typer.Option(help="How many at a time.")] = 4,
    keep: Annotated[Path | None, typer.Option(help="Leaves the sessions in this folder.")] = None,
    list_them: Annotated[bool, typer.Option("--list", help="Names them only.")] = False,
) -> None:
    """Runs faults against the whole program."""
    chosen = [f for f in ALL if (f.name in names if names else f.short or not short)]
    if list_them:
        for fault in chosen:
            typer.echo(f"{fault.name:22} {fault.what}")
        return
    if keep and keep.exists() and any(keep.iterdir()):
        raise typer.BadParameter(f"{keep} is not empty; choose another folder")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = keep or Path(temporary)
        programme = Programme(imageio_ffmpeg.get_ffmpeg_exe(), folder / "programme", rounds=_rounds(chosen))
        results = Faults(programme, folder, FAILED, jobs, lambda line: typer.echo(line)).run(chosen)
    _conclude(results, time.monotonic() - began)


def _rounds(faults: list[Fault]) -> int:
    return ceil(max((fault.seconds for fault in faults), default=0.0) / ROUND) + 1


def _conclude(results: list[Result], seconds: float) -> None:
    run = [result for result in results if not result.skipped]
    survived = sum(result.survived for result in run)
    lost = sum(len(result.found.lost) for result in run if result.found)
    typer.echo(f"in {seconds / 60:.1f} min, {len(results) - len(run)} left out")
    typer.echo(f"faults: {len(run)} run, {survived} survived, sentences lost outside gaps: {lost}")
    if survived < len(run):
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
