"""Reads Advanced SubStation Alpha, as Aegisub keeps it: what its Dialogue lines say, with tags as in SRT."""

import re
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.review.decoding import decode
from pipeline.review.file import FileCue, SubtitleFile, Written
from pipeline.review.reading import bytes_of

ENDINGS = (".ass", ".ssa")
_BLOCK = re.compile(r"\{([^{}]*)\}")
_OVERRIDE = re.compile(r"\\[0-9]?([^\\]+)")
_DRAWING = re.compile(r"\\p[1-9]")
_BREAKS = {r"\N": "\n", r"\n": " ", r"\h": "\N{NO-BREAK SPACE}"}


def load_ass(path: Path) -> SubtitleFile:
    """Reads a file; SettingsError if there is none, or it is none of that kind."""
    import pysubs2

    text = decode(bytes_of(path))[0]
    try:
        found = pysubs2.SSAFile.from_string(text, format_=path.suffix.lower().strip("."))
    except (pysubs2.exceptions.Pysubs2Error, ValueError) as error:
        raise SettingsError(f"{path} cannot be read as ASS; save it as SRT in Aegisub, and import that") from error
    cues = (
        FileCue(start=one.start / 1000, end=one.end / 1000, text=_text(one.text))
        for one in found
        if not one.is_comment and not any(_DRAWING.search(block) for block in _BLOCK.findall(one.text))
    )
    return SubtitleFile(cues=tuple(cues), written=Written(braces=False))


def _text(text: str) -> str:
    """Italics end with their line; what stands in braces and is no tag is a comment."""
    made = _BLOCK.sub(lambda block: "".join(rf"{{\{one}}}" for one in _OVERRIDE.findall(block[1])), text)
    for code, meant in _BREAKS.items():
        made = made.replace(code, meant)
    return made + r"{\i0}" if made.rfind(r"{\i1}") > max(made.rfind(r"{\i0}"), made.rfind(r"{\i}")) else made
