"""`livesubs models`: speech and translation models on this machine."""

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console

from pipeline import assets, hub, settings
from pipeline.commands import environment, equipped, options, shelf
from pipeline.commands.downloads import progress
from pipeline.errors import ModelError, SettingsError
from pipeline.settings import SAMPLE_RATE, Settings
from pipeline.windows import Measured, Trial, fingerprint, keep

if TYPE_CHECKING:
    from pipeline.audio import Samples

app = typer.Typer(help="Speech and translation models on this machine.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A pulled model, or a CTranslate2 folder.")]
On = Annotated[Path | None, typer.Option(help="A recording of what it will hear, some minutes of it.")]
Reference = Annotated[Path | None, typer.Option("--ref-fr", help="What is said in it, as SRT.")]


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="As one JSON list.")] = False) -> None:
    """What there is, what it needs, whether it fits this machine, and what `run` would use."""
    machine = shelf.this_machine()
    rows = shelf.rows(environment.models_folder(), options.load(None), machine)
    if as_json:
        typer.echo(msgspec.json.encode(rows))
    else:
        Console().print(shelf.table(rows, machine))


@app.command()
def where() -> None:
    """The folder that pulled models lie in, and why that one."""
    typer.echo(f"{environment.models_folder()} ({environment.models_origin()})")


@app.command()
def pull(name: Annotated[str, typer.Argument(help="A name of `models list`, or OWNER/NAME of the hub.")]) -> None:
    """Download a model from the Hugging Face hub; type it again to go on after a cut."""
    with progress(name) as show:
        folder = hub.pull(name, environment.models_folder(), show)
    typer.echo(f"{name} is in {folder}")


@app.command()
def measure(name: Name, on: On = None, reference: Reference = None) -> None:
    """Find the shortest window that a speech model bears: the shorter, the less work. `run` and `check` then use it."""
    from pipeline import measure as measuring

    chosen = equipped.with_recogniser(_of_one_model(name))
    samples, said, sound = _heard_by_it(on, reference)
    typer.echo(f"{name} on {sound}:\n window  wrong words  processor seconds a minute")
    trials: list[Trial] = []
    with Console().status("Listening, once for each window"):
        began = time.monotonic()
        for trial in measuring.trials(chosen.speech, samples, said):
            typer.echo(
                f"{trial.window:5g} s {trial.wer:11.1%} {trial.compute:13.1f}{_to_go(began) if not trials else ''}"
            )
            trials.append(trial)
    window = measuring.shortest_safe(trials)
    typer.echo(f"The shortest safe window: {window:g} s (it and all longer ones are within half a point of 30 s).")
    model = Path(chosen.speech.model)
    speech = msgspec.structs.replace(chosen.speech, window=window)
    names = measuring.bears_names(speech, samples, said)
    typer.echo("It bears being told names beforehand." if names else "It hears worse when it is told names: it is not.")
    found = Measured(model=fingerprint(model), window=window, sound=sound, trials=tuple(trials), hotwords=names)
    typer.echo(f"From now on it is used with this model; noted in {keep(found, environment.windows_folder())}")


def _to_go(began: float) -> str:
    """After the first window: about how long the others take."""
    from pipeline import measure as measuring

    minutes = math.ceil((time.monotonic() - began) * measuring.OTHERS / 60)
    return f"   (about {minutes} minute{'s' * (minutes > 1)} more)"


def _of_one_model(name: str) -> Settings:
    """The settings that a session would have, with this model."""
    named = settings.override(options.load(None), speech={"model": name})
    folder = Path(assets.find_recogniser(name, environment.models_folder()))
    if not folder.is_dir():
        raise ModelError(f"there is no model {name} to measure; pull it first, or give the path of its folder")
    if assets.kind_of(folder) != "speech":
        needed = ("config.json", "model.bin", "tokenizer.json")
        lacks = next((file for file in needed if not (folder / file).is_file()), "vocabulary.json")
        raise ModelError(f"{name} is no speech model: it has no {lacks}; name the folder that holds model.bin")
    return msgspec.structs.replace(named, demo=False)


def _heard_by_it(on: Path | None, reference: Path | None) -> "tuple[Samples, str | None, str]":
    """(sound, what is said in it if that is known, how to call it)"""
    from pipeline import measure as measuring

    if reference and not on:
        raise SettingsError("--ref-fr says what is said in a recording; name the recording with --on")
    samples = measuring.sound(on or assets.embedded("samples/rally.mp4"))
    seconds = len(samples) / SAMPLE_RATE
    if not on:
        typer.echo("The embedded sample is synthetic speech; --on FILE, on what the model will hear, says more.")
        said = measuring.text(assets.embedded("samples/rally.fr.srt"), seconds)
        return samples, said, f"{seconds:.0f} s of rally.mp4 (synthetic speech), against rally.fr.srt"
    if reference:
        return samples, measuring.text(reference, seconds), f"{seconds:.0f} s of {on.name}, against {reference.name}"
    return samples, None, f"{seconds:.0f} s of {on.name}, against what it hears itself with 30 s"
