"""`livesubs check`: the hour before the show."""

from pathlib import Path
from typing import Annotated, Self

import msgspec
import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from pipeline import lines
from pipeline.check.rows import Plan, Row
from pipeline.commands import options
from pipeline.errors import ModelError, SettingsError
from pipeline.settings import Settings

Length = Annotated[str | None, typer.Option("--for", help="How long the show is, e.g. 90m (default: 3h).")]
Rehearse = Annotated[
    str | None, typer.Option(help="A recording that stands in for what is said and seen, the day before.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the rows as one list of JSON.")]
FAILED = 1
"""Exit code when a row fails."""


def check(
    context: typer.Context,
    source: options.Source,
    length: Length = None,
    rehearse: Rehearse = None,
    to: options.To = None,
    out: options.Out = None,
    demo: options.Demo = False,
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
    start: options.Start = None,
    end: options.End = None,
    cookies: options.Cookies = None,
    ffmpeg: options.Ffmpeg = None,
    config: options.SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """Try everything the show needs, in under two minutes; exit code 1 when something will not hold."""
    with _Json() if as_json else _Table() as view:
        loaded = _load(config, view)
        chosen, missing = _with_models(options.settle(loaded, context.params))
        plan = Plan(
            source=source,
            settings=chosen,
            keys=options.keys(),
            out=out,
            rehearsal=rehearse,
            model=missing,
            doing=view.doing,
        )
        from pipeline.check.checks import check as try_all

        for row in try_all(plan):
            view.show(row)
    if view.failed:
        raise typer.Exit(FAILED)


def _load(config: Path | None, view: "_Table | _Json") -> Settings:
    """The settings file; one that is wrong is a row, and the rest is tried without it."""
    try:
        loaded = options.load(config)
    except SettingsError as error:
        view.show(Row(row="settings", ok=False, say=f"{error} (the rows below are tried without this file)"))
        return Settings()
    view.show(Row(row="settings", ok=True, say=_in_force(config)))
    return loaded


def _in_force(config: Path | None) -> str:
    file = options.settings_file(config)
    return f"{file}, without a fault" if file else f"no {options.SETTINGS_FILE} here: defaults and flags"


def _with_models(chosen: Settings) -> tuple[Settings, str]:
    """The settings with models filled in, and why there is no speech model where there is none."""
    settled = options.with_translators(chosen)
    try:
        return options.with_recogniser(settled), ""
    except ModelError as error:
        return settled, str(error)


class _Table:
    """A row a line as soon as it is known, below it what is being tried."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        self._untried: list[str] = []
        self._console = Console()
        self._status = Status("", console=self._console)

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._status.stop()
        if kind is None:
            self._console.print(Text(self._verdict(), style="bold bright_red" if self.failed else "bold bright_green"))

    def _verdict(self) -> str:
        if self.failed:
            return f"{len(self.failed)} to mend: {', '.join(self.failed)}"
        return f"Nothing failed; not tried: {', '.join(self._untried)}" if self._untried else "It will hold."

    def doing(self, text: str) -> None:
        self._status.update(text)

    def show(self, row: Row) -> None:
        if not row.ok:
            self.failed.append(row.row)
        elif not row.tried:
            self._untried.append(row.row)
        mark, style = ("FAIL", "bold bright_red") if not row.ok else ("ok", "bright_green") if row.tried else ("--", "")
        if not self._console.is_terminal:  # for a pipe a row is a line
            lines.say(f"{mark:4} {row.row:19} {row.say}")
            return
        line = Table.grid(padding=(0, 1))
        line.add_column(width=4, style=style)
        line.add_column(width=19, style="bold")
        line.add_column()
        line.add_row(mark, row.row, Text(row.say, style="" if row.ok else "bright_yellow"))
        self._console.print(line)


class _Json:
    """One list at the end."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            shown = [{"row": row.row, "ok": row.ok, "say": row.say} for row in self.rows]
            lines.say(msgspec.json.encode(shown).decode())

    @property
    def failed(self) -> list[str]:
        return [row.row for row in self.rows if not row.ok]

    def doing(self, text: str) -> None: ...

    def show(self, row: Row) -> None:
        self.rows.append(row)
