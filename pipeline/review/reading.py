"""Reads SRT and WebVTT of any origin: whatever is wrong with a file, its cues are found and no word of it is lost.

Line by line and not by `srt.parse`, which tells no line numbers, joins or drops what it finds odd, and stops at times
that no clock has; on sound files both say the same (tests hold that). `webvtt-py` skips malformed cues without a word.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from pipeline.errors import SettingsError
from pipeline.review.blocks import Sorted
from pipeline.review.decoding import decode
from pipeline.review.file import Finding, SubtitleFile, Written
from pipeline.review.times import Format, bare

MOST = 50_000_000
"""Bytes; the subtitles of a whole day are a tenth of that."""
_NEWLINE = re.compile(r"\r*\n|\r")
_NAMES = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def load(path: Path) -> SubtitleFile:
    """Reads a file; SettingsError if there is none, or it is too large for one."""
    return read(bytes_of(path), path.name)


def bytes_of(path: Path) -> bytes:
    """What is in a file; errors as above."""
    try:
        if (size := path.stat().st_size) > MOST:
            raise SettingsError(f"{path} has {size / 1e6:.0f} MB, which no subtitles have; name an SRT or VTT file")
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}; check the path") from error


def read(data: bytes, name: str = "") -> SubtitleFile:
    """What a file's bytes say; `name` tells by its ending what it should be. Never raises."""
    text, encoding, bom, findings = decode(data)
    lines = _NEWLINE.split(text)
    format: Format = "vtt" if _is_vtt(lines, name) else "srt"
    newlines = _NEWLINE.findall(text)
    newline = max(("\n", "\r\n", "\r"), key=newlines.count)
    if len({*newlines}) > 1:
        findings.append(_mixed(newlines, newline))
    found = Sorted(lines, format, name)
    file = SubtitleFile(
        cues=tuple(found.cues),
        written=Written(format=format, encoding=encoding, bom=bom, newline=newline),
        findings=tuple(sorted([*findings, *found.findings], key=lambda finding: finding.line)),
        stray=tuple(found.stray),
        head=found.head,
        below=found.below,
    )
    return file if file.cues else _without_cues(file, text)


def text_of(data: bytes) -> list[str]:
    """The lines of a file's bytes, without their ends."""
    return _NEWLINE.split(decode(data)[0])


def _is_vtt(lines: Sequence[str], name: str) -> bool:
    first = next((bare(line) for line in lines if line.strip()), "")
    return first.startswith("WEBVTT") or name.lower().endswith(".vtt")


def _mixed(newlines: Sequence[str], newline: str) -> Finding:
    line = next(number for number, one in enumerate(newlines, 1) if one != newline)
    found = _NAMES.get(newlines[line - 1], "CR CR LF")
    return Finding(rule="newlines", line=line, found=found, allowed=_NAMES[newline])


def _without_cues(file: SubtitleFile, text: str) -> SubtitleFile:
    """A file without a cue has one thing wrong: it is no text at all, or empty, or text of another kind."""
    controls = sum(ord(character) < 0x20 and character not in "\t\n\r\f" for character in text)
    if "\0" in text or controls > 0.05 * len(text):
        none = Finding(rule="not-text", line=1, found="no text", allowed="an SRT or VTT file")
        return SubtitleFile(written=file.written, findings=(none,))
    if any(finding.rule == "time" for finding in file.findings):
        return file
    found = "text without times" if file.stray else "no text"
    none = Finding(rule="no-cues", line=1, found=found, allowed="cues")
    return replace(file, findings=(*(one for one in file.findings if one.rule != "stray"), none))
