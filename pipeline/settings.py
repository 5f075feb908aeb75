"""Every setting, typed, with its default; validated once, at the edge, and handed to constructors.

A settings file is TOML with one table per struct below (`[source]`, `[speech]`, ...); flags override it. This module
imports only `errors` and `settings_errors`.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from pipeline.errors import SettingsError
from pipeline.settings_errors import explain, line_of

SAMPLE_RATE = 16_000
"""Of `audio.s16`, in hertz: what Whisper and Silero are trained on."""

Seconds = Annotated[float, Meta(ge=0)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the tables below."""


class SourceSettings(Table, frozen=True):
    audio: Annotated[int, Meta(ge=1)] = 1
    """Which sound track, counted from 1: floor or interpreter."""
    channel: str = ""
    """`left` or `right` of a stereo track; empty mixes them."""
    start: Seconds = 0.0
    """Where to begin in a recording."""
    end: Seconds | None = None
    """Where to stop in a recording."""
    length: Annotated[float, Meta(gt=0)] | None = None
    """Stop after so many seconds (`--for`)."""
    pace: float | None = None
    """Recordings only: N times real time; None reads as fast as it can."""
    cookies: str = ""
    """A cookies file for page URLs."""
    ffmpeg: str = ""
    """Another ffmpeg than the bundled one."""
    archive: bool = True
    """Keep the picture and sound for playing back."""


class SpeechSettings(Table, frozen=True):
    model: str = ""
    """A faster-whisper name that was pulled, or a CTranslate2 folder."""
    language: str = "fr"
    device: str = "auto"
    compute_type: str = "default"
    threads: Annotated[int, Meta(ge=0)] = 0
    """0 leaves the choice to the library."""
    beam: Annotated[int, Meta(ge=1)] = 5
    window: Annotated[float, Meta(gt=0, le=30)] | None = None
    """Seconds every stretch is padded to: Whisper was trained on 30; less is cheaper where a model bears it. None:
    what `livesubs models measure` found, else 30."""
    longest: Annotated[float, Meta(ge=3, le=25)] = 10.0
    """An utterance is cut at its best pause past so many seconds: D/2 - 5 s at a delay D of 30 s (the delay budget)."""
    endpoint: Annotated[float, Meta(ge=0.1)] = 0.4
    """Silence that ends an utterance, seconds."""


class EngineUrls(Table, frozen=True):
    """Where an engine is, if not at its usual address: your own server, one that answers alike."""

    google: str = ""
    deepl: str = ""
    microsoft: str = ""
    mymemory: str = ""
    libre: str = ""
    """A LibreTranslate server, such as `http://127.0.0.1:5000/`."""
    openai: str = ""
    """vLLM, llama.cpp, Ollama or any other server that speaks OpenAI's protocol."""


class TranslationSettings(Table, frozen=True):
    to: tuple[str, ...] = ("en",)
    chain: tuple[str, ...] = ()
    """Engines in the order they are asked; empty: a local model where there is one, then Google; `none` alone: no
    translation, only what was said."""
    offline: bool = False
    """No text may leave this machine."""
    urls: EngineUrls = EngineUrls()
    llm_model: str = ""
    """Which model of the `openai` engine's server; empty: its only one."""
    glossary: str = ""
    """A file of terms, `source = target` on each line, for the first language of `to`; the `openai` engine reads it."""
    models: tuple[str, ...] = ()
    """Folders of local translation models, one per language pair or one for many."""
    deadline: Annotated[float, Meta(gt=0)] = 4.0
    """Seconds the whole chain has for one sentence (the delay budget)."""
    threads: Annotated[int, Meta(ge=1)] = 1
    """Of a local model; the other cores are the recogniser's."""


class SentenceRules(Table, frozen=True):
    """When words become a sentence."""

    pause: Seconds = 1.0
    """A silence that closes an open sentence even without punctuation."""
    longest: Annotated[float, Meta(gt=0)] = 10.0
    """An open sentence is closed at its best clause boundary past so many seconds (D/2 - 5 s)."""
    alone: Seconds = 2.0
    """A silence this long after a sentence leaves its cue alone: `linger_most` and `bridge` of the cue rules."""


