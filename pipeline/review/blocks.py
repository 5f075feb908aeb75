"""The lines of a subtitle file, sorted into what they are: numbers, time lines, text, comments, none of it."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.events import Value
from pipeline.review.file import FileCue, Finding, Rule, Stray
from pipeline.review.times import FORM, Format, TimeLine, bare, meant_as_times, read_times

HOURS = 100
"""From so many on, most players and editors show nothing."""

_NUMBER = re.compile(r"[-#]?[0-9]{1,9}(\.[0-9]*|[:)])?")
_PLAIN = re.compile(r"[0-9]{1,9}")
_NOTE = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")


class _Head(Value, frozen=True):
    """Where a cue begins; its lines as indices."""

    number: int | None
    line: int
    """Its time line; where it has none, its number."""
    times: TimeLine | None
    """None where there are none, or they cannot be read."""

    @property
    def first(self) -> int:
        return self.line if self.number is None else self.number


class Sorted:
    """What a file says, and what is odd about how it says it."""

    def __init__(self, lines: Sequence[str], format: Format, name: str) -> None:
        self.cues: list[FileCue] = []
        self.findings: list[Finding] = []
        self.stray: list[Stray] = []
        self.head = ""
        self._lines, self._format = lines, format
        self._notes: list[str] = []
        """Of WebVTT, since the last cue."""
        self._number = 0
        """Of the cue before."""
        heads = list(_heads(lines, format))
        ends = [*(head.first for head in heads), len(lines)]
        self._take_top(ends[0], name)
        for place, (head, end) in enumerate(zip(heads, ends[1:], strict=True), 1):
            self._check_number(head, place)
            self._take(head, self._text(head.line + 1, end))
        self.below = "\n\n".join(self._notes)

    def _tell(self, rule: Rule, line: int, found: str, allowed: str, *, cue: bool = True) -> None:
        """`line` is an index; `cue`: it is about the cue that comes next."""
        number = len(self.cues) + 1 if cue else 0
        self.findings.append(Finding(rule=rule, line=line + 1, found=found, allowed=allowed, cue=number))

    def _take_top(self, end: int, name: str) -> None:
        """What stands before the first cue: WebVTT's header and comments; else it is text that nobody will see."""
        first = next((at for at in range(end) if self._lines[at].strip()), end)
        if first < end and bare(self._lines[first]).startswith("WEBVTT"):
            if name.lower().endswith(".srt"):
                self._tell("format", first, "WebVTT", "SRT", cue=False)
            blank = next((at for at in range(first, end) if not self._lines[at].strip()), end)
            self.head = bare("\n".join(self._lines[first:blank])).removeprefix("WEBVTT")
            first = blank
        elif self._format == "vtt":
            self._tell("header", first, (self._lines[first] if first < end else "")[:40], "WEBVTT", cue=False)
        for start, stop in self._paragraphs(first, end):
            self._take_loose(start, stop)

    def _take_loose(self, start: int, stop: int) -> None:
        text = "\n".join(self._lines[start:stop])
        if self._format == "vtt" and _NOTE.match(text):
            self._notes.append(text)
            return
        self._tell("stray", start, text, "text below the times of a cue", cue=False)
        self.stray.append(Stray(line=start + 1, text=text))

    def _paragraphs(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Lines without a blank one between them, as indices from and to."""
        blank = [first - 1, *(at for at in range(first, end) if not self._lines[at].strip()), end]
        return ((before + 1, at) for before, at in pairwise(blank) if before + 1 < at)

    def _text(self, first: int, end: int) -> str:
        """What a cue says; comments below it, of WebVTT, are kept for the next one."""
        notes: list[str] = []
        if self._format == "vtt":
            loose = [part for part in self._paragraphs(first, end) if part[0] > first]
            while loose and _NOTE.match(self._lines[loose[-1][0]]):
                start, stop = loose.pop()
                notes.insert(0, "\n".join(self._lines[start:stop]))
                end = start
        self._coming = notes
        lines = list(self._lines[first:end])
        while lines and not lines[-1].strip():
            lines.pop()
        return "\n".join(lines)

    def _take(self, head: _Head, text: str) -> None:
        if head.first and self._lines[head.first - 1].strip() and (self.cues or self.head or self._format == "vtt"):
            self._tell("separator", head.first, "no blank line", "a blank line before a cue")
        if head.times:
            self._check_times(head.line, head.times)
            self.cues.append(self._cue(head, head.times, text))
            self._notes = self._coming
            return
        found = self._lines[head.line].strip() if head.number != head.line else "no time line"
        self._tell("time", head.line, found, FORM[self._format], cue=False)
        whole = "\n".join([*self._lines[head.first : head.line + 1], *([text] if text else [])])
        self.stray.append(Stray(line=head.first + 1, text=whole))
        self._notes += self._coming

    def _cue(self, head: _Head, times: TimeLine, text: str) -> FileCue:
        return FileCue(
            start=times.start,
            end=times.end,
            text="\n".join(part for part in (times.text, text) if part),
            line=head.line + 1,
            number="" if head.number is None else bare(self._lines[head.number]),
            settings=times.settings,
            above="\n\n".join(self._notes),
        )

    def _check_times(self, line: int, times: TimeLine) -> None:
        said = self._lines[line].strip()
        if not times.strict:
            self._tell("time-format", line, said, FORM[self._format])
        if min(times.start, times.end) < 0:
            self._tell("negative", line, said, "times from 0 on")
        if max(times.start, times.end) >= HOURS * 3600:
            self._tell("hours", line, said, f"less than {HOURS} hours")

    def _check_number(self, head: _Head, place: int) -> None:
        """A number is right by the one before, or by its place, so that one wrong number is one fault."""
        number = "" if head.number is None else bare(self._lines[head.number])
        expected = self._number + 1
        self._number = int(number) if _PLAIN.fullmatch(number) else expected
        if self._format == "srt" and (not _PLAIN.fullmatch(number) or int(number) not in (expected, place)):
            self._tell("index", head.first, number or "none", str(place))


def _heads(lines: Sequence[str], format: Format) -> Iterator[_Head]:
    """Where cues begin: at every time line, at what was meant as one, and at a number in its turn without one."""
    last = -1  # the last line that is spoken for
    number = 0
    for at, line in enumerate(lines):
        times = read_times(line, format)
        if times or meant_as_times(line):
            above = _number_above(lines, at, last, format)
            number = _value(lines[above]) if above is not None else number + 1
            yield _Head(number=above, line=at, times=times)
            last = at
        elif number and format == "srt" and _value(line) == number + 1 and _stands_alone(lines, at):
            number += 1
            yield _Head(number=at, line=at, times=None)
            last = at


def _number_above(lines: Sequence[str], at: int, last: int, format: Format) -> int | None:
    """The line with the number, or WebVTT's identifier, of the cue whose time line is `at`; none up to line `last`."""

    def blank(line: int) -> bool:
        return line < 0 or not lines[line].strip()

    above = at - 1
    if blank(above):  # the number may stand one higher
        above -= 1
        alone = above > last and blank(above - 1) and _NUMBER.fullmatch(bare(lines[above]))
        return above if alone else None
    text = bare(lines[above])
    named = format == "vtt" and blank(above - 1) and not (_NOTE.match(text) or text.startswith("WEBVTT"))
    return above if above > last and (named or _NUMBER.fullmatch(text)) else None


def _value(line: str) -> int:
    text = bare(line)
    return int(text) if _PLAIN.fullmatch(text) else 0


def _stands_alone(lines: Sequence[str], at: int) -> bool:
    """Whether a number stands below a blank line and above text that is no time line: its cue has none."""
    after = lines[at + 1] if at + 1 < len(lines) else ""
    told = read_times(after, "srt") or meant_as_times(after)
    return not lines[at - 1].strip() and bool(after.strip()) and not told
