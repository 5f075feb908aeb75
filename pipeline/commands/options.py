"""Options that several commands have, and how flags and settings file become one `Settings`."""

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from pipeline import settings
from pipeline.beside import LISTEN, PORT
from pipeline.commands.environment import RESTREAM, YOUTUBE
from pipeline.commands.typed import names, pace, seconds
from pipeline.errors import SettingsError
from pipeline.files import lasting
from pipeline.folder import SESSIONS
from pipeline.settings import Settings

SETTINGS_FILE = "livesubs.toml"
"""Read from the working folder unless `--settings` names another."""

Source = Annotated[str, typer.Argument(help="File, stream or page URL, device (pulse:NAME, alsa:NAME) or - .")]
MaybeSource = Annotated[
    str | None, typer.Argument(help="File, stream or page URL, device (pulse:NAME, alsa:NAME) or - .")
]
To = Annotated[str | None, typer.Option(help="Languages to translate into, with commas (default: en).")]
Demo = Annotated[bool, typer.Option("--demo", help="The embedded demo models: a closed domain of synthetic speech.")]
Model = Annotated[
    str | None, typer.Option(help="Speech model: a pulled name or a CTranslate2 folder (default: the largest pulled).")
]
MtModel = Annotated[list[str] | None, typer.Option(help="Folder of a local translation model; may be repeated.")]
Translate = Annotated[
    str | None,
    typer.Option(
        help="Engines in the order they are asked: local, google, deepl, microsoft, mymemory, libre, openai; or none "
        "(default: a local model, then Google)."
    ),
]
Offline = Annotated[
    bool | None, typer.Option("--offline/--no-offline", help="Forbid whatever sends text or sound away.")
]
LibreUrl = Annotated[str | None, typer.Option(help="Your LibreTranslate server, e.g. http://127.0.0.1:5000/.")]
LlmUrl = Annotated[str | None, typer.Option(help="Server of the openai engine: vLLM, llama.cpp, Ollama or alike.")]
LlmModel = Annotated[str | None, typer.Option(help="Its model (default: the only one it has).")]
AsrUrl = Annotated[
    str | None,
    typer.Option(help="A transcription server (OpenAI's protocol) that hears in place of the model, while it can."),
]
AsrModel = Annotated[str | None, typer.Option(help="What it calls its model (default: whisper-1).")]
Glossary = Annotated[str | None, typer.Option(help="Names and terms, `source = target` a line; read again when saved.")]
Language = Annotated[str | None, typer.Option(help="Language that is spoken (default: fr).")]
Languages = Annotated[
    str | None, typer.Option(help="Languages that are spoken, with commas, the most spoken first, e.g. fr,es,en.")
]
Policy = Annotated[
    str | None,
    typer.Option(help="utterance: whole sentences after a pause (default); stream: each word as soon as it is sure."),
]
ShareRecogniser = Annotated[
    bool | None,
    typer.Option(
        "--share-recogniser/--no-share-recogniser",
        help="One recogniser process for all runs on this machine that say so, with the model in memory once.",
    ),
]
Audio = Annotated[int | None, typer.Option(help="Which sound track (default: 1, the first).")]
Channel = Annotated[str | None, typer.Option(help="left or right of a stereo track: floor or interpreter.")]
Start = Annotated[str | None, typer.Option(help="Where to begin in a recording, e.g. 12:30.")]
End = Annotated[str | None, typer.Option(help="Where to stop in a recording.")]
Length = Annotated[str | None, typer.Option("--for", help="Stop after so long, e.g. 3h or 90m.")]
Pace = Annotated[str | None, typer.Option(help="Recordings: N times real time, or max (default: max).")]
Backup = Annotated[
    list[str] | None, typer.Option(help="Another address of the same stream, for when it is lost; may be repeated.")
]
GiveUp = Annotated[str | None, typer.Option(help="How long a lost stream is tried again (default: 10m).")]
Cookies = Annotated[str | None, typer.Option(help="Cookies file for page URLs.")]
Ffmpeg = Annotated[str | None, typer.Option(help="Another ffmpeg than the bundled one.")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help=f"A settings file; flags override it (default: ./{SETTINGS_FILE}).")
]
Address = Annotated[
    str | None, typer.Option(help="A Ray cluster for the workers: ray://HOST:10001, or auto for this machine's.")
]
Gpu = Annotated[float, typer.Option(min=0.0, help="With --address: the share of a GPU that each worker has, e.g. 0.5.")]
Out = Annotated[Path | None, typer.Option(help="Session folder, new or empty (default: sessions/DATE_NAME).")]
Resume = Annotated[
    Path | None,
    typer.Option(
        help="Session folder to go on in, with what ran beside it: one that crashed or lost its stream. Of one that "
        "has ended or was stopped only what it owes is done, unless --go-on or SOURCE is given."
    ),
]
GoOn = Annotated[bool, typer.Option("--go-on", help="With --resume: record on, also where it was stopped or ended.")]
Alone = Annotated[
    bool, typer.Option("--alone", help="With --resume: without what ran beside the session, such as the pages.")
]
NoRefine = Annotated[
    bool, typer.Option("--no-refine", help="Do not hear all of it again, with more care, when the show is over.")
]
Serve = Annotated[bool, typer.Option("--serve", help="Serve the pages: screen, overlay, read, console.")]
Publish = Annotated[
    Path | None, typer.Option(help="Also publish it there, --delay behind live: HLS with subtitles for any web server.")
]
Mpv = Annotated[bool, typer.Option("--mpv", help="Also play it in mpv, with the subtitles of two languages.")]
YoutubeCaptions = Annotated[
    str | None,
    typer.Option(envvar=YOUTUBE, help="Also send the first translation to this YouTube address for captions."),
]
Restream = Annotated[
    str | None,
    typer.Option(envvar=RESTREAM, help="Also send it to this RTMP server, subtitles burned in (rtmp://HOST/APP/KEY)."),
]
RestreamTo = Annotated[
    str, typer.Argument(envvar=RESTREAM, metavar="URL", help="The RTMP server, rtmp://HOST/APP/KEY.")
]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help=f"Port of the pages (default: {PORT}).")]
Listen = Annotated[
    str | None,
    typer.Option(
        help=f"Address that the pages are served at (default: {LISTEN}); beyond that whoever opens one needs a token."
    ),
]
Title = Annotated[str | None, typer.Option(help="What the screen's cards call the show (default: from the source).")]
Delay = Annotated[
    str | None, typer.Option(help="Seconds that the screen is behind live, e.g. 30; auto: as few as can be.")
]
Show = Annotated[
    int | None, typer.Option(min=1, help="Open the screen on this display, whole, and again when it is closed.")
]
Under = Annotated[int | None, typer.Option(hidden=True, help="Number of the process that watches over this one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print every journal event as one line of JSON.")]


