"""`livesubs run` and `livesubs demo`."""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline import assets, catalogue, folder, lines, power, remains, settings, system, terminal
from pipeline.beside import Beside
from pipeline.commands import beside, environment, equipped, options, shelf
from pipeline.errors import SettingsError, TranslationError
from pipeline.journal import read
from pipeline.names.live import Names
from pipeline.notes import Outbox
from pipeline.settings import Settings, SpeechSettings
from pipeline.state import State
from pipeline.supervision import Supervised, ends_with

if TYPE_CHECKING:
    from pipeline.speech import SupervisedRecogniser
    from pipeline.speech.server import Server

ABORTED = 130
"""Exit code after a second Ctrl-C, as shells have it."""
_AMONG_OTHERS = 3.0
"""Times that a recogniser may take whose model others hear with, too: one that is killed is killed for all."""


def run(
    context: typer.Context,
    source: options.MaybeSource = None,
    to: options.To = None,
    out: options.Out = None,
    resume: options.Resume = None,
    go_on: options.GoOn = False,
    alone: options.Alone = False,
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
    length: options.Length = None,
    pace: options.Pace = None,
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
    as_json: options.AsJson = False,
    under: options.Under = None,
) -> None:
    """Subtitle SOURCE until it ends; Ctrl-C stops the recording and finishes what was said."""
    if not resume and source is None:
        raise SettingsError("no source was named; say what to subtitle, such as https://example.org/live.m3u8")
    if (go_on or alone) and not resume:
        raise SettingsError("--go-on and --alone are for a session that was there before; name it with --resume DIR")
    if context.obj and not under:  # typed by a person
        path, resumed = resume or out or options.session_folder(source or ""), resume is not None
        owed = _owed(resume, source, go_on=go_on)
        then = [] if no_refine or demo else ["refine", str(path)]
        words = beside.started(path, context.params, resumed=resumed, owed=owed, as_json=as_json)
        raise typer.Exit(_watched(context.obj, path, words, resumed=resumed, as_json=as_json, then=then))
    with remains.faults_kept(resume or out or Path()) if under else nullcontext():
        if resume:
            _go_on(resume, source, context, as_json=as_json, under=under)
            return
        assert source is not None
        chosen = options.begin(config, context.params)
        if not as_json and (file := options.settings_file(config)):
            typer.echo(f"settings: {file}; flags override it")
        ran = beside.chosen(context.params, None)
        subtitle(source, out, equipped.with_models(chosen), as_json=as_json, under=under, ran=ran)


def _watched(
    typed: list[str],
    path: Path,
    words: Mapping[str, Sequence[str]],
    *,
    resumed: bool,
    as_json: bool,
    then: Sequence[str] = (),
) -> int:
    """Runs what was typed in a process of its own, with these `words` beside it and what is to follow `then`, and has
    it go on in its folder when it dies; the exit code."""
    command, *rest = typed
    first = typed if resumed else [command, "--out", str(path), *rest]
    again = [command, "--resume", str(path), *(["--json"] if as_json else [])]
    theirs = not resumed and path.is_dir() and folder.held(path)  # of another session, which is about to be refused
    supervised = Supervised(
        first,
        again,
        cut_off=lambda: not theirs and folder.cut_off(path),
        recorded=lambda: not theirs and (path / folder.JOURNAL).is_file(),
        beside=words,
        fault=lambda: remains.last(path),
        given_up=lambda: remains.put_in_order(path),
        outbox=Outbox(path),
        then=then,
        mend=(lambda: None) if as_json else terminal.mend,
    )
    return supervised.run(lambda text: typer.echo(f"livesubs: {text}", err=True))


def _go_on(path: Path, source: str | None, context: typer.Context, *, as_json: bool, under: int | None) -> None:
    """Resumes the session in a folder, with its own settings; flags override them."""
    if context.params["out"] or context.params["config"]:
        raise SettingsError("a resumed session stays in its folder, with its settings; leave out --out and --settings")
    folder.check(path)
    chosen = options.settle(settings.load(path / folder.SETTINGS), context.params)
    owed = _owed(path, source, go_on=context.params["go_on"])
    if not as_json:
        typer.echo(_which(path, owed=owed))
    given, ran = source or folder.source_of(path), beside.chosen(context.params, path)
    subtitle(given, path, equipped.with_models(chosen), as_json=as_json, resume=True, under=under, owed=owed, ran=ran)


def _owed(path: Path | None, source: str | None, *, go_on: bool) -> bool:
    """Whether only what the session has left to do is wanted of it."""
    return path is not None and source is None and not go_on and folder.over(path)


def _which(path: Path, *, owed: bool) -> str:
    """What a resume does, before it does it."""
    if not owed:
        return "the recording goes on, in the same folder and on the same clock"
    way = f"{system.program()} run --resume {path} --go-on"
    return f"this session has ended: what it owes is done, nothing is recorded; to record on: {way}"


def demo(out: options.Out = None, as_json: options.AsJson = False) -> None:
    """Play the embedded sample as if it came in live, with the embedded demo models."""
    chosen = equipped.with_models(settings.override(Settings(demo=True), source={"pace": 1.0}))
    sample = assets.embedded("samples/rally.mp4")
    if not as_json:
        typer.echo("The sample in real time, 75 s. Demo models: synthetic speech, a closed domain.")
    subtitle(str(sample), out, chosen, as_json=as_json)
    if not as_json:
        typer.echo("For real speech, pull a model and start on your stream:")
        typer.echo(f"    {system.program()} models pull {catalogue.SUGGESTED}")
        typer.echo(f"    {system.program()} run https://example.org/live.m3u8")


