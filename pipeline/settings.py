"""Every setting, typed, with its default; validated once, at the edge, and handed to constructors.

A settings file is TOML with one table per struct below (`[source]`, `[speech]`, ...); flags override it. This module
imports only `errors` and `settings_errors`.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from pipeline.errors import SettingsError
from pipeline.settings_errors import explain, line_of, of_flag

SAMPLE_RATE = 16_000
"""Of `audio.s16`, in hertz: what Whisper and Silero are trained on."""

Seconds = Annotated[float, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the tables below. What stands below a setting is also what `livesubs init` writes above it."""


class SourceSettings(Table, frozen=True):
    """Where the sound comes from."""

    audio: Annotated[int, Meta(ge=1)] = 1
    """Which sound track, counted from 1: floor or interpreter."""
    channel: Literal["", "left", "right"] = ""
    """Of a stereo track "left" or "right"; empty mixes them."""
    start: Seconds = 0.0
    """Where to begin in a recording, seconds."""
    end: Seconds | None = None
    """Where to stop in a recording, seconds; unless set, at its end."""
    length: Positive | None = None
    """Stop after so many seconds (`--for`), such as 10800 for three hours; unless set, when the stream ends."""
    pace: Positive | None = None
    """Recordings only: times real time, 1 plays one as if live; unless set, as fast as it can be read."""
    cookies: str = ""
    """A cookies file (Netscape format) for pages that ask for a login."""
    ffmpeg: str = ""
    """Another ffmpeg than the bundled one: a path, or a name on the PATH."""
    archive: bool = True
    """Keep the picture and sound for playing back."""
    backup: tuple[str, ...] = ()
    """Other addresses of the same stream, tried by turns with the first one where that is lost."""
    give_up: Positive = 600.0
    """Seconds for which a lost live stream is tried again; then the session ends."""


class SpeechSettings(Table, frozen=True):
    """How it is heard."""

    model: str = ""
    """A name that was pulled, such as "small", or a CTranslate2 folder; empty: the largest that was pulled."""
    language: str = "fr"
    """What is spoken: an ISO 639-1 code."""
    languages: tuple[str, ...] = ()
    """... where more than one is, such as ["fr", "es", "en"], the most spoken first: each utterance is taken for the
    likeliest of them. Unless set: `language` alone."""
    device: str = "auto"
    """Where it runs: "cpu", "cuda", or "auto" for a GPU where there is one."""
    compute_type: str = "default"
    """CTranslate2's name of a number format, such as "int8" or "float16"; "default": what suits the device."""
    threads: Annotated[int, Meta(ge=0)] = 0
    """Processor threads; 0 leaves the choice to the library."""
    beam: Annotated[int, Meta(ge=1)] = 5
    """How many readings of a sound are followed at once: more hears a little better and costs more."""
    window: Annotated[float, Meta(gt=0, le=30)] | None = None
    """Seconds every stretch is padded to, at most 30, which Whisper was trained on; less is cheaper where a model bears
    it. Unless set: what `livesubs models measure` found, else 30."""
    hotwords: bool | None = None
    """Tell the model the names of the glossary beforehand. Unless set: as `livesubs models measure` found, else yes."""
    asr_url: str = ""
    """A transcription server of OpenAI's protocol that hears in place of the model, such as "http://127.0.0.1:8000/v1";
    the model hears what it cannot (docs/asr-url.md)."""
    asr_model: str = "whisper-1"
    """What the server calls its model."""
    asr_deadline: Positive = 3.0
    """Seconds that the server has for a stretch of sound, all tries together; then the model hears it."""
    policy: Literal["utterance", "stream"] = "utterance"
    """When words are said: "utterance", all of them after a pause, for a picture that is held back; or "stream", each a
    second after it was spoken, for a room that cannot wait; a few more are misheard (docs/decisions/0020-stream.md)."""
    share_recogniser: bool = False
    """Have one recogniser process, with the model in memory once, hear for all runs on this machine that say so and
    have the same `model`, `device`, `compute_type` and `threads` (docs/share.md)."""
    longest: Annotated[float, Meta(ge=3, le=25)] = 10.0
    """An utterance is cut at its best pause past so many seconds, 3 to 25: half the delay of the screening, less 5."""
    lag: Positive = 8.0
    """Seconds behind a live stream from which it hears less well to catch up; at four times as many, when even that
    does not help, it leaves out what waits and hears it at the end."""
    endpoint: Annotated[float, Meta(ge=0.1)] = 0.4
    """Silence that ends an utterance, seconds, 0.1 or more."""
    labels: bool = False
    """Show [Applause] where there are three seconds of loud noise and no speech; which noise it is cannot be told."""

    voiced: Annotated[float, Meta(ge=0, le=1)] = 0.25
    """A text is taken for invented where less than this share of its own time is speech (docs/guards.md)."""
    likely: Annotated[float, Meta(le=0)] = -1.2
    """... or where its words are less likely than this to the model: mean log probability, 0 at best."""
    phrases: tuple[str, ...] = ()
    """Further phrases that the model makes up where nobody speaks, as in its own lists (docs/guards.md): "?" before one
    that people say too, "*" behind one that goes on with any words. `livesubs learn` proposes some."""

    @property
    def spoken(self) -> tuple[str, ...]:
        """All languages that may be spoken, at least one, each once."""
        return tuple(dict.fromkeys(self.languages)) or (self.language,)