class CueRules(Table, frozen=True):
    """What a cue may be. Sources: `docs/cue-rules.md`."""

    lines: Annotated[int, Meta(ge=1)] = 2
    cpl: Annotated[int, Meta(ge=10)] = 42
    """Characters a line."""
    cps: float = 17.0
    """Characters a second aimed at."""
    cps_most: float = 20.0
    """Above it a cue is flagged `fast`."""
    shortest: float = 0.833
    longest: float = 7.0
    gap: float = 0.083
    """Two frames at 24 a second."""
    bridge: float = 0.5
    """A gap shorter than this is closed to `gap`."""
    linger: float = 0.5
    """The out-time may lie so far after the last word."""
    linger_most: float = 1.5
    """... and so far when the reading speed needs it."""
    late_most: float = 1.5
    """The in-time may lie so far after the first word, only while nothing else is on screen."""
    late_blind: float = 0.5
    """... and so far where the text of the waiting cue, and so what it can afford, is not known yet."""


class Settings(Table, frozen=True):
    """Everything in force for a session; written to its `settings.toml`."""

    demo: bool = False
    source: SourceSettings = SourceSettings()
    speech: SpeechSettings = SpeechSettings()
    sentences: SentenceRules = SentenceRules()
    translation: TranslationSettings = TranslationSettings()
    cues: CueRules = CueRules()


def load(path: Path) -> Settings:
    """The settings in a TOML file; SettingsError names the line, what is wrong there and what is meant."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        tables = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {path}: {error.strerror}; check the path") from error
    except ValueError as error:  # not UTF-8, not TOML
        raise SettingsError(f"{path}: {error}; write it as TOML, texts in quotes, lists in brackets") from error
    try:
        return msgspec.convert(tables, Settings)
    except msgspec.ValidationError as error:
        place, sentence = explain(tables, Settings, error)
        line = line_of(place, text)
        raise SettingsError(f"{path}{f', line {line}' if line else ''}: {sentence}") from error


def override(settings: Settings, **tables: dict[str, Any]) -> Settings:
    """`settings` with single values replaced, as in `override(s, speech={"beam": 1})`; SettingsError if not allowed."""
    merged = merge(msgspec.to_builtins(settings), tables)
    try:
        return msgspec.convert(merged, Settings)
    except msgspec.ValidationError as error:
        _, sentence = explain(merged, Settings, error)
        raise SettingsError(f"{sentence}; see `livesubs run --help` for what is allowed") from error


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both tables in one; where both have a value, the one of `above`."""
    inner = {k: merge(below[k], v) for k, v in above.items() if isinstance(v, dict) and isinstance(below.get(k), dict)}
    return below | above | inner


def dump(settings: Settings) -> bytes:
    """The settings as TOML."""
    return msgspec.toml.encode(_without_none(msgspec.to_builtins(settings)))


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    return {k: _without_none(v) if isinstance(v, dict) else v for k, v in table.items() if v is not None}


def seconds(text: str | None) -> float | None:
    """`90`, `12:30`, `1:02:03.5`, `90m`, `1h30m` as seconds; SettingsError for anything else."""
    if text is None:
        return None
    if match := re.fullmatch(r"(?:(\d+):)?(?:(\d+):)?(\d+(?:\.\d+)?)", text):
        first, second, last = match.groups()
        hours, minutes = (first, second) if second else (None, first)
        return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(last)
    units = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if units and text:
        hours, minutes, last = units.groups()
        return int(hours or 0) * 3600.0 + int(minutes or 0) * 60 + int(last or 0)
    raise SettingsError(f"{text} is not a length of time; write it like 3h, 90m, 12:30 or 1:02:03")


def pace(text: str) -> float | None:
    """What `--pace` was given: N times real time, or None for `max`; SettingsError for anything else."""
    if text == "max":
        return None
    try:
        times = float(text)
    except ValueError:
        times = 0.0
    if not times > 0:
        raise SettingsError(f"--pace {text} makes no sense; write 1 for real time, 2 for twice as fast, or max")
    return times
