"""`livesubs refine`: the second pass over a session that has ended."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from pipeline import assets, folder, settings, system
from pipeline.commands import options, shelf
from pipeline.errors import SessionError
from pipeline.settings import Settings
from pipeline.source import parts

_PATIENCE = 10.0
"""Times that a recogniser may take which waits for everybody else."""


def refine(
    path: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder with its sound.")],
    model: options.Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as one JSON object.")] = False,
) -> None:
    """Hear a session that has ended again with all care, and better its files; stopped, it goes on when typed again.

    What a person has edited, accepted, moved or taken out stays as it is.
    """
    from pipeline.afterwards import names_of
    from pipeline.commands.progress import progress
    from pipeline.flow import SystemClock
    from pipeline.refining.refine import Pass
    from pipeline.report.folder import write
    from pipeline.speech import RecogniserProcess, SupervisedRecogniser
    from pipeline.translation.build import build_chains

    _check(path)
    chosen = _best(settings.load(path / folder.SETTINGS), model)
    system.be_last()
    names = names_of(path, chosen)
    patient = settings.override(chosen, translation={"deadline": _PATIENCE * chosen.translation.deadline})
    cache = assets.user_cache() / "translations.sqlite"
    chains = build_chains(patient.translation, chosen.speech.spoken, options.keys(), cache, names)
    spares = shelf.spares(options.models_folder(), chosen.speech, shelf.this_machine())

    def recogniser() -> SupervisedRecogniser:
        return SupervisedRecogniser(lambda: RecogniserProcess(_PATIENCE), spares)

    with progress("heard again") as tell:
        done = Pass(path, chosen, recogniser, chains, names, SystemClock(), tell).run()
    write(path)
    if as_json:
        typer.echo(msgspec.json.encode(done))
        return
    typer.echo(f"{done.replaced} sentences read otherwise now, {done.added} are new; they are in the files of {path}")
    if done.left:
        typer.echo(f"Left as they were: {done.left} places that a person has touched, or without room for it")


def _check(path: Path) -> None:
    """SessionError unless it is a session that can be heard again, as far as its folder tells."""
    from pipeline.review.package import manifest_of

    folder.check(path)
    if manifest_of(path):
        raise SessionError(f"{path} is a copy that was packed; refine the session where it was recorded")
    if not parts.seconds(path / parts.AUDIO):
        raise SessionError(
            f"there is no sound in {path} ({parts.AUDIO}), so nothing to hear again; name another folder"
        )


def _best(chosen: Settings, model: str | None) -> Settings:
    """The session's settings with the model that was named, else the largest that was pulled and has room here, else
    the session's own; ModelError where there is none."""
    if chosen.demo:
        return options.with_models(chosen)
    found = model or shelf.best(options.models_folder(), shelf.this_machine())
    if found is None or Path(found) == Path(chosen.speech.model):
        return options.as_here(chosen)
    speech = {"model": found, "window": None, "hotwords": None}
    return options.with_recogniser(settings.override(options.with_translators(chosen), speech=speech))
