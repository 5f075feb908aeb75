"""Writes a subtitle file: the way it was written, each cue as its format asks."""

import codecs
from pathlib import Path

from pipeline.files import write_whole
from pipeline.review.file import FileCue, SubtitleFile
from pipeline.review.times import write_time

_MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def write(file: SubtitleFile) -> bytes:
    """The bytes of a file, in the encoding, with the mark and the newlines that it says; SRT is numbered from 1.

    Its `stray` text has no place in either format and is left out. A character that the encoding lacks becomes `?`.
    """
    written = file.written
    cues = [_cue(file, number, cue) for number, cue in enumerate(file.cues, 1)]
    if written.format == "vtt":
        text = "\n\n".join([f"WEBVTT{file.head}", *cues, *([file.below] if file.below else [])]) + "\n"
    else:
        text = "".join(f"{cue}\n\n" for cue in cues)
    mark = _MARKS.get(written.encoding, b"") if written.bom else b""
    return mark + text.replace("\n", written.newline).encode(written.encoding, "replace")


def save(file: SubtitleFile, path: Path) -> None:
    """Writes it to `path`, whole or not at all; SessionError if that cannot be."""
    write_whole(path, write(file))


def _cue(file: SubtitleFile, number: int, cue: FileCue) -> str:
    format = file.written.format
    times = f"{write_time(cue.start, format)} --> {write_time(cue.end, format)} {cue.settings}".rstrip()
    name = str(number) if format == "srt" else cue.number
    return "\n".join([*(f"{above}\n" for above in [cue.above] if above), *([name] if name else []), times, cue.text])
