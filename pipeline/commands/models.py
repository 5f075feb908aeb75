"""`livesubs models`: speech and translation models on this machine."""

from typing import Annotated

import typer

from pipeline import assets
from pipeline.commands import options

app = typer.Typer(help="Speech and translation models on this machine.", no_args_is_help=True)


@app.command()
def pull(name: Annotated[str, typer.Argument(help="A Whisper size such as small, or opus-mt-fr-en.")]) -> None:
    """Download a model from the Hugging Face hub; type it again to go on after a cut."""
    typer.echo(f"{name} is in {assets.pull(name, options.models_folder())}")