def subtitle(
    source: str,
    out: Path | None,
    chosen: Settings,
    *,
    as_json: bool,
    resume: bool = False,
    under: int | None = None,
    owed: bool = False,
    ran: Beside = Beside(),  # noqa: B008  # immutable
) -> None:
    """Runs one session with a view, and says at the end what there is and where; it ends with the process `under`.

    Of one that goes on nothing is recorded any more if only what it has `owed` is wanted. `ran`: what runs beside it.
    TranslationError for tracks in which nothing is translated, once all else is written and said.
    """
    from pipeline.check.transcription import server_of
    from pipeline.flow import SystemClock
    from pipeline.session import Session
    from pipeline.source.found import check_file
    from pipeline.translation.build import build_chains

    server = server_of(chosen, environment.asr_key())
    if not resume:
        check_file(source, chosen.source)
    notes = _of_server(server, chosen, resume=resume) if server else ()
    path = out or options.session_folder(source)
    noted = path / folder.NAMES
    names = Names(chosen.translation.glossary or (str(noted) if noted.exists() else ""))
    if names.current.terms and not as_json:
        typer.echo(_of_glossary(names, told=chosen.speech.hotwords is not False))
    cache = assets.user_cache() / "translations.sqlite"
    chains = build_chains(chosen.translation, chosen.speech.spoken, environment.keys(), cache, names)
    recogniser = _recogniser(chosen.speech, server, lambda text: session.warn(text), resume=resume)
    watched = under is not None
    session = Session(
        source, path, chosen, recogniser, chains, SystemClock(), names,
        resume=resume, watched=watched, record=not owed, beside=ran,
    )  # fmt: skip
    for note in notes:
        session.warn(note)
    _stop_on_signals(session.stop)
    try:
        with (
            ends_with(under),
            _reported(path, resume=resume) as report,
            power.awake(session.warn),
            power.BatteryWatch(session.warn),
            terminal.choose(session.status, as_json=as_json) as screen,
        ):
            if resume and (path / folder.JOURNAL).exists():
                screen.recall(read(path / folder.JOURNAL, damaged=[]))
            state = session.run(screen)
    except KeyboardInterrupt:
        rest = f"{system.program()} run --resume {path}"
        system.leave(ABORTED, f"livesubs: left at once; what was written is in {path}, to hear the rest: {rest}")
    if not as_json:
        for line in lines.summary(state, path):
            typer.echo(line)
        if report.exists():
            typer.echo(f"How it went, to be read in a browser: {report}")
        if state.session:
            typer.echo(f"To correct the lines, beside picture and sound: {system.program()} review {path}")
        if state.ended and state.ended.reason == "stopped":
            typer.echo(f"Stopped too soon? This records on: {system.program()} run --resume {path} --go-on")
    _check_translated(state, path)


def _recogniser(
    speech: SpeechSettings, server: "Server | None", warn: Callable[[str], None], *, resume: bool
) -> "SupervisedRecogniser":
    """In a process of its own, or in one that runs share; SettingsError for a session that begins and cannot share."""
    from pipeline.speech import RecogniserProcess, Sharing, SupervisedRecogniser

    def alone() -> RecogniserProcess:
        return RecogniserProcess(server=server)

    spares = shelf.spares(environment.models_folder(), speech, shelf.this_machine())
    if not speech.share_recogniser:
        return SupervisedRecogniser(alone, spares)
    sharing = Sharing(assets.user_runtime(), warn)
    if not resume:
        sharing.refuse(speech)
    return SupervisedRecogniser(lambda: RecogniserProcess(_AMONG_OTHERS, server, sharing.link), spares, alone=alone)


def _of_server(server: "Server", chosen: Settings, *, resume: bool) -> list[str]:
    """What to tell of the transcription server; SettingsError for one that cannot hear a session that begins."""
    from pipeline.check import transcription

    at_start = "" if resume else transcription.refuse(server, chosen.speech.spoken[0])
    return [note for note in (transcription.in_clear(server), at_start) if note]


def _check_translated(state: State, path: Path) -> None:
    if left := lines.untranslated(state):
        raise TranslationError(
            f"nothing was translated into {' and '.join(left)}, what was said is shown instead; check the engines "
            f"(`{system.program()} check`), then `{system.program()} run --resume {path}` translates it"
        )


def _of_glossary(names: Names, *, told: bool) -> str:
    kept = "" if told else "; the speech model is not told them, since it would hear worse"
    return f"glossary: {len(names.current.terms)} terms, read again whenever it is saved{kept}"


@contextmanager
def _reported(path: Path, *, resume: bool) -> Iterator[Path]:
    """However a session ends, its report is there; that none can be written is said, and changes nothing else."""
    from pipeline.report.folder import NAME, write

    theirs = (path / folder.JOURNAL).exists() and not resume  # another session's folder, which is about to be refused
    told = False
    try:
        yield path / NAME
    except BaseException:
        told = True
        raise
    finally:
        if not theirs and (path / folder.JOURNAL).exists():
            try:
                write(path)
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
