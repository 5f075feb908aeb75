"""`livesubs init`: a settings file that says what every setting is, and changes none."""

import ast
import inspect
import shlex
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from pipeline import system
from pipeline.commands.options import SETTINGS_FILE
from pipeline.errors import SettingsError
from pipeline.files import write_whole
from pipeline.settings import Settings, Table

_HEAD = """\
# Settings of livesubs. A line such as `#beam = 5` is a setting with its default: remove its # to change it.
# `livesubs run` and `livesubs check` read livesubs.toml in the folder they are started in, or --settings FILE;
# flags override it.
"""


def init(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(SETTINGS_FILE),
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a settings file that says what every setting is; as it is written, it changes nothing."""
    if file.exists() and not force:
        raise SettingsError(f"{file} is there already; name another file, or write over it with --force")
    write_whole(file, template())
    read = "run" if file == Path(SETTINGS_FILE) else f"run --settings {shlex.quote(str(file))}"
    typer.echo(f"{file} has every setting with its default; remove the # before those you change; then, for instance:")
    typer.echo(f"    {system.program()} {read} https://example.org/live.m3u8")


def template() -> str:
    """The settings file: every table, every setting with what it means and, switched off, its default."""
    return "\n".join((_HEAD, *_lines(Settings))) + "\n"


def _lines(table: type[Table], name: str = "") -> Iterator[str]:
    texts = explanations(table)
    fields = msgspec.structs.fields(table)
    for field in fields:
        if not isinstance(field.default, Table):
            yield from _comment(texts[field.name])
            yield from (_setting(field.name, field.default), "")
    for field in fields:
        if isinstance(field.default, Table):
            inner = f"{name}.{field.name}".lstrip(".")
            yield from ("", *_comment(texts.get(field.name) or type(field.default).__doc__ or ""), f"[{inner}]", "")
            yield from _lines(type(field.default), inner)


def _setting(name: str, default: object) -> str:
    """A default in JSON is TOML too, but for None, which TOML has not: then the name alone, as a comment."""
    return f"# {name} = ..." if default is None else f"#{name} = {msgspec.json.encode(default).decode()}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 98)]


def explanations(table: type[Table]) -> dict[str, str]:
    """What stands below each field. Python forgets it, so it is read in the source, which every wheel has."""
    (definition,) = ast.parse(inspect.getsource(table)).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }
