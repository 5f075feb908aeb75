"""`livesubs batch`: a list of recordings, on this machine or on many."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from pipeline import catalogue, power, settings
from pipeline.commands import options, shelf
from pipeline.commands.progress import progress
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.scale.batch import Outcome
    from pipeline.scale.worker import LocalWorker, Worker


def batch(
    context: typer.Context,
    listing: Annotated[Path, typer.Argument(metavar="LIST", help="A file: a path or an address on each line.")],
    out: Annotated[Path, typer.Option(help="Where the session folders are made, one a recording.")],
    to: options.To = None,
    demo: options.Demo = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Workers, with the models each (default: as many as there are cores).")
    ] = None,
    model: options.Model = None,
    mt_model: options.MtModel = None,
    translate: options.Translate = None,
    offline: options.Offline = None,
    libre_url: options.LibreUrl = None,
    llm_url: options.LlmUrl = None,
    llm_model: options.LlmModel = None,
    glossary: options.Glossary = None,
    language: options.Language = None,
    languages: options.Languages = None,
    audio: options.Audio = None,
    channel: options.Channel = None,
    cookies: options.Cookies = None,
    ffmpeg: options.Ffmpeg = None,
    config: options.SettingsFile = None,
) -> None:
    """Subtitle all recordings of LIST, each into a session folder of its own; typed again, it goes on where it was."""
    from pipeline.scale.batch import Batch
    from pipeline.scale.listing import listed
    from pipeline.scale.workers import Workers

    items = listed(listing, options.slug)
    chosen = _chosen(options.settle(options.load(config), context.params))
    make, number = _here(chosen, jobs)
    failed: list[Outcome] = []
    with power.awake(_say), Workers(make, number) as workers, progress(f"{len(items)} recordings") as tell:
        for outcome in Batch(out, chosen, workers, options.keys(), tell).run(items):
            if outcome.error:
                failed.append(outcome)
            _say(_told(outcome, out))
    if failed:
        _show(failed, len(items))
        raise typer.Exit(1)


def _chosen(typed: Settings) -> Settings:
    """For recordings that are read as fast as can be; with models."""
    source = replace(typed.source, pace=None, backup=(), length=None, start=0.0, end=None)
    return options.with_models(replace(typed, source=source, speech=replace(typed.speech, policy="utterance")))


def _here(chosen: Settings, jobs: int | None) -> "tuple[Callable[[], Worker], int]":
    """How a worker of this machine is made, and how many there are to be."""
    return partial(worker, _on_one_thread(chosen)), jobs or _room(chosen)


def _on_one_thread(chosen: Settings) -> Settings:
    """For one of several workers; so they hear the same, however many there are."""
    return settings.override(chosen, speech={"threads": chosen.speech.threads or 1})


def _room(chosen: Settings) -> int:
    """Workers that there are cores and memory for; one that has the GPU."""
    machine = shelf.this_machine()
    if machine.gpus and chosen.speech.device != "cpu":
        return 1
    size = catalogue.WHISPER.get(Path(chosen.speech.model).name)
    return max(1, min(machine.cores, machine.memory // size.memory) if size else machine.cores)


def worker(chosen: Settings, **asked: str) -> "LocalWorker":
    """One, on the machine where this is called."""
    from pipeline.scale.worker import LocalWorker

    spares = shelf.spares(options.models_folder(), chosen.speech, shelf.this_machine())
    return LocalWorker(chosen, spares, **asked)


def _told(outcome: "Outcome", out: Path) -> str:
    if outcome.error:
        return f"failed: {outcome.name}"
    return f"{'done before' if outcome.before else 'done'}: {out / outcome.name}"


def _show(failed: "list[Outcome]", total: int) -> None:
    """Which could not be done, and why."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, title=f"{len(failed)} of {total} failed", title_justify="left")
    table.add_column("recording", no_wrap=True)
    table.add_column("why", overflow="fold")
    for outcome in failed:
        table.add_row(outcome.name, outcome.error)
    Console(stderr=True, soft_wrap=False, markup=False, highlight=False).print(table)


def _say(text: str) -> None:
    typer.echo(f"livesubs: {text}", err=True)
