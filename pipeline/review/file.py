"""A subtitle file as it stood: what it says, how it was written, and what was odd about it.

Nothing in here is judged or put right: `check` judges, `fix` mends, `writing` writes it back the same.
"""

from typing import Literal

from pipeline.events import Value

Rule = Literal[
    "not-text", "no-cues", "encoding", "newlines", "format", "header", "stray", "time", "time-format", "negative",
    "hours", "index", "separator",
]  # fmt: skip
"""What a file itself can have wrong; docs/qc.md says what each means."""


class Written(Value, frozen=True):
    """How a file was written."""

    format: Literal["srt", "vtt"] = "srt"
    encoding: str = "utf-8"
    """A name that Python knows, without the byte order mark: that is `bom`."""
    bom: bool = False
    newline: str = "\n"
    """That of most lines."""
    braces: bool = True
    """Its texts can have braces and backslashes; where not, what `export` puts stands for them."""


class FileCue(Value, frozen=True):
    """One cue as the file has it; seconds, of which a file may have any: negative ones, an end before its start."""

    start: float
    end: float
    text: str
    """Lines are joined by a newline; tags and the escapes of WebVTT are as they stood."""
    line: int = 0
    """Of its time line, counted from 1; 0 for one that was in no file."""
    number: str = ""
    """SRT's number or WebVTT's identifier; empty where there was none."""
    settings: str = ""
    """What stood behind the times: WebVTT's settings, SRT's coordinates."""
    above: str = ""
    """WebVTT: comments and styles between the cue before and this one."""


class Finding(Value, frozen=True):
    """Something about how the file is written: what was found and what belongs there."""

    rule: Rule
    line: int
    """Counted from 1."""
    found: str
    allowed: str
    cue: int = 0
    """Position of the cue it is about, counted from 1; 0 for none."""


class Stray(Value, frozen=True):
    """Text that belongs to no cue whose times can be read."""

    line: int
    text: str


class SubtitleFile(Value, frozen=True):
    """All that a file says; every word of it is in one of these."""

    cues: tuple[FileCue, ...] = ()
    """In the file's order."""
    written: Written = Written()
    findings: tuple[Finding, ...] = ()
    stray: tuple[Stray, ...] = ()
    head: str = ""
    """WebVTT: what stood behind WEBVTT and below it before the first blank line."""
    below: str = ""
    """WebVTT: comments after the last cue."""

    @property
    def readable(self) -> bool:
        """It is text, whatever is wrong with that."""
        return all(finding.rule != "not-text" for finding in self.findings)