def settle(loaded: Settings, typed: Mapping[str, Any]) -> Settings:
    """The settings with what was typed over them; `typed` are a command's parameters (`typer.Context.params`) by name.

    Those that are settings stand in `_FLAGS`; None where one was not typed, () where it may be repeated.
    """
    tables: dict[str, dict[str, Any]] = {}
    for flag, (table, key, read) in _FLAGS.items():
        if (value := typed.get(flag)) not in (None, ()):
            tables = settings.merge(tables, {table: {key: read(value)}})
    demo = typed["demo"] or loaded.demo
    if demo and (typed.get("model") or typed.get("mt_model")):
        raise SettingsError(
            "the demo brings its own models; leave out --demo (`demo` in a settings file), or --model and --mt-model"
        )
    if typed.get("language"):
        if typed.get("languages"):
            raise SettingsError("--languages says what is spoken; leave out --language, or --languages for one alone")
        tables["speech"]["languages"] = ()  # those of a settings file, which the flag overrides
    return msgspec.structs.replace(settings.override(loaded, **tables), demo=demo)


def begin(named: Path | None, typed: Mapping[str, Any]) -> Settings:
    """The settings file in force with what was typed, as `settle` has it, for what is to be subtitled; SettingsError
    also where only what is spoken is to be translated into."""
    chosen = settle(load(named), typed)
    if typed["to"] and {*chosen.translation.to} == {chosen.speech.spoken[0]} and chosen.translation.chain != ("none",):
        raise SettingsError(
            f"--to {typed['to']} is what is spoken, which always has a file of its own; name another language, or for "
            "that file alone type --translate none"
        )
    return chosen


def settings_file(named: Path | None) -> Path | None:
    """The settings file in force: the one that was named, else that of the working folder; None without either."""
    here = Path(SETTINGS_FILE)
    return named or (here if here.is_file() else None)


def load(named: Path | None) -> Settings:
    """What the settings file in force says, else the defaults."""
    file = settings_file(named)
    return settings.load(file) if file else Settings()


def _as_it_is(value: Any) -> Any:
    return value


_FLAGS: dict[str, tuple[str, str, Callable[[Any], Any]]] = {
    "audio": ("source", "audio", _as_it_is),
    "channel": ("source", "channel", _as_it_is),
    "start": ("source", "start", seconds),
    "end": ("source", "end", seconds),
    "length": ("source", "length", seconds),
    "pace": ("source", "pace", pace),
    "backup": ("source", "backup", lambda ways: tuple(map(lasting, ways))),
    "give_up": ("source", "give_up", seconds),
    "cookies": ("source", "cookies", lasting),
    "ffmpeg": ("source", "ffmpeg", _as_it_is),
    "model": ("speech", "model", _as_it_is),
    "language": ("speech", "language", _as_it_is),
    "languages": ("speech", "languages", names),
    "policy": ("speech", "policy", str),
    "share_recogniser": ("speech", "share_recogniser", _as_it_is),
    "asr_url": ("speech", "asr_url", _as_it_is),
    "asr_model": ("speech", "asr_model", _as_it_is),
    "to": ("translation", "to", names),
    "offline": ("translation", "offline", _as_it_is),
    "libre_url": ("translation", "urls", lambda url: {"libre": url}),
    "llm_url": ("translation", "urls", lambda url: {"openai": url}),
    "llm_model": ("translation", "llm_model", _as_it_is),
    "glossary": ("translation", "glossary", lambda path: str(Path(path).expanduser().absolute())),
    "translate": ("translation", "chain", names),
    "mt_model": ("translation", "models", _as_it_is),
}
"""Which setting a flag is, and how what was typed is read."""


def session_folder(source: str) -> Path:
    """A new folder's path under `sessions/`, named by time and source."""
    path = SESSIONS / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}_{slug(source)[:40]}"
    return next(p for p in (path, *(path.with_name(f"{path.name}-{n}") for n in range(2, 100))) if not p.exists())


def slug(source: str) -> str:
    """A folder name from a source: its last part, letters and digits only, without user info, query and RTMP key."""
    if source.lower().startswith("rtmp"):
        source = source.rstrip("/").rpartition("/")[0]
    last = re.split(r"[?#]", source)[0].rstrip("/").rsplit("/", 1)[-1].rsplit("@", 1)[-1]
    return re.sub(r"[^\w-]+", "-", Path(last).stem).strip("-") or "stream"
