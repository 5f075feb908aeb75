"""`livesubs check`: the hour before the show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from pipeline import assets
from pipeline.check.rows import Plan, Row
from pipeline.commands import beside, environment, equipped, options
from pipeline.commands.rows import AsJson, JsonRows, TableRows
from pipeline.commands.typed import held_back
from pipeline.errors import ModelError, SettingsError
from pipeline.settings import Settings, SpeechSettings

Length = Annotated[str | None, typer.Option("--for", help="How long the show is, e.g. 90m (default: 3h).")]
Rehearse = Annotated[
    str | None, typer.Option(help="A recording that stands in for what is said and seen, the day before.")
]
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
    asr_url: options.AsrUrl = None,
    asr_model: options.AsrModel = None,
    glossary: options.Glossary = None,
    language: options.Language = None,
    languages: options.Languages = None,
    policy: options.Policy = None,
    share_recogniser: options.ShareRecogniser = None,
    audio: options.Audio = None,
    channel: options.Channel = None,
    start: options.Start = None,
    end: options.End = None,
    backup: options.Backup = None,
    give_up: options.GiveUp = None,
    cookies: options.Cookies = None,
    ffmpeg: options.Ffmpeg = None,
    config: options.SettingsFile = None,
    serve: options.Serve = False,
    publish: options.Publish = None,
    youtube_captions: options.YoutubeCaptions = None,
    restream: options.Restream = None,
    delay: options.Delay = None,
    port: options.Port = None,
    listen: options.Listen = None,
    title: options.Title = None,
    show: options.Show = None,
    mpv: options.Mpv = False,
    no_refine: options.NoRefine = False,
    as_json: AsJson = False,
) -> None:
    """Try everything the show needs, in under two minutes; exit code 1 when something will not hold."""
    if not as_json:
        typer.echo("This takes a minute, or two with a large model; each row comes as soon as it is known.", err=True)
    wanted = beside.chosen(context.params, None)
    with JsonRows() if as_json else TableRows("It will hold.") as view:
        loaded = _load(config, view)
        chosen, missing = _with_models(options.settle(loaded, context.params))
        for row in (*beside.rows(wanted, out, ffmpeg), *_shared(chosen.speech)):
            view.show(row)
        plan = Plan(
            source=source,
            settings=chosen,
            keys=environment.keys(),
            asr_key=environment.asr_key(),
            out=out,
            rehearsal=rehearse,
            model=missing,
            doing=view.doing,
            delay=held_back(delay) if delay else None,
        )
        from pipeline.check.checks import check as try_all

        for row in try_all(plan):
            view.show(row)
    if view.failed:
        raise typer.Exit(FAILED)


def _shared(speech: SpeechSettings) -> Iterator[Row]:
    """The row `shared recogniser`, where it is to be; the row `model` is about one of its own."""
    if not speech.share_recogniser:
        return
    from pipeline.speech import Sharing

    try:
        Sharing(assets.user_runtime()).refuse(speech)
    except SettingsError as error:
        yield Row(row="shared recogniser", ok=False, say=str(error))
    else:
        yield Row(row="shared recogniser", ok=True, say="this run can share it with others that have the same model")


def _load(config: Path | None, view: TableRows | JsonRows) -> Settings:
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
    settled = equipped.with_translators(chosen)
    try:
        return equipped.with_recogniser(settled), ""
    except ModelError as error:
        return settled, str(error)
