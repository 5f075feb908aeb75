"""What is wrong with the texts of cues: a fault a rule, with what was found and what belongs there."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from pipeline.events import Value
from pipeline.review import numbers, typography
from pipeline.review.file import FileCue
from pipeline.review.markup import tag_names, visible
from pipeline.review.profile import Profile
from pipeline.review.times import Format
from pipeline.subtitles.language import language
from pipeline.subtitles.lines import atoms, break_lines, tears

_ENDS = re.compile(r"[.!?…][\"”’»)\]]*$")
_WITHIN = re.compile(r"(?<!\S)(\S*[.!?…])[\"”’»)\]]*\s+[-–—]?[\"“«(\[¿¡]?(?=[^\W\d_])(\S)")


class Text(Value, frozen=True):
    """A cue's text as it stood and as it is read, with what is read before and after it."""

    raw: str
    lines: tuple[str, ...]
    before: str | None = None
    after: str | None = None

    @property
    def whole(self) -> str:
        return " ".join(self.lines)

    @property
    def two(self) -> bool:
        """Two speakers share it: its lines are not one text."""
        return typography.spoken_by_two("\n".join(self.lines)) > 0


class TextFault(Value, frozen=True):
    """`cue` is an index."""

    cue: int
    rule: str
    found: str | float
    allowed: str | float


def text_faults(cues: Sequence[FileCue], format: Format, profile: Profile) -> Iterator[TextFault]:
    """What the texts have wrong, at most once a rule and cue; an empty text has nothing."""
    shown = [visible(cue.text, format) for cue in cues]
    for at, cue in enumerate(cues):
        lines = tuple(line.strip() for line in shown[at].split("\n") if line.strip())
        text = Text(
            raw=cue.text,
            lines=lines,
            before=shown[at - 1].strip() if at else None,
            after=shown[at + 1].strip() if at + 1 < len(cues) else None,
        )
        for rule, look in _LOOK.items() if lines else ():
            if fault := look(text, profile):
                yield TextFault(cue=at, rule=rule, found=fault[0], allowed=fault[1])


def mends(profile: Profile) -> dict[str, Callable[[str], str]]:
    """What puts a text right, by rule; each leaves one alone that does not break it."""
    mending: dict[str, Callable[[str], str]] = {
        "spaces": typography.spaces,
        "characters": typography.invisible,
        "arrow": typography.arrow,
    }
    if style := profile.ellipsis:
        mending["ellipsis"] = lambda text: typography.ellipsis(text, style)
    if marks := profile.punctuation:
        mending["punctuation"] = lambda text: typography.punctuation(text, marks)
    if hyphen := profile.hyphens:
        mending["hyphens"] = lambda text: typography.hyphens(text, hyphen)
    return mending


Look = Callable[[Text, Profile], tuple[str | float, str | float] | None]


def _mendable(rule: str) -> Look:
    """The rule is broken where its mending changes the text: the first line that differs, before and after."""

    def look(text: Text, profile: Profile) -> tuple[str, str] | None:
        mend = mends(profile).get(rule)
        mended = mend(text.raw) if mend else text.raw
        if mended == text.raw:
            return None
        pairs = zip(text.raw.split("\n"), mended.split("\n"), strict=False)
        return next(pair for pair in pairs if pair[0] != pair[1])

    return look


def _characters(text: Text, profile: Profile) -> tuple[str, str] | None:
    wrong, meant = typography.mojibake(text.raw)
    if wrong:
        return wrong, meant
    if "\N{REPLACEMENT CHARACTER}" in text.raw:
        return "U+FFFD", "the character that was lost"
    return None if typography.invisible(text.raw) == text.raw else ("invisible characters", "none")


def _tags(text: Text, profile: Profile) -> tuple[str, str] | None:
    """Tags that are not allowed, or are opened and not closed."""
    open_tags: list[str] = []
    for name in tag_names(text.raw):
        if profile.tags is not None and name.removeprefix("/") not in profile.tags:
            return name, ", ".join(profile.tags) or "none"
        if name.startswith("/"):
            if name[1:] not in open_tags:
                return f"{name} without its beginning", "both or none"
            open_tags.remove(name[1:])
        elif name in ("i", "b", "u", "s", "font", "c", "ruby", "rt"):
            open_tags.append(name)
    return (f"{open_tags[0]} without its end", "both or none") if open_tags else None


def _hyphens(text: Text, profile: Profile) -> tuple[str | float, str | float] | None:
    if not profile.hyphens:
        return None
    if wrong := _mendable("hyphens")(text, profile):
        return wrong
    spoken = typography.spoken_by_two("\n".join(text.lines))
    return (f"a hyphen on {spoken} line of 2", "on both lines") if spoken == 1 and len(text.lines) == 2 else None


def _numbers(text: Text, profile: Profile) -> tuple[str, str] | None:
    found = numbers.digits("\n".join(text.lines)) if profile.numbers else ""
    return (found, "one to ten in letters") if found else None


def _break(text: Text, profile: Profile) -> tuple[str, str] | None:
    """A line that ends within what belongs together, where the same text has better lines."""
    if (
        not profile.breaks
        or len(text.lines) < 2
        or text.two
        or text.whole.isupper()
        or not may_fit(text.whole, profile)
    ):
        return None
    torn = _torn(text.lines, profile)
    if not torn:
        return None
    better = break_lines(text.whole, profile.rules, profile.lang)
    return (torn, " | ".join(better)) if better and not _torn(better, profile) else None


def may_fit(text: str, profile: Profile) -> bool:
    """Whether a text is short enough to look for the lines that it fits on."""
    return len(text) <= profile.rules.lines * (profile.rules.cpl + 1)


def _torn(lines: Sequence[str], profile: Profile) -> str:
    cpl = max(map(len, lines))
    for upper, lower in pairwise(lines):
        left, right = atoms(upper, cpl)[-1], atoms(lower, cpl)[0]
        if tears(left, right, profile.lang):
            return f"{left} | {right}"
    return ""


def _balance(text: Text, profile: Profile) -> tuple[float, float] | None:
    if not profile.balance or len(text.lines) != 2 or text.two:
        return None
    shorter, longer = sorted(map(len, text.lines))
    return (round(shorter / longer, 2), profile.balance) if shorter < profile.balance * longer else None


def _joined(text: Text, profile: Profile) -> tuple[str, str] | None:
    """The end of a sentence that began in a cue before, or the beginning of one that goes on, beside another one."""
    if not profile.joined or text.two or not (within := _sentence_end(text.whole, profile.lang)):
        return None
    begun = text.before and not _ENDS.search(text.before) and text.whole.lstrip('"“«([')[:1].islower()
    goes_on = text.after and not _ENDS.search(text.whole)
    return (within, "whole sentences, or a part of one") if begun or goes_on else None


def _sentence_end(text: str, lang: str) -> str:
    """Where in it a sentence ends and another begins; empty if none does."""
    known = language(lang)
    for found in _WITHIN.finditer(text):
        word = found[1].lower().rstrip(".")
        if found[2].isupper() and word not in known.titles | known.counters | known.abbreviations and len(word) > 1:
            return found[0]
    return ""


_LOOK: dict[str, Look] = {
    "spaces": _mendable("spaces"),
    "characters": _characters,
    "arrow": _mendable("arrow"),
    "tags": _tags,
    "ellipsis": _mendable("ellipsis"),
    "punctuation": _mendable("punctuation"),
    "hyphens": _hyphens,
    "numbers": _numbers,
    "break": _break,
    "balance": _balance,
    "joined": _joined,
}
RULES = tuple(_LOOK)
"""Their names."""
