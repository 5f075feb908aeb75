"""`livesubs glossary`: names and terms that have to be right."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline import assets
from pipeline.commands import environment, options
from pipeline.errors import LivesubsError, ModelError
from pipeline.names.live import text_of
from pipeline.names.review import Remark, review

app = typer.Typer(help="Names and terms that have to be right.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The glossary: `source = target` on each line.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON list.")]


@app.callback()
def _group() -> None:
    """So that `check` stays a command of its own while it is the only one."""


@app.command()
def check(file: File, model: options.Model = None, language: options.Language = None, as_json: AsJson = False) -> None:
    """Tell what is wrong in a glossary, and which names may be mistaken; exit code 1 when a line is wrong."""
    from pipeline.names.lexicon import common, ordinary

    chosen = options.load(None).speech
    lang, tokens = language or chosen.language, _tokens(model or chosen.model)
    text = text_of(file)
    remarks = review(text, partial(ordinary, lang=lang), common(lang), tokens)
    if as_json:
        typer.echo(msgspec.json.encode(remarks))
    else:
        _show(remarks, file, counted=tokens is not None)
    if any(remark.level == "error" for remark in remarks):
        raise typer.Exit(LivesubsError.exit_code)


def _show(remarks: list[Remark], file: Path, *, counted: bool) -> None:
    table = Table("line", "", "term", "what to know")
    for remark in remarks:
        table.add_row(str(remark.line), remark.level, Text(remark.term), Text(remark.said))
    if remarks:
        Console().print(table)
    errors = sum(remark.level == "error" for remark in remarks)
    typer.echo(f"{file}: {errors} to mend, {len(remarks) - errors} to know")
    if not counted:
        typer.echo("Whether all fit the speech model was not counted: no model was pulled; name one with --model")


def _tokens(model: str) -> Callable[[str], int] | None:
    """Counts as the speech model does that `run` would use; None where there is none."""
    from tokenizers import Tokenizer

    try:
        file = Path(assets.find_recogniser(model, environment.models_folder())) / "tokenizer.json"
    except ModelError:
        return None
    if not file.is_file():
        return None
    tokenizer = Tokenizer.from_file(str(file))
    return lambda text: len(tokenizer.encode(f" {text}", add_special_tokens=False).ids)
