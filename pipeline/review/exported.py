"""Which states of a session were given out as files: one that comes back is held against its own."""

import os
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from pipeline.events import Value, Warned
from pipeline.files import NewLines
from pipeline.journal import Entry
from pipeline.review.base import alike
from pipeline.review.file import SubtitleFile
from pipeline.review.tagging import lines_of, said

EXPORTS = "exports.jsonl"


class Export(Value, frozen=True):
    """A track that was written to a file."""

    at: float
    """Wall clock."""
    lang: str
    seq: int
    """Of the last journal line that was in it."""


def note(folder: Path, lang: str, entries: Sequence[Entry]) -> None:
    """Notes that a track was given out as the journal's `entries` have it; who cannot write there does without."""
    line = msgspec.json.encode(Export(at=round(time.time(), 3), lang=lang, seq=entries[-1].seq)) + b"\n"
    with suppress(OSError):
        file = os.open(folder / EXPORTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(file, line)
        finally:
            os.close(file)


def made_of(entries: Sequence[Entry], file: SubtitleFile, lang: str) -> Sequence[Entry]:
    """Those of the journal's `entries` that are in a file of the session's own: it may have gone on since. All of them
    where it never said just that."""
    format = file.written.format
    count = alike([entry.event for entry in entries], lang, lines_of(file, ()), lambda cue: said(cue, format))
    return entries[:count]


def given_out(folder: Path, file: Path, lang: str, entries: Sequence[Entry]) -> list[int]:
    """How many of the journal's `entries` there were each time that a track was given out, as far as `file` may be of
    that. The session's own file is what it was written as last: now, or before it was told to be somebody's."""
    seqs = [entry.seq for entry in entries]
    found = [bisect_right(seqs, one.seq) for one in _noted(folder) if one.lang == lang]
    if file.parent.resolve() == folder.resolve() and file.name.startswith(f"subtitles.{lang}."):
        told = (number for number, entry in enumerate(entries) if isinstance(entry.event, Warned))
        found += [number for number in told if file.name in str(entries[number].event)]
        found.append(len(entries))
    return found


def _noted(folder: Path) -> Iterator[Export]:
    for line in NewLines(folder / EXPORTS).take():
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            yield msgspec.json.decode(line, type=Export)
