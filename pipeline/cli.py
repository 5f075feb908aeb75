"""The command line: parse, call, print. Heavy libraries are imported by what is called, when it is called."""

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from pipeline import assets, lines, settings, system, terminal
from pipeline.errors import LivesubsError, SettingsError
from pipeline.settings import Settings

app = typer.Typer(
    help="A French livestream in, timed English subtitles out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
models_app = typer.Typer(help="Speech and translation models on this machine.", no_args_is_help=True)
app.add_typer(models_app, name="models")

ABORTED = 130
"""Exit code after a second Ctrl-C, as shells have it."""

Out = Annotated[Path | None, typer.Option(help="Session folder, new or empty (default: sessions/DATE_NAME).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print every journal event as one line of JSON.")]


@app.command()
def run(
    source: Annotated[str, typer.Argument(help="File, stream or page URL, device (pulse:NAME, alsa:NAME) or - .")],
    to: Annotated[str | None, typer.Option(help="Languages to translate into, with commas (default: en).")] = None,
    out: Out = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Use the embedded demo models: a closed domain of synthetic speech.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(help="Speech model: a pulled name or a CTranslate2 folder (default: the largest pulled)."),
    ] = None,
    mt_model: Annotated[
        list[str] | None, typer.Option(help="Folder of a local translation model; may be repeated.")
    ] = None,
    translate: Annotated[
        str | None,
        typer.Option(help="local, google, in the order they are asked (default: a local model, then Google)."),
    ] = None,
    language: Annotated[str | None, typer.Option(help="Language that is spoken (default: fr).")] = None,
    audio: Annotated[int | None, typer.Option(help="Which sound track (default: 1, the first).")] = None,
    channel: Annotated[str | None, typer.Option(help="left or right of a stereo track: floor or interpreter.")] = None,
    start: Annotated[str | None, typer.Option(help="Where to begin in a recording, e.g. 12:30.")] = None,
    end: Annotated[str | None, typer.Option(help="Where to stop in a recording.")] = None,
    length: Annotated[str | None, typer.Option("--for", help="Stop after so long, e.g. 3h or 90m.")] = None,
    pace: Annotated[str | None, typer.Option(help="Recordings: N times real time, or max (default: max).")] = None,
    cookies: Annotated[str | None, typer.Option(help="Cookies file for page URLs.")] = None,
    ffmpeg: Annotated[str | None, typer.Option(help="Another ffmpeg than the bundled one.")] = None,
    config: Annotated[
        Path | None, typer.Option("--settings", help="A settings file (TOML); flags override it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Subtitle SOURCE until it ends; Ctrl-C stops the recording and finishes what was said."""
    given = settings.load(config) if config else Settings()
    demo = demo or given.demo
    if demo and (model or mt_model):
        raise SettingsError("the demo brings its own models; leave --demo out, or --model and --mt-model")
    chosen = settings.override(
        given,
        source=_given(
            audio=audio,
            channel=channel,
            start=settings.seconds(start),
            end=settings.seconds(end),
            length=settings.seconds(length),
            cookies=cookies,
            ffmpeg=ffmpeg,
        )
        | ({"pace": settings.pace(pace)} if pace else {}),
        speech=_given(model=model, language=language),
        translation=_given(to=_names(to), chain=_names(translate), models=mt_model),
    )
    if demo and chosen.speech.language != "fr":
        raise SettingsError("the demo models know French only; leave --language out, or pull a real model")
    _subtitle(source, out, _with_models(chosen, demo=demo), as_json=as_json)


@app.command()
def demo(out: Out = None, as_json: AsJson = False) -> None:
    """Play the embedded sample as if it came in live, with the embedded demo models."""
    chosen = _with_models(settings.override(Settings(), source={"pace": 1.0}), demo=True)
    sample = assets.embedded("samples/rally.mp4")
    if not as_json:
        typer.echo("The sample in real time, 75 s. Demo models: synthetic speech, a closed domain.")
    _subtitle(str(sample), out, chosen, as_json=as_json)
    if not as_json:
        typer.echo("For real speech, pull a model and start on your stream:")
        typer.echo(f"    {system.program()} models pull {assets.SUGGESTED}")
        typer.echo(f"    {system.program()} run https://example.org/live.m3u8")


@models_app.command()
def pull(name: Annotated[str, typer.Argument(help="A Whisper size such as small, or opus-mt-fr-en.")]) -> None:
    """Download a model from the Hugging Face hub; type it again to go on after a cut."""
    typer.echo(f"{name} is in {assets.pull(name, _models_folder())}")


def main() -> None:
    """The console script: every expected error is one sentence and an exit code."""
    system.print_anything()
    try:
        app()
    except LivesubsError as error:
        system.leave(error.exit_code, f"livesubs: {error}")
    except KeyboardInterrupt:
        system.leave(ABORTED, "livesubs: left at once")


def _subtitle(source: str, out: Path | None, chosen: Settings, *, as_json: bool) -> None:
    """Runs one session with a view, and says at the end what there is and where."""
    from pipeline.flow import SystemClock
    from pipeline.session import Session
    from pipeline.speech.client import RecogniserProcess
    from pipeline.translation.build import build_chains

    chains = build_chains(chosen.translation, chosen.speech.language)
    folder = out or _unused(Path("sessions") / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}_{_slug(source)}")
    session = Session(source, folder, chosen, RecogniserProcess(), chains, SystemClock())
    _stop_on_signals(session.stop)
    try:
        with terminal.choose(session.status, as_json=as_json) as screen:
            state = session.run(screen)
    except KeyboardInterrupt:
        system.leave(ABORTED, f"livesubs: left at once; what was written is in {folder}")
    if not as_json:
        for line in lines.summary(state, folder):
            typer.echo(line)


def _with_models(chosen: Settings, *, demo: bool) -> Settings:
    """The settings with model folders filled in; outside `--demo` the embedded models are never chosen."""
    if demo:
        speech: dict[str, Any] = {"model": str(assets.demo_recogniser()), "window": assets.DEMO_WINDOW}
        translators: tuple[str, ...] = (str(assets.demo_translator()),)
    else:
        speech = {"model": assets.find_recogniser(chosen.speech.model, _models_folder())}
        named = (str(Path(folder).expanduser().absolute()) for folder in chosen.translation.models)
        translators = tuple(named) or assets.find_translators(_models_folder())
    chain = chosen.translation.chain or (("local",) if demo else ())
    filled = settings.override(chosen, speech=speech, translation={"models": translators, "chain": chain})
    return msgspec.structs.replace(filled, demo=demo)


def _models_folder() -> Path:
    return assets.models_folder(os.environ.get("LIVESUBS_MODELS"))


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """Ctrl-C, SIGTERM and a closed terminal stop gracefully; a second Ctrl-C leaves at once."""
    asked = False

    def handle(number: int, frame: object) -> None:
        nonlocal asked
        if not asked:
            asked = True
            stop()
        elif number == signal.SIGINT:
            raise KeyboardInterrupt

    for number in system.STOP_SIGNALS:
        signal.signal(number, handle)


def _given(**values: Any) -> dict[str, Any]:
    """The options that were typed."""
    return {name: value for name, value in values.items() if value is not None}


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _unused(path: Path) -> Path:
    """The path, with a number after it if another session began in the same second."""
    return next(p for p in (path, *(path.with_name(f"{path.name}-{n}") for n in range(2, 100))) if not p.exists())


def _slug(source: str) -> str:
    """A folder name from a source: its last part, letters and digits only, without user info, query and RTMP key."""
    if source.lower().startswith("rtmp"):
        source = source.rstrip("/").rpartition("/")[0]
    last = re.split(r"[?#]", source)[0].rstrip("/").rsplit("/", 1)[-1].rsplit("@", 1)[-1]
    return re.sub(r"[^\w-]+", "-", Path(last).stem).strip("-")[:40] or "stream"
