"""What the lines of a file say, with their tags and without, and whether a session's say the same. Pure."""

import html
import re
from collections.abc import Container, Iterable, Sequence
from unicodedata import normalize

from msgspec.structs import replace

from pipeline.editing import shown_text
from pipeline.events import Cue
from pipeline.review.alignment import Line
from pipeline.review.file import SubtitleFile
from pipeline.review.markup import italic, others, visible
from pipeline.review.times import Format
from pipeline.subtitles.formats import ITALIC, WITHOUT_BRACES, has_italics

_TAGGED = re.compile(r"(\{[^{}\n]*\}|<[^<>\n]*>)")
_ITALIC = re.compile("</?i>")
_ESCAPED = r"\{{}"
"""What ffmpeg makes of a brace."""


def plain(text: str, format: Format | None) -> str:
    """A text as a session can have it, without a format's tags, its arrows as files have them."""
    return _line(visible(text, format) if format else text)


def _line(text: str) -> str:
    return normalize("NFC", shown_text(text)).replace("-->", "→")


def alike(one: str, other: str) -> bool:
    """Whether two texts are the same but for what tools take for tags or escapes: many leave out `{so}` and `<so>`."""
    kept = _TAGGED.split(one)
    for meant in (other, html.unescape(other), other.replace(_ESCAPED, "{")):
        if one == meant or (len(kept) > 1 and _left_out(kept, meant)):
            return True
    return False


def _left_out(kept: Sequence[str], other: str) -> bool:
    """Whether `other` is those parts of a text with one of the tags between them, at least, left out, and the line with
    it that had nothing else."""
    said = _tight(other)
    ends = {(0, False)}  # where in it the parts so far may end, and whether a tag is left out
    for at, part in enumerate(map(_tight, kept)):
        forms = {part: False, "": True} if at % 2 else dict.fromkeys(_with_edges(part), False)
        ends = {
            (end + len(form), lacks or left)
            for end, lacks in ends
            for form, left in forms.items()
            if said.startswith(form, end)
        }
    return (len(said), True) in ends


def _with_edges(part: str) -> set[str]:
    """A part with and without the breaks at its ends."""
    begins = {part, part.removeprefix("\n")}
    return begins | {one.removesuffix("\n") for one in begins}


def _tight(text: str) -> str:
    """Without the spaces within its lines: who leaves out a tag leaves some, or takes some away."""
    return "\n".join("".join(line.split()) for line in text.split("\n"))


def lines_of(file: SubtitleFile, ids: Container[str]) -> list[Line]:
    """What a file shows, by time; a cue without text shows nothing. SRT's numbers are positions and no names.

    Some tools take the name of the next cue for text: a last line that is one of `ids` is none.
    """
    format = file.written.format
    cues = sorted(file.cues, key=lambda cue: (cue.start, cue.end))
    names = (cue.number if format == "vtt" else "" for cue in cues)
    texts = [_without(cue.text, ids) for cue in cues]
    lines = (
        Line(
            start=cue.start,
            end=cue.end,
            text=plain(text, format),
            id=name,
            tagged=tagged(text, format),
            italic=slanted(text, format),
            tags=others(text, format),
        )
        for cue, text, name in zip(cues, texts, names, strict=True)
    )
    return [line for line in lines if line.text]


def tagged(text: str, format: Format) -> str:
    """A text with its tags, if a session made of such a file may have them; empty where it has none."""
    whole = plain(text, None)
    return whole if format == "srt" and whole != plain(text, format) else ""


def slanted(text: str, format: Format) -> str:
    """A text with its italics alone, as a session has them, also one that a session has; empty where it has none."""
    kept = _line(italic(text, format))
    return kept if _ITALIC.search(kept) else ""


def _without(text: str, ids: Container[str]) -> str:
    above, _, last = text.rpartition("\n")
    return above if last.strip() in ids else text


def with_braces(lines: Sequence[Line], cues: Iterable[Cue]) -> list[Line]:
    """The lines of a file that can have no braces, with those of the cues that they were."""
    texts = {plain(cue.text, "srt") for cue in cues}
    whole = {bare: text for text in texts if (bare := text.translate(WITHOUT_BRACES)) != text}
    return [replace(line, text=whole.get(line.text, line.text)) for line in lines]


def said(cue: Cue, format: Format) -> str:
    """The text of a cue as a file of it reads; WebVTT has escapes for what looks like a tag, SRT has none."""
    if format != "vtt":
        return plain(cue.text, format)
    return plain(ITALIC.sub("", cue.text) if has_italics(cue.text) else cue.text, None)


class Italics:
    """Whether a file's italics are its editor's, or what a tool makes of them: it leaves out all, or puts most lines
    into them."""

    def __init__(self, lines: Sequence[Line], before: int) -> None:
        """`before`: how many cues had some."""
        count = sum(bool(line.italic) for line in lines)
        self.none = not count
        self.meant = 2 * (count - before) <= len(lines)

    def same(self, was: str, now: str) -> bool:
        """Whether italics that a text had are those that it has, or a tool's doing."""
        if not (was and now):
            return was == now or (self.none if was else not self.meant)
        parts = _ITALIC.split(was), _ITALIC.split(now)
        return len(parts[0]) == len(parts[1]) and all(map(alike, *parts))
