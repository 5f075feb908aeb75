"""The line of a cue that says when it is shown: as it should be, as it often is, and beyond reading."""

import re
from typing import Literal

from pipeline.events import Value

Format = Literal["srt", "vtt"]

FORM: dict[Format, str] = {"srt": "00:00:01,000 --> 00:00:02,000", "vtt": "00:00:01.000 --> 00:00:02.000"}
"""What is allowed, shown by an example."""

_STAMP = r"([-−]?)\s?(?:([0-9]{1,9})\s?[:：]\s?)?([0-9]{1,9})\s?[:：]\s?([0-9]{1,9})(?:\s?[.,:，．。]\s?([0-9]{1,9}))?"
_TIMES = re.compile(rf"{_STAMP}[ \t]*-[ -]?[ ]?>[ \t]*{_STAMP}(?:[ \t]+(.*)|)")
_WHOLE = _STAMP.replace(")?", ")", 1).replace("))?", "))")
"""With hours and a fraction."""
_LOOSE = re.compile(rf"{_WHOLE}[ \t]*(?:[-–—=]*[>→]+|[-–—][ \t]|[ \t])[ \t]*{_WHOLE}(?:[ \t]+(.*)|)")
"""What nothing but such a line looks like, even without its arrow."""
_STRICT: dict[Format, re.Pattern[str]] = {
    "srt": re.compile(r"-?\d\d+:[0-5]\d:[0-5]\d,\d{3} --> -?\d\d+:[0-5]\d:[0-5]\d,\d{3}"),
    "vtt": re.compile(r"-?(\d\d+:)?[0-5]\d:[0-5]\d\.\d{3}[ \t]+-->[ \t]+-?(\d\d+:)?[0-5]\d:[0-5]\d\.\d{3}"),
}
_SETTINGS: dict[Format, re.Pattern[str]] = {
    "srt": re.compile(r"([XxYy][12]:\s*-?\d+\s*)*"),
    "vtt": re.compile(r"((vertical|line|position|size|align|region):\S+\s*)*"),
}
_MEANT = re.compile(r"-->|\d\s*->\s*-?\d")


class TimeLine(Value, frozen=True):
    """What such a line says."""

    start: float
    end: float
    settings: str
    text: str
    """What stands behind the times and is no setting."""
    strict: bool
    """It is written as the format asks."""


def read_times(line: str, format: Format) -> TimeLine | None:
    """What a line says of when a cue is shown; None if it does not."""
    line = bare(line)
    if not (match := _TIMES.fullmatch(line) or _LOOSE.fullmatch(line)):
        return None
    start, end, rest = match.groups()[:5], match.groups()[5:10], match[11] or ""
    told = bool(_SETTINGS[format].fullmatch(rest))
    times = line[: len(line) - len(rest)].rstrip()
    return TimeLine(
        start=_seconds(*start),
        end=_seconds(*end),
        settings=rest if told else "",
        text="" if told else rest,
        strict=told and bool(_STRICT[format].fullmatch(times)),
    )


def meant_as_times(line: str) -> bool:
    """Whether a line that cannot be read was to say when a cue is shown; an arrow in a sentence was not."""
    if not _MEANT.search(line):
        return False
    text = bare(line)
    letters = sum(character.isalpha() for character in text)
    return text.startswith("-->") or text.endswith("-->") or 2 * letters < sum(c.isdigit() for c in text)


def bare(line: str) -> str:
    """A line without spaces, and byte order marks that are left where files were put together, around it."""
    return line.strip().strip("\ufeff").strip()


def write_time(seconds: float, format: Format) -> str:
    """HH:MM:SS,mmm or HH:MM:SS.mmm, with more hours than 99 where it takes them, and a minus where it needs one."""
    minutes, milliseconds = divmod(round(abs(seconds) * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    point = "," if format == "srt" else "."
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours:02}:{minutes:02}:{milliseconds // 1000:02}{point}{milliseconds % 1000:03}"


def _seconds(sign: str, hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    whole = 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)
    value = round(whole + float(f"0.{fraction or 0}"), 3)
    return -value if sign else value
