"""Cues as the text of a file, in the formats that other tools read."""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec.structs import replace

from pipeline.events import Cue
from pipeline.export.transcript import transcript
from pipeline.subtitles.formats import WITHOUT_BRACES, to_srt, to_vtt

Format = Literal["srt", "vtt", "ass", "txt"]

_HEIGHT, _WIDTH = 1080, 1920
"""Of the picture that sizes are told for in ASS; players scale them to theirs."""
_LETTERS = round(0.065 * _HEIGHT)
"""As large as on the screen page; ASS tells the height of a line, the page that of a letter."""


def text(cues: Sequence[Cue], format: Format) -> str:
    """The whole file, lines ended by a newline."""
    return _FORMS[format](cues)


def encoded(text: str, *, bom: bool, crlf: bool) -> bytes:
    """UTF-8, for tools that need a byte order mark or the line ends of Windows with these."""
    return (text.replace("\n", "\r\n") if crlf else text).encode("utf-8-sig" if bom else "utf-8")


def to_numbered_vtt(cues: Sequence[Cue]) -> str:
    """WebVTT whose cues have numbers as SRT's have: some programs take other names for a part of the text before."""
    return to_vtt(replace(cue, id=str(number)) for number, cue in enumerate(cues, 1))


def to_ass(cues: Sequence[Cue]) -> str:
    """Advanced SubStation Alpha: white letters on a dark box at the foot of the picture, as on the screen page."""
    import pysubs2

    made = pysubs2.SSAFile()
    made.info |= {"PlayResX": str(_WIDTH), "PlayResY": str(_HEIGHT), "ScaledBorderAndShadow": "yes", "WrapStyle": "0"}
    made.styles["Default"] = pysubs2.SSAStyle(
        fontname="Arial",
        fontsize=_LETTERS,
        backcolor=pysubs2.Color(0, 0, 0, 56),
        outlinecolor=pysubs2.Color(0, 0, 0, 56),
        borderstyle=3,  # a box, as wide as `outline` around the letters
        outline=_LETTERS / 8,
        shadow=0,
        marginl=_WIDTH // 20,
        marginr=_WIDTH // 20,
        marginv=_HEIGHT // 20,
    )
    for cue in cues:
        start, end = (round(seconds * 1000) for seconds in (cue.start, cue.end))
        name = cue.id.replace(",", ";")
        made.append(pysubs2.SSAEvent(start=start, end=end, text=_escaped(cue.text), name=name))
    return made.to_string("ass", header_notice="livesubs")


def _escaped(text: str) -> str:
    """ASS has no way to write braces and backslashes that every program reads: they are put as what is most like."""
    bare = text.translate(WITHOUT_BRACES).replace("<i>", r"{\i1}").replace("</i>", r"{\i0}")
    return bare.replace("\n", "\\N")


_FORMS: dict[Format, Callable[[Sequence[Cue]], str]] = {
    "srt": to_srt,
    "vtt": to_numbered_vtt,
    "ass": to_ass,
    "txt": transcript,
}
