"""`livesubs run` and `livesubs demo`."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from pipeline import assets, catalogue, lines, power, settings, system, terminal
from pipeline.commands import options
from pipeline.settings import Settings

ABORTED = 130
"""Exit code after a second Ctrl-C, as shells have it."""


def run(
    context: typer.Context,
    source: options.Source,
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
    length: options.Length = None,
    pace: options.Pace = None,
    cookies: options.Cookies = None,
    ffmpeg: options.Ffmpeg = None,
    config: options.SettingsFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Subtitle SOURCE until it ends; Ctrl-C stops the recording and finishes what was said."""
    chosen = options.settle(options.load(config), context.params)
    if not as_json and (file := options.settings_file(config)):
        typer.echo(f"settings: {file}; flags override it")
    subtitle(source, out, options.with_models(chosen), as_json=as_json)


def demo(out: options.Out = None, as_json: options.AsJson = False) -> None:
    """Play the embedded sample as if it came in live, with the embedded demo models."""
    chosen = options.with_models(settings.override(Settings(demo=True), source={"pace": 1.0}))
    sample = assets.embedded("samples/rally.mp4")
    if not as_json:
        typer.echo("The sample in real time, 75 s. Demo models: synthetic speech, a closed domain.")
    subtitle(str(sample), out, chosen, as_json=as_json)
    if not as_json:
        typer.echo("For real speech, pull a model and start on your stream:")
        typer.echo(f"    {system.program()} models pull {catalogue.SUGGESTED}")
        typer.echo(f"    {system.program()} run https://example.org/live.m3u8")


def subtitle(source: str, out: Path | None, chosen: Settings, *, as_json: bool) -> None:
    """Runs one session with a view, and says at the end what there is and where."""
    from pipeline.flow import SystemClock
    from pipeline.session import Session
    from pipeline.speech.client import RecogniserProcess
    from pipeline.translation.build import build_chains

    chains = build_chains(chosen.translation, chosen.speech.spoken, options.keys())
    folder = out or options.session_folder(source)
    session = Session(source, folder, chosen, RecogniserProcess(), chains, SystemClock())
    _stop_on_signals(session.stop)
    try:
        with (
            _reported(folder) as report,
            power.awake(session.warn),
            power.BatteryWatch(session.warn),
            terminal.choose(session.status, as_json=as_json) as screen,
        ):
            state = session.run(screen)
    except KeyboardInterrupt:
        system.leave(ABORTED, f"livesubs: left at once; what was written is in {folder}")
    if not as_json:
        for line in lines.summary(state, folder):
            typer.echo(line)
        if report.exists():
            typer.echo(f"How it went, to be read in a browser: {report}")


@contextmanager
def _reported(folder: Path) -> Iterator[Path]:
    """However a session ends, its report is there; that none can be written is said, and changes nothing else."""
    from pipeline.report.folder import JOURNAL, NAME, write

    theirs = (folder / JOURNAL).exists()  # another session's folder, which is about to be refused
    told = False
    try:
        yield folder / NAME
    except BaseException:
        told = True
        raise
    finally:
        if not theirs and (folder / JOURNAL).exists():
            try:
                write(folder)
            except Exception as error:  # whatever it is: a page about the session must not spoil its end
                if not told:  # one sentence is enough for a full disk
                    typer.echo(f"livesubs: there is no report: {error}", err=True)


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
