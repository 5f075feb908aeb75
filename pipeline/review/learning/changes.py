"""What became of lines that a person changed, from how a program made them to how they are now. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from pipeline.direction import standing as actions_standing
from pipeline.editing import standing
from pipeline.events import Cue, Value
from pipeline.review.learning.proposal import Evidence
from pipeline.state import State
from pipeline.subtitles.inserted import is_typed

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LONGEST = 5
"""Words of one correction; more is a sentence that was written anew."""


class Changed(Value, frozen=True):
    """Lines of one track that belong together by the edits between them."""

    before: tuple[Cue, ...]
    """As they were before a person touched any of them."""
    after: tuple[Cue, ...]
    """As they are now; empty where they were taken out."""

    @property
    def lang(self) -> str:
        return self.before[0].lang

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(id for cue in self.before for id in cue.sentences))

    @property
    def evidence(self) -> Evidence:
        first = (*self.after, *self.before)[0]
        return Evidence(
            cue=first.id if self.after else "",
            start=first.start,
            before=text_of(self.before),
            after=text_of(self.after),
        )


class Correction(Value, frozen=True):
    """A few words in the place of others."""

    before: str
    after: str
    place: float
    """Where in the text that was, 0 to 1."""
    begins: bool
    """It stands where a sentence begins, so its capital says nothing."""


def text_of(cues: Iterable[Cue]) -> str:
    """On one line."""
    return " ".join(" ".join(cue.text.split()) for cue in cues)


def changed(state: State) -> list[Changed]:
    """All of them by time; lines that a person typed were made by no program."""
    origin, leads = _origins(state)
    groups: dict[str, list[str]] = defaultdict(list)
    for id in leads:
        groups[_root(leads, id)].append(id)
    found = []
    for ids in groups.values():
        before = sorted((origin[id] for id in ids if id in origin), key=lambda cue: cue.start)
        after = sorted((state.cues[id] for id in ids if id in state.cues), key=lambda cue: cue.start)
        if before and not any(map(is_typed, before)):
            found.append(Changed(before=tuple(before), after=tuple(after)))
    return sorted(found, key=lambda one: one.before[0].start)


def _origins(state: State) -> tuple[dict[str, Cue], dict[str, str]]:
    """By id, the cue before anybody touched it; and for each id another one of its group, in the end its root."""
    origin: dict[str, Cue] = {}
    leads: dict[str, str] = {}
    made: set[str] = set()
    for before, after in _steps(state):
        ids = list(dict.fromkeys((*(cue.id for cue in before), *after)))
        for cue in before:
            if cue.id not in made:
                origin.setdefault(cue.id, cue)
        made.update(id for id in after if id not in origin)
        for id in ids:
            leads.setdefault(id, id)
        for id in ids[1:]:
            leads[_root(leads, id)] = _root(leads, ids[0])
    return origin, leads


def _steps(state: State) -> Iterator[tuple[Sequence[Cue], Sequence[str]]]:
    """What replaced what, in order: on the console first, which is earlier."""
    for action in actions_standing(state, "edit", "kill"):
        if was := state.replaced.get(action.id):
            yield [was], [was.id]
    for edit in standing(state):
        if edit.did not in ("undo", "note", "accept"):
            yield state.found.get(edit.id, ()), [cue.id for cue in edit.after]


def _root(leads: dict[str, str], id: str) -> str:
    while leads[id] != id:
        id = leads[id]
    return id


def corrections(one: Changed) -> Iterator[Correction]:
    """The words that were put in the place of others."""
    old, new = text_of(one.before), text_of(one.after)
    before, after = list(_WORD.finditer(old)), list(_WORD.finditer(new))
    matcher = SequenceMatcher(None, [word[0] for word in before], [word[0] for word in after], autojunk=False)
    for i, j, k, m in _replaced(matcher.get_opcodes()):
        if 0 < j - i <= _LONGEST and 0 < m - k <= _LONGEST:
            yield Correction(
                before=" ".join(word[0] for word in before[i:j]),
                after=" ".join(word[0] for word in after[k:m]),
                place=i / max(1, len(before)),
                begins=not after[k].start() or new[: after[k].start()].rstrip(' "“«-').endswith((".", "!", "?", "…")),
            )


Span = tuple[int, int, int, int]
"""Words of the one and of the other, from and to each."""


def _replaced(steps: Iterable[tuple[str, int, int, int, int]]) -> list[Span]:
    """What differs; where a word alone stands between words that were only put in or taken out and others that differ,
    all of it is one: `the mayor's house` became `the house of La Mairie`."""
    found: list[Span] = []
    for kind, i, j, k, m in steps:
        if kind == "equal":
            continue
        if found and i - found[-1][1] == 1 and (_one_sided(found[-1]) or _one_sided((i, j, k, m))):
            found[-1] = (found[-1][0], j, found[-1][2], m)
        else:
            found.append((i, j, k, m))
    return found


def _one_sided(span: Span) -> bool:
    return span[0] == span[1] or span[2] == span[3]


def words(text: str) -> list[str]:
    return _WORD.findall(text)
