"""Holds a subtitle file against a profile: everything that is wrong with it, in the file's order."""

from collections.abc import Iterator, Sequence
from math import ceil

from pipeline.events import Cue, Value
from pipeline.names.glossary import Glossary
from pipeline.review.file import FileCue, Finding, SubtitleFile
from pipeline.review.markup import visible
from pipeline.review.profile import Profile
from pipeline.review.texts import text_faults
from pipeline.review.times import Format
from pipeline.subtitles.quality import faults

_SPELLING = "spelling"
_UNCHECKED = (
    "shot changes", "sync to the sound", _SPELLING, "sense", "names", "what was left out", "colours and place on screen"
)  # fmt: skip
"""What no profile says anything about."""
_SPEEDS = ("cps", "wpm")
_NOTHING = 1e-6
"""What floating point may be out by."""


class FileFault(Value, frozen=True):
    """One thing that is wrong: numbers are seconds, characters, words a minute; texts are what stands there."""

    cue: int | None
    """Its position in the file, counted from 1; None for the file itself."""
    line: int
    """In the file, counted from 1."""
    start: float | None
    """When the cue begins, seconds."""
    rule: str
    found: str | float
    allowed: str | float
    text: str
    """Of the cue."""


def check(file: SubtitleFile, profile: Profile) -> list[FileFault]:
    """Every fault of a file, at most one a rule and cue."""
    told = [_told(file, finding) for finding in file.findings]
    return sorted([*told, *judge(file.cues, file.written.format, profile)], key=_place)


def judge(cues: Sequence[FileCue], format: Format, profile: Profile) -> Iterator[FileFault]:
    """What is wrong with cues, whatever is wrong with the file they stand in."""
    shaped = [_shown(at, cue, format) for at, cue in enumerate(cues)]
    for fault in faults(shaped, profile.limits):
        found = _up(fault.found, 1000) if fault.rule in _SPEEDS else round(fault.found, 3)
        yield _fault(cues, int(fault.cue), fault.rule, found, fault.allowed)
    for text in text_faults(cues, format, profile):
        yield _fault(cues, text.cue, text.rule, text.found, text.allowed)


def unchecked(*, spelling: bool) -> str:
    """What is not looked at; `spelling` is whether that was asked for."""
    return ", ".join(one for one in _UNCHECKED if not (spelling and one == _SPELLING))


def misspelt(cues: Sequence[FileCue], format: Format, lang: str, glossary: Glossary) -> Iterator[FileFault]:
    """The words that neither the dictionary of the language nor the glossary has, a fault for each cue that has any;
    SettingsError without a dictionary."""
    from pipeline.review.spelling import names_of, unknown

    shown = [visible(cue.text, format) for cue in cues]
    names = names_of(glossary, shown)
    for at, text in enumerate(shown):
        if words := [word for word, _ in unknown(text, lang, names)]:
            yield _fault(cues, at, _SPELLING, ", ".join(dict.fromkeys(words)), "words of the dictionary")


def _shown(at: int, cue: FileCue, format: Format) -> Cue:
    text = "\n".join(line.strip() for line in visible(cue.text, format).split("\n"))
    return Cue(id=str(at), lang="", start=cue.start, end=cue.end, text=text, sentences=())


def _fault(cues: Sequence[FileCue], at: int, rule: str, found: str | float, allowed: str | float) -> FileFault:
    cue = cues[at]
    return FileFault(cue=at + 1, line=cue.line, start=cue.start, rule=rule, found=found, allowed=allowed, text=cue.text)


def _told(file: SubtitleFile, finding: Finding) -> FileFault:
    cue = file.cues[finding.cue - 1] if 0 < finding.cue <= len(file.cues) else None
    return FileFault(
        cue=finding.cue if cue else None,
        line=finding.line,
        start=cue.start if cue else None,
        rule=finding.rule,
        found=finding.found,
        allowed=finding.allowed,
        text=cue.text if cue else "",
    )


def figure(rule: str, value: str | float) -> str | float:
    """What is found, for people: a speed with one decimal, rounded up, so that what is over looks over."""
    return _up(value, 10) if rule in _SPEEDS and not isinstance(value, str) else value


def _up(speed: float, parts: int) -> float:
    """Rounded up to so many parts of one: what is over stays over."""
    return ceil(parts * speed - _NOTHING) / parts


def _place(fault: FileFault) -> tuple[int, str]:
    return fault.line, fault.rule
