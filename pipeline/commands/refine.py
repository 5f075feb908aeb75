"""`livesubs refine`: the second pass over a session that has ended."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pipeline import assets, folder, power, settings, system
from pipeline.commands import environment, equipped, options, shelf, workers
from pipeline.commands.progress import progress
from pipeline.commands.run import ABORTED
from pipeline.errors import SessionError, SettingsError
from pipeline.lines import clock_time
from pipeline.settings import Settings
from pipeline.source import parts
from pipeline.supervision import ends_with
from pipeline.watched import watched

if TYPE_CHECKING:
    from pipeline.events import Refined
    from pipeline.refining.readings import Hears
    from pipeline.refining.refine import Pass
    from pipeline.scale.workers import Workers
    from pipeline.state import State

_PATIENCE = 10.0
"""Times that a translation may take which waits for everybody else."""
_LOOK = 5.0
"""Seconds between two looks at whether it may go on."""


def refine(
    path: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder with its sound.")],
    model: options.Model = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Workers, with the model each, on one thread each (default: one on several)."),
    ] = None,
    address: options.Address = None,
    gpu: options.Gpu = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as one JSON object.")] = False,
    under: options.Under = None,
) -> None:
    """Hear a session that has ended again with all care, and better its files; stopped, it goes on when typed again.

    What a person has edited, accepted, moved or taken out stays as it is.
    """
    from pipeline.report.folder import write

    workers.check(address, gpu, jobs)
    before = _check(path)
    chosen = settings.load(path / folder.SETTINGS)
    if under and not _may_begin(path, chosen):
        return
    system.be_last()
    best = _best(chosen, model)
    try:
        with ends_with(under), _workers(best, address, jobs, gpu) as ready, progress("heard again") as tell:
            done = _pass(path, best, ready.heard, _at_leisure(path, tell) if under else tell).run()
    except KeyboardInterrupt:
        way = "typed again, it goes on where it was; until all is heard, the files stay as they were"
        system.leave(ABORTED, f"livesubs: stopped; {way}")
    write(path)
    told = _told(path, done, before) if done != before.refined else _nothing(path, chosen, done)
    if (short := before.recorded - done.recorded) > 1.0:
        told += f"\n{clock_time(short)} of the sound are missing at its end; what was said there stays as it was"
    typer.echo(msgspec.json.encode(done) if as_json else told, err=under is not None)


def _workers(chosen: Settings, address: str | None, jobs: int | None, gpu: float) -> "AbstractContextManager[Workers]":
    """Of this machine, or of a cluster; one alone has all the threads."""
    if address:
        return workers.there(chosen, address, jobs, gpu, way=0)
    return workers.here(workers.on_one_thread(chosen) if jobs else chosen, jobs or 1, way=0)


def _pass(path: Path, chosen: Settings, hears: "Hears", tell: Callable[[float, float], None]) -> "Pass":
    from pipeline.afterwards import names_of
    from pipeline.flow import SystemClock
    from pipeline.refining.refine import Pass
    from pipeline.translation.build import build_chains

    names = names_of(path, chosen)
    patient = settings.override(chosen, translation={"deadline": _PATIENCE * chosen.translation.deadline})
    cache = assets.user_cache() / "translations.sqlite"
    chains = build_chains(patient.translation, chosen.speech.spoken, environment.keys(), cache, names)
    return Pass(path, chosen, hears, chains, names, SystemClock(), tell)


def _told(path: Path, done: "Refined", before: "State") -> str:
    from pipeline.report.headline import plural

    other = f"{plural(done.replaced, 'sentence')} with other words now, {done.added} new"
    left = f"; {done.left} places stay as they were, touched meanwhile or without room" if done.left else ""
    return "; ".join((other, *_cut(before, folder.check_begun(path)))) + f": in the files of {path}{left}"


def _cut(before: "State", after: "State") -> Iterator[str]:
    """Where whole sentences stand for clauses, or what was said is cut otherwise: how many lines there are now."""
    for lang in dict.fromkeys(cue.lang for cue in (*before.cues.values(), *after.cues.values())):
        lines, had = len(after.track(lang)), len(before.track(lang))
        if lines != had:
            yield f"{lang} is cut into {lines} lines ({had} before)"


def _nothing(path: Path, chosen: Settings, done: "Refined") -> str:
    way = "" if chosen.demo else "; --model NAME has another one hear it"
    return f"{path} was refined already, with {done.recogniser}; nothing was done{way}"


def _may_begin(path: Path, chosen: Settings) -> bool:
    """Whether a session is to be heard again unasked; that it is, or why it is not, is said."""
    if chosen.demo:
        return False
    way = f"{system.program()} refine {path}"
    if chosen.speech.asr_url:
        typer.echo(f"livesubs: a server heard it; to have the local model hear it again: {way}", err=True)
        return False
    if _on_battery():
        typer.echo(f"livesubs: on battery it is not heard again; once plugged in: {way}", err=True)
        return False
    typer.echo(f"livesubs: it is heard again now, with more care; Ctrl-C ends that, to go on: {way}", err=True)
    return True


def _at_leisure(path: Path, tell: Callable[[float, float], None]) -> Callable[[float, float], None]:
    """`tell`, which then waits for as long as a page plays or the machine is on battery."""

    def told(done: float, total: float) -> None:
        tell(done, total)
        while watched(path) or _on_battery():
            time.sleep(_LOOK)

    return told


def _on_battery() -> bool:
    now = power.battery()
    return now is not None and not now.plugged


def _check(path: Path) -> "State":
    """What its journal says; SessionError unless it can be heard again, as far as its folder tells."""
    from pipeline.review.package import manifest_of

    state = folder.check_begun(path)
    if manifest_of(path):
        raise SessionError(f"{path} is a copy that was packed; refine the session where it was recorded")
    if not parts.seconds(path / parts.AUDIO):
        raise SessionError(
            f"there is no sound in {path} ({parts.AUDIO}), so nothing to hear again; name another folder"
        )
    return state


def _best(chosen: Settings, model: str | None) -> Settings:
    """The session's settings with the model that was named, else the largest that was pulled and has room here, else
    the session's own; ModelError where there is none, SettingsError for another than the demo's own."""
    if chosen.demo and model:
        raise SettingsError("the demo brings its own models, and this session was made with them; leave out --model")
    if chosen.demo:
        return equipped.with_models(chosen)
    found = model or shelf.best(environment.models_folder(), shelf.this_machine())
    if found is None or (Path(found) == Path(chosen.speech.model) and Path(found).is_dir()):
        return equipped.as_here(chosen)
    speech = {"model": found, "window": None, "hotwords": None}
    return equipped.with_recogniser(settings.override(equipped.with_translators(chosen), speech=speech))
