"""Finding text in lines, and what replacing it makes of them: hits that a person ticks one by one.

By `regex`, whose search can be broken off: there are patterns that take for ever.
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from pipeline.editing import shown_text
from pipeline.errors import SettingsError
from pipeline.events import Cue, Edit, Value
from pipeline.settings import CueRules
from pipeline.subtitles.lines import break_lines

_PATIENCE = 2.0
"""Seconds that a search takes at most; three hours of plain text take a hundredth of that."""
_SPACES = "[ \t\n\u00a0\u202f]+"
_SPACE, _APOSTROPHE = re.compile(_SPACES), re.compile("['’]")


class Sought(Value, frozen=True):
    """What is looked for. A space is any, also the end of a line; an apostrophe is either."""

    what: str
    regex: bool = False
    case: bool = False
    word: bool = False
    """Whole words only."""


class Hit(Value, frozen=True):
    """A place in a line, as positions in its text, and what the line becomes if that alone is replaced."""

    cue: str
    rev: int
    lang: str
    at: float
    """When the line begins, seconds."""
    text: str
    first: int
    last: int
    becomes: str | None = None


class Tick(Value, frozen=True):
    """A hit that is to be replaced, as the page saw it."""

    cue: str
    rev: int
    first: int


class Stale(Value, frozen=True):
    """A line of which nothing is replaced, and why."""

    cue: str
    why: str


def find(cues: Iterable[Cue], sought: Sought, rules: CueRules, by: str | None = None) -> list[Hit]:
    """Every place, in the order of the cues; with `by`, what it becomes. SettingsError for what is no pattern, or takes
    too long."""
    search = _Search(sought)
    hits: list[Hit] = []
    for cue in cues:
        for found in search.all(cue.text):
            becomes = None if by is None else _replaced(cue, [found], search.with_(by), rules)
            first, last = found.span()
            hit = Hit(cue=cue.id, rev=cue.rev, lang=cue.lang, at=cue.start, text=cue.text, first=first, last=last)
            hits.append(replace(hit, becomes=becomes))
    return hits


def replacing(
    cues: Mapping[str, Cue],
    sought: Sought,
    by: str,
    ticks: Sequence[Tick],
    rules: CueRules,
    new_id: Callable[[], str],
) -> tuple[list[Edit], list[Stale]]:
    """An edit for every line with a tick, and the lines that were changed since. SettingsError as `find`."""
    search = _Search(sought)
    wanted: dict[tuple[str, int], set[int]] = defaultdict(set)
    for tick in ticks:
        wanted[tick.cue, tick.rev].add(tick.first)
    edits: list[Edit] = []
    stale: list[Stale] = []
    for (id, rev), firsts in wanted.items():
        cue = cues.get(id)
        found = _ticked(search, cue, firsts) if cue and cue.rev == rev else []
        if cue and len(found) == len(firsts):
            edits.append(_edit(cue, _replaced(cue, found, search.with_(by), rules), new_id()))
        else:
            stale.append(Stale(cue=id, why="That line was changed meanwhile: look at what it says now."))
    return edits, stale


def _ticked(search: "_Search", cue: Cue, firsts: Collection[int]) -> list[Any]:
    return [found for found in search.all(cue.text) if found.start() in firsts]


def _edit(cue: Cue, text: str, id: str) -> Edit:
    """A line of which nothing is left is deleted."""
    if not shown_text(text):
        return Edit(id=id, did="delete", before=((cue.id, cue.rev),))
    return Edit(id=id, did="text", before=((cue.id, cue.rev),), after=(replace(cue, text=text),))


def _replaced(cue: Cue, found: Sequence[Any], by: Callable[[Any], str], rules: CueRules) -> str:
    """The text on the lines that it had, unless one of them is gone or has become too long."""
    text, done = "", 0
    for one in found:
        text += cue.text[done : one.start()]
        done = one.end()
        put = by(one)
        text = text + put if put else _closed(text, cue.text[done:])
    text = shown_text(text + cue.text[done:])
    longest = max((len(line) for line in cue.text.split("\n")), default=0)
    if text.count("\n") == cue.text.count("\n") and all(
        len(line) <= max(longest, rules.cpl) for line in text.split("\n")
    ):
        return text
    return "\n".join(break_lines(text, rules, cue.lang) or text.split("\n"))


def _closed(text: str, rest: str) -> str:
    """What stands before words that go: without the space that would stand there twice, or before a mark, and without
    the comma that set them off."""
    mark = rest[:1] in (",", ".", "…")
    if text[-1:] == " " and (mark or rest[:1] in (" ", "\n")):
        text = text[:-1]
        return text.removesuffix(",") if mark else text
    return text


class _Search:
    """A pattern, and the time that is left for it."""

    def __init__(self, sought: Sought) -> None:
        import regex

        if not sought.what:
            raise SettingsError("type what is to be found")
        inner = sought.what if sought.regex else _plain(sought.what)
        flags = regex.MULTILINE | (0 if sought.case else regex.IGNORECASE)
        try:
            self._pattern = regex.compile(rf"(?<!\w)(?:{inner})(?!\w)" if sought.word else inner, flags)
        except regex.error as error:
            raise SettingsError(
                f"that is no regular expression ({error}); mend it, or look for it as plain text"
            ) from error
        self._sought, self._until = sought, time.monotonic() + _PATIENCE

    def all(self, text: str) -> list[Any]:
        """The matches in a text, none of them empty."""
        try:
            left = max(0.01, self._until - time.monotonic())
            return [found for found in self._pattern.finditer(text, timeout=left, concurrent=True) if found.group()]
        except TimeoutError:
            raise SettingsError("that pattern takes too long; look for something simpler") from None

    def with_(self, by: str) -> Callable[[Any], str]:
        """What stands in the place of a match: `by`, in which a regular expression may have its groups as `\\1`."""
        import regex

        def expanded(found: Any) -> str:
            try:
                return str(found.expand(by))
            except (regex.error, IndexError, KeyError) as error:
                raise SettingsError(f"that cannot be put in its place ({error}); a group is written \\1") from error

        return expanded if self._sought.regex else lambda found: by


def _plain(what: str) -> str:
    parts = (_APOSTROPHE.sub("['’]", re.escape(part)) for part in _SPACE.split(what))
    return _SPACES.join(parts)
