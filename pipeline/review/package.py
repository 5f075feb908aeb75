"""What a packed session is: one ZIP file with what a session folder has, but for secrets and what is large.

    livesubs.json                       which session it is, and how it was packed
    journal.jsonl actions.jsonl edits.jsonl exports.jsonl settings.toml names.txt subtitles.*
    peaks.s8                            the waveform; `peaks` says how
    archive/clock.csv 0001.csv 0001-00000.ts ...     the recording, small, on the session's own clock

Nothing else may be in it: `NAMES` has every name there can be, so none leads out of the folder that it is unpacked to.
"""

import hashlib
import re
from pathlib import Path

import msgspec
from msgspec.structs import replace

from pipeline.events import Value
from pipeline.settings import Settings, SourceSettings, TranslationSettings

ENDING = ".livesubs"
MANIFEST = "livesubs.json"
FORMAT = 1
"""Of the file; a reader refuses what has a higher one."""

TEXTS = re.compile(
    r"livesubs\.json|(journal|actions|edits|exports)\.jsonl|settings\.toml|names\.txt|drafts\.json|shots\.json|peaks\.s8"
    r"|subtitles\.[a-z]{2,3}(-[a-z]{2,3})?\.(srt|vtt)|archive/(clock|\d{4,})\.csv"
)
SEGMENTS = re.compile(r"archive/\d{4,}-\d{5,}\.ts")


class Manifest(Value, frozen=True):
    """What a packed session says of itself."""

    format: int
    version: str
    """Of the program that packed it."""
    name: str
    """Of the folder that was packed."""
    session: str
    """What tells one session from every other, see `identity`."""
    packed_at: float
    id: str
    """Of this file: packed again it has another."""


def identity(journal: Path) -> str:
    """What a session and all its copies have in common: the first line of the journal, which says when it began.

    OSError.
    """
    with journal.open("rb") as file:
        return hashlib.sha256(file.readline()).hexdigest()


def carried(settings: Settings) -> Settings:
    """The settings as they may be sent around and taken from a stranger: without addresses, which may hold a password,
    and without paths, which are those of another machine and might name a program."""
    source, speech, translation = settings.source, settings.speech, settings.translation
    return replace(
        settings,
        source=SourceSettings(audio=source.audio, channel=source.channel, start=source.start, end=source.end),
        speech=replace(speech, model=_name(speech.model)),
        translation=TranslationSettings(
            to=translation.to,
            chain=translation.chain,
            offline=translation.offline,
            deadline=translation.deadline,
        ),
    )


def _name(model: str) -> str:
    """A model's name; empty where it is a path."""
    return model if re.fullmatch(r"[\w.:-]+", model) and model.strip(".") else ""


def read_manifest(data: bytes) -> Manifest | None:
    """None where that is no manifest."""
    try:
        return msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def manifest_of(folder: Path) -> Manifest | None:
    """Of a folder that was unpacked; None of any other."""
    try:
        return read_manifest((folder / MANIFEST).read_bytes())
    except OSError:
        return None
