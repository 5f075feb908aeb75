"""What the second pass changes, run by run: sentences and cues between those that stay. Nothing is written here.

A run is changed as a whole or not at all, so that no cue of it is left on screen together with one of another pass.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import inf

from msgspec.structs import replace

from pipeline.events import AnyEvent, Cue, Rendering, Repaired, Sentence, Value, Withdrawn
from pipeline.refining.aligning import Aligned
from pipeline.refining.voting import Span
from pipeline.settings import CueRules
from pipeline.state import State
from pipeline.subtitles.cues import to_cues

Rendered = Mapping[str, Mapping[str, Rendering]]
"""By track, each new sentence as it shows it, by id."""


class Run(Value, frozen=True):
    """Events that are journaled together; none of them once a person has touched a cue that they are about."""

    events: tuple[AnyEvent, ...]
    about: frozenset[str]
    """Ids of cues."""
    replaced: int
    """Live sentences whose words are others now, or gone."""
    added: int
    """New sentences with words that were in none at their time."""


class Change(Value, frozen=True):
    """Sentences that follow on each other, and those whose place they take."""

    new: tuple[Sentence, ...]
    old: tuple[Sentence, ...]

    def repaired(self, repairs: Iterable[Repaired]) -> Iterator[Repaired]:
        """Of all names that were put right, those in its sentences, which have other ids by now."""
        for repair in repairs:
            for one in self.new:
                if one.start <= repair.start <= one.end:
                    yield replace(repair, sentence=one.id)


def changes(state: State, found: Aligned, settled: Iterable[Span]) -> list[Change]:
    """What is to be changed together, by time: what nothing that stays lies between, and no cue joins to what does."""
    new = {one.id: one for one in found.new}
    old = {id: state.sentences[id] for id in new if id in state.sentences} | {one.id: one for one in found.gone}
    for id in _drawn_in(state, {*old, *new}, {one.id for one in found.same}, [one.start for one in found.new]):
        old[id] = state.sentences[id]
        new[id] = replace(old[id], rev=old[id].rev + 1, pass_=2)
    stay = [*(span.start for span in settled), *(one.start for id, one in state.sentences.items() if id not in old)]
    return list(_between(stay, new.values(), old.values()))


def _drawn_in(state: State, changed: set[str], same: set[str], firsts: Sequence[float]) -> set[str]:
    """Of the sentences that are the same, those that share a cue with one that is not, and those whose cue stands where
    one begins."""
    drawn: set[str] = set()
    cues = [(cue, {*cue.sentences} & same) for cue in state.cues.values() if not same.isdisjoint(cue.sentences)]
    for cue, mine in cues:
        said = max(state.sentences[id].end for id in mine)
        if any(said <= first < cue.end for first in firsts):
            drawn |= mine
    while more := [ids for cue, ids in cues if not ids <= drawn and not (changed | drawn).isdisjoint(cue.sentences)]:
        drawn = drawn.union(*more)
    return drawn


def _between(stay: Iterable[float], new: Iterable[Sentence], old: Iterable[Sentence]) -> Iterator[Change]:
    """In the order in which they are said; what stays parts them."""
    kinds = ((1, new), (2, old))
    ordered = [(start, 0, None) for start in stay] + [(one.start, kind, one) for kind, ones in kinds for one in ones]
    for stays, group in groupby(sorted(ordered, key=lambda item: item[:2]), key=lambda item: item[1] == 0):
        if not stays:
            items = list(group)
            made, gone = (tuple(one for _, kind, one in items if one and kind == wanted) for wanted in (1, 2))
            yield Change(new=made, old=gone)


def run(state: State, change: Change, rendered: Rendered, repairs: Iterable[Repaired], rules: CueRules) -> Run | None:
    """The events of a change; None where what stays leaves it no room, or it would lose a translation. What is the same
    of it is no event."""
    ids = {one.id for one in change.old}
    before = {cue.id: cue for cue in state.cues.values() if not ids.isdisjoint(cue.sentences)}
    made: list[Cue] = []
    for lang, renderings in rendered.items():
        mine = [renderings[one.id] for one in change.new]
        if any(_lost(one, before.values()) for one in mine):
            return None
        placed = _placed([cue for cue in state.track(lang) if cue.id not in before], mine, rules)
        if placed is None:
            return None
        made += placed
    tracks = rendered.values()
    tries = [replace(tried, pass_=2) for one in change.new for track in tracks for tried in track[one.id].attempts]
    return _run(state, change, [*change.repaired(repairs), *change.new, *tries], list(before), made)


def _lost(rendering: Rendering, before: Iterable[Cue]) -> bool:
    """Whether a sentence that has a good translation would have none, or a doubtful one."""
    if not rendering.untranslated and not rendering.doubtful:
        return False
    shown = [cue for cue in before if cue.lang == rendering.lang and rendering.sentence.id in cue.sentences]
    return bool(shown) and all({"untranslated", "doubtful"}.isdisjoint(cue.flags) for cue in shown)


def _placed(track: Sequence[Cue], renderings: Sequence[Rendering], rules: CueRules) -> list[Cue] | None:
    """Their cues between those of the track that stay; None if they would stand on screen together with one."""
    if not renderings:
        return []
    at = renderings[0].sentence.start
    before = [cue for cue in track if cue.start < at]
    until = min((cue.start for cue in track if cue.start >= at), default=inf)
    made = [cue for cue in to_cues(renderings, rules, before[-1:], until) if isinstance(cue, Cue)]
    ends = [*(cue.end for cue in before[-1:]), *(cue.end for cue in made)]
    starts = [*(cue.start for cue in made), until]
    fitting = all(start >= end - 0.0005 for start, end in zip(starts[-len(ends) :], ends, strict=True))
    return made if fitting and all(cue.end > cue.start for cue in made) else None


def _run(state: State, change: Change, first: Iterable[AnyEvent], before: Sequence[str], made: Sequence[Cue]) -> Run:
    new, known, stay = {cue.id for cue in made}, {one.id for one in change.old}, {one.id for one in change.new}
    gone = [*(id for id in before if id not in new), *(id for id in known if id not in stay)]
    events: list[AnyEvent] = [
        *first,
        *(Withdrawn(id=id, pass_=2) for id in gone),
        *(cue for one in made if (cue := _next(state, one))),
    ]
    about = frozenset([*new, *before])
    replaced = sum(not _said_in(change.new, one) for one in change.old)
    added = sum(one.id not in known and not _said_in(change.old, one) for one in change.new)
    return Run(events=tuple(events), about=about, replaced=replaced, added=added)


def _said_in(others: Iterable[Sentence], one: Sentence) -> bool:
    """Whether they have all its words in their order at its time, however they are cut and marked."""
    meanwhile = " ".join(other.text for other in others if other.start < one.end and other.end > one.start)
    return _words(one.text) in _words(meanwhile)


def _words(text: str) -> str:
    return " ".join(["", *re.findall(r"[^\W_]+", text.casefold()), ""])


def _next(state: State, cue: Cue) -> Cue | None:
    """The cue with its rev; None where it is there already as it is."""
    now = state.cues.get(cue.id)
    if now and replace(cue, rev=now.rev, pass_=now.pass_) == now:
        return None
    return replace(cue, rev=state.revs.get(cue.id, 0) + 1, pass_=2)
