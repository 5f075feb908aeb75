"""`livesubs batch`: a list of recordings, on this machine or on many."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from pipeline import catalogue, power, system
from pipeline.commands import environment, equipped, options, shelf, workers
from pipeline.commands.progress import progress
from pipeline.commands.run import ABORTED
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.scale.batch import Outcome
    from pipeline.scale.workers import Workers


def batch(
    context: typer.Context,
    listing: Annotated[Path, typer.Argument(metavar="LIST", help="A file: a path or an address on each line.")],
    out: Annotated[Path, typer.Option(help="Where the session folders are made, one a recording.")],
    to: options.To = None,
    demo: options.Demo = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Workers, with the models each (default: as many as there are cores).")
    ] = None,
    address: options.Address = None,
    gpu: options.Gpu = 0.0,
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

    workers.check(address, gpu, jobs)
    items = listed(listing, options.slug)
    chosen = _chosen(options.begin(config, context.params))
    try:
        with _workers(chosen, address, jobs, gpu) as ready, power.awake(_say), progress("recordings") as tell:
            failed = _failed(Batch(out, chosen, ready, environment.keys(), tell).run(items), out)
    except KeyboardInterrupt:
        system.leave(ABORTED, "livesubs: stopped; typed again, it goes on where it was")
    if failed:
        _show(failed, len(items))
        raise typer.Exit(1)


def _failed(outcomes: "Iterable[Outcome]", out: Path) -> "list[Outcome]":
    """Those that failed; what becomes of each is told."""
    failed: list[Outcome] = []
    for outcome in outcomes:
        if outcome.error:
            failed.append(outcome)
        _say(_told(outcome, out))
    return failed


def _chosen(typed: Settings) -> Settings:
    """For recordings that are read as fast as can be; with models."""
    source = replace(typed.source, pace=None, backup=(), length=None, start=0.0, end=None)
    return equipped.with_models(replace(typed, source=source, speech=replace(typed.speech, policy="utterance")))


def _workers(chosen: Settings, address: str | None, jobs: int | None, gpu: float) -> "AbstractContextManager[Workers]":
    """Of this machine, or of a cluster."""
    if address:
        return workers.there(chosen, address, jobs, gpu)
    return workers.here(workers.on_one_thread(chosen), jobs or _room(chosen))


def _room(chosen: Settings) -> int:
    """Workers that there are cores and memory for; one that has the GPU."""
    machine = shelf.this_machine()
    if machine.gpus and chosen.speech.device != "cpu":
        return 1
    size = catalogue.WHISPER.get(Path(chosen.speech.model).name)
    return max(1, min(machine.cores, machine.memory // size.memory) if size else machine.cores)


def _told(outcome: "Outcome", out: Path) -> str:
    if outcome.error:
        return f"failed: {outcome.name}"
    told = f"{'done before' if outcome.before else 'done'}: {out / outcome.name}"
    if outcome.others:
        return f"{told}, with other settings ({', '.join(outcome.others)}); for these take another --out"
    return told


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