class EngineUrls(Table, frozen=True):
    """Where an engine is, if not at its usual address: your own server, one that answers alike."""

    google: str = ""
    """In place of Google Translate."""
    deepl: str = ""
    """In place of DeepL."""
    microsoft: str = ""
    """In place of Microsoft Translator."""
    mymemory: str = ""
    """In place of MyMemory."""
    libre: str = ""
    """A LibreTranslate server, such as "http://127.0.0.1:5000/"."""
    openai: str = ""
    """vLLM, llama.cpp, Ollama or any other server that speaks OpenAI's protocol, such as "http://127.0.0.1:8000/v1"."""


class TranslationSettings(Table, frozen=True):
    """Into what it is translated, and by whom."""

    to: tuple[str, ...] = ("en",)
    """Languages as ISO 639-1 codes, such as ["en", "es"]: a track for each."""
    chain: tuple[str, ...] = ()
    """Engines in the order they are asked, such as ["local", "google"]; there are local, google, deepl, microsoft,
    mymemory, libre and openai. Empty: a local model where there is one, then Google; ["none"]: only what was said."""
    offline: bool = False
    """Neither text nor sound may leave this machine."""
    llm_model: str = ""
    """Which model of the openai engine's server; empty: its only one."""
    glossary: str = ""
    """A file of names and terms, `source = target` on each line (docs/names.md); read again whenever it is saved."""
    models: tuple[str, ...] = ()
    """Folders of local translation models, one per language pair or one for many; empty: those that were pulled."""
    deadline: Positive = 4.0
    """Seconds the whole chain has for one sentence."""
    threads: Annotated[int, Meta(ge=1)] = 1
    """Processor threads of a local model; the other cores are the recogniser's."""
    urls: EngineUrls = EngineUrls()


class SentenceRules(Table, frozen=True):
    """When words become a sentence."""

    pause: Seconds = 1.0
    """A silence that closes an open sentence even without punctuation, seconds."""
    longest: Positive = 10.0
    """An open sentence is closed at its best clause boundary past so many seconds: half the delay, less 5."""
    alone: Seconds = 2.0
    """A silence this long after a sentence leaves its cue alone, seconds: `linger_most` and `bridge` of [cues]."""


class CueRules(Table, frozen=True):
    """What a cue may be: `docs/cue-rules.md` says where the figures come from."""

    lines: Annotated[int, Meta(ge=1)] = 2
    """Lines at most."""
    cpl: Annotated[int, Meta(ge=10)] = 42
    """Characters a line at most, 10 or more."""
    cps: Positive = 17.0
    """Reading speed aimed at, characters a second."""
    cps_most: Positive = 20.0
    """Reading speed above which a cue is flagged `fast`, characters a second."""
    shortest: Seconds = 0.833
    """A cue stands at least so long, seconds: 20 frames at 24 a second."""
    longest: Positive = 7.0
    """... and at most so long, seconds."""
    gap: Seconds = 0.083
    """At least so much between two cues, seconds: two frames at 24 a second."""
    bridge: Seconds = 0.5
    """A gap shorter than this is closed to `gap`, seconds."""
    linger: Seconds = 0.5
    """The out-time may lie so far after the last word, seconds."""
    linger_most: Seconds = 1.5
    """... and so far when the reading speed needs it."""
    late_most: Seconds = 1.5
    """The in-time may lie so far after the first word, seconds, only while nothing else is on screen."""
    late_blind: Seconds = 0.5
    """... and so far where the text of the waiting cue, and so what it can afford, is not known yet."""


class Settings(Table, frozen=True):
    """Everything in force for a session; written to its `settings.toml`."""

    demo: bool = False
    """The embedded demo models, which know a closed domain of synthetic speech."""
    source: SourceSettings = SourceSettings()
    speech: SpeechSettings = SpeechSettings()
    translation: TranslationSettings = TranslationSettings()
    sentences: SentenceRules = SentenceRules()
    cues: CueRules = CueRules()


def load(path: Path) -> Settings:
    """The settings in a TOML file; SettingsError names the line, what is wrong there and what is meant."""
    return msgspec.convert(read_toml(path, Settings, "settings file"), Settings)


def read_toml(path: Path, kind: type[Table], what: str) -> dict[str, Any]:
    """The tables of a TOML file that fits `kind`; SettingsError as `load`, calling the file `what`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        tables = tomllib.loads(text)
        msgspec.convert(tables, kind)
    except OSError as error:
        raise SettingsError(f"cannot read the {what} {path}: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is no text in UTF-8; save it as that") from error
    except msgspec.ValidationError as error:
        place, sentence = explain(tables, kind, error)
        line = line_of(place, text)
        raise SettingsError(f"{path}{f', line {line}' if line else ''}: {sentence}") from error
    except tomllib.TOMLDecodeError as error:
        rule = "every setting stands once" if "Cannot" in str(error) else "texts in quotes, lists in brackets"
        raise SettingsError(f"{path}: {error}; mend it there: {rule}") from error
    return tables


def override(settings: Settings, **tables: dict[str, Any]) -> Settings:
    """`settings` with single values replaced, as in `override(s, speech={"beam": 1})`.

    SettingsError if one is not allowed, naming the flag: that is where they come from.
    """
    merged = merge(msgspec.to_builtins(settings), tables)
    try:
        return msgspec.convert(merged, Settings)
    except msgspec.ValidationError as error:
        sentence = of_flag(*explain(merged, Settings, error))
        raise SettingsError(f"{sentence} (`livesubs run --help` says what is allowed)") from error


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both tables in one; where both have a value, the one of `above`."""
    inner = {k: merge(below[k], v) for k, v in above.items() if isinstance(v, dict) and isinstance(below.get(k), dict)}
    return below | above | inner


def dump(settings: Settings) -> bytes:
    """The settings as TOML."""
    return msgspec.toml.encode(_without_none(msgspec.to_builtins(settings)))


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    return {k: _without_none(v) if isinstance(v, dict) else v for k, v in table.items() if v is not None}
