"""What an editor changes, and what that does to the cues (docs/edits.md).

An edit says whole what it replaces and by what. So who answers it only has to look whether the cues are still as the
editor saw them, and an undo is an edit like any other: the same cues the other way round.
"""

import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from unicodedata import category

from msgspec.structs import replace

from pipeline.events import Cue, Edit, Sentence, Withdrawn
from pipeline.flagging import accepted, flagged
from pipeline.lines import clock_time
from pipeline.restoring import no_restore
from pipeline.settings import CueRules
from pipeline.state import State, unwritten

CHANGED = "That line was changed meanwhile: look at what it says now."
_WORDLESS = "A new line of “…” alone is one that nobody has written yet, and would be in no file: write it first."
_UNSHOWN = ("Cc", "Cs")
"""Unicode's control characters and halves of characters."""
_HALF_MILLISECOND = 0.0005
_SHARE = 0.3
"""Of a part of a cue: a sentence that takes less of it is not shown there."""
_BROUGHT = re.compile(r"(i[0-9a-f]{8}-)i[0-9a-f]+")
"""The id of an edit that a file brought, and what those of the same file have in common."""
_NUMBERS = {
    "split": (1, 1, 2, inf), "merge": (2, inf, 1, 1), "insert": (0, 0, 1, inf), "restore": (0, 0, 1, inf),
    "delete": (1, inf, 0, 0), "accept": (1, inf, 0, inf), "note": (1, inf, 0, 0),
}  # fmt: skip
"""How many cues there are before and after, at least and at most each; text and retime: as many."""


def answered(state: State, edit: Edit, rules: CueRules) -> Edit:
    """The edit as it is done in `state`, its cues with their revs and flags; or refused, in words."""
    if refused := _no_undo(state, edit.of) if edit.did == "undo" else "":
        return replace(edit, refused=refused)
    asked = _spelled_out(state, edit)
    if refused := refusal(state, asked):
        return replace(edit, refused=refused)
    if asked.did in ("undo", "accept"):
        return replace(asked, after=tuple(replace(cue, rev=state.revs.get(cue.id, 0) + 1) for cue in asked.after))
    made = flagged(state, asked, [_written(state, cue) for cue in asked.after], rules)
    if brought(edit) and any(map(unwritten, made)):
        return replace(asked, refused=_WORDLESS)
    return replace(asked, after=made)


def effects(edit: Edit) -> list[Cue | Withdrawn]:
    """What an edit that has been answered does to the cues."""
    if edit.refused or edit.did == "note":
        return []
    kept = {cue.id for cue in edit.after}
    return [*(Withdrawn(id=id) for id, _ in edit.before if id not in kept), *edit.after]


def standing(state: State) -> list[Edit]:
    """The edits that were done and not undone, in order; an undo that was undone itself takes nothing back."""
    undone: set[str] = set()
    left: list[Edit] = []
    for edit in reversed(state.edits.values()):
        if not edit.refused and edit.id not in undone:
            left.append(edit)
            undone.add(edit.of)
    return left[::-1]


def brought(edit: Edit) -> str:
    """What the ids of all edits of the file begin with that brought this one; empty where it was no file."""
    match = _BROUGHT.fullmatch(edit.id)
    return match[1] if match else ""


def later(state: State, cue: Cue) -> bool:
    """Whether the cue was changed at the desk after it was like this, and that stands."""
    edits = [edit for edit in standing(state) if edit.did not in ("undo", "note")]
    seen = [pair for edit in edits for pair in (*edit.before, *((made.id, made.rev - 1) for made in edit.after))]
    return any(id == cue.id and rev >= cue.rev for id, rev in seen)


def cue_id(edit: str, number: int) -> str:
    """An id for the new cue `number` (from 1) of an edit with that id, never used before since no edit's id is."""
    return f"e-{edit}.{number}"


def split_sentences(sentences: Sequence[Sentence], parts: Sequence[tuple[float, float]]) -> list[tuple[str, ...]]:
    """Which of a cue's sentences each of its parts (start, end) shows: those that take enough of its time.

    None is left out, and every part has one.
    """
    if len(sentences) < 2:
        return [tuple(one.id for one in sentences)] * len(parts)
    shares = [[min(one.end, end) - max(one.start, start) for one in sentences] for start, end in parts]
    nearest = [column.index(max(column)) for column in zip(*shares, strict=True)]
    made: list[tuple[str, ...]] = []
    for part, ((start, end), share) in enumerate(zip(parts, shares, strict=True)):
        shown = {at for at, seconds in enumerate(share) if seconds > _SHARE * (end - start) or nearest[at] == part}
        shown = shown or {max(range(len(share)), key=share.__getitem__)}
        made.append(tuple(one.id for at, one in enumerate(sentences) if at in shown))
    return made


def merged_sentences(cues: Sequence[Cue]) -> tuple[str, ...]:
    """The sentences that cues show together."""
    return tuple(dict.fromkeys(id for cue in cues for id in cue.sentences))


def refusal(state: State, edit: Edit) -> str:
    """Why an edit, an undo of one spelled out, cannot be done; empty when it can."""
    before, after = [id for id, _ in edit.before], [cue.id for cue in edit.after]
    least, most, made_least, made_most = _NUMBERS.get(edit.did, (0, inf, 0, inf))
    if not (least <= len(before) <= most and made_least <= len(after) <= made_most):
        return f"That is no {edit.did}: it names {len(before)} lines before and {len(after)} after."
    if edit.did in ("text", "retime") and before != after:
        return f"That is no {edit.did}: it is not about the same lines before and after."
    if edit.did == "undo":
        return _overlap(state, edit)
    if _brings_back(edit) and (refused := no_restore(state, edit, standing(state))):
        return refused
    return _stale(state, edit) or _wrong_ids(state, edit) or _wrong_cues(state, edit) or _overlap(state, edit)


def _named(state: State, edit: Edit) -> Mapping[str, Cue]:
    """The cues that an edit may be about: that a line was taken out can be found right, and said something of."""
    return ChainMap(state.cues, state.killed) if edit.did in ("accept", "note") else state.cues


def _stale(state: State, edit: Edit) -> str:
    there = _named(state, edit)
    for id, rev in edit.before:
        if id not in there:
            return "That line is not there any more."
        if edit.did != "note" and there[id].rev != rev:
            return CHANGED
    return ""


def _wrong_ids(state: State, edit: Edit) -> str:
    before, after = [id for id, _ in edit.before], [cue.id for cue in edit.after]
    if len({*before}) < len(before) or len({*after}) < len(after):
        return "That names a line twice."
    if before and after and before[0] != after[0]:
        return "The first line has to keep its id."
    for id in after:
        back = edit.did == "restore" and id not in state.cues
        if not id or (id not in before and id in state.revs and not back):
            return f"The id {id or 'of a new line'} was used before: choose another."
    return ""


def _wrong_cues(state: State, edit: Edit) -> str:
    there = _named(state, edit)
    langs = {there[id].lang for id, _ in edit.before} | {cue.lang for cue in edit.after}
    tracks = (state.session.src_lang, *state.session.tgt_langs) if state.session else ()
    if (len(langs) > 1 and not _brings_back(edit)) or not langs.issubset(tracks):
        return f"Those lines are not of one track: there are {', '.join(tracks)}."
    for cue in edit.after:
        if not shown_text(cue.text):
            return "An empty line cannot be shown: delete it instead."
        if not 0 <= round(cue.start, 3) < round(cue.end, 3) < inf:
            return "A line has to begin at 0:00:00 or later, and to end after that."
        if unknown := [id for id in cue.sentences if id not in state.sentences and not _known(state, edit, id)]:
            return f"There is no sentence {unknown[0]}."
    return ""


def _brings_back(edit: Edit) -> bool:
    """Whether it is about what a guard kept back: a sentence, so lines of every track."""
    return edit.did == "restore" and edit.of != ""


def _known(state: State, edit: Edit, sentence: str) -> bool:
    return _brings_back(edit) or any(sentence in cue.sentences for cue in state.cues.values())


def _overlap(state: State, edit: Edit) -> str:
    """Who edits may break every rule of speed and gap, but two lines are never on screen at once, in any order."""
    tracks = dict.fromkeys(cue.lang for cue in edit.after)
    found = (_overlap_in(state, edit, [cue for cue in edit.after if cue.lang == lang]) for lang in tracks)
    return next(filter(None, found), "")


def _overlap_in(state: State, edit: Edit, after: Sequence[Cue]) -> str:
    if any(one.end > other.start + _HALF_MILLISECOND for one, other in pairwise(after)):
        return "Two of those lines would be on screen at once."
    before = {id for id, _ in edit.before}
    moved = [cue for cue in after if not _at_its_place(state, cue)]
    if not moved:
        return ""
    lang, first, last = moved[0].lang, moved[0].start, moved[-1].end
    near = [cue for cue in state.cues.values() if cue.start < last and cue.end > first]  # before all that takes longer
    others = [cue for cue in near if cue.lang == lang and cue.id not in before]
    for cue in moved:
        for other in others:
            if min(cue.end, other.end) - max(cue.start, other.start) > _HALF_MILLISECOND:
                return f"It would be on screen together with the line at {clock_time(other.start)}: move that first."
    return ""


def _at_its_place(state: State, cue: Cue) -> bool:
    now = state.cues.get(cue.id)
    return now is not None and (now.start, now.end) == (cue.start, cue.end)


def shown_text(text: str) -> str:
    """A text as it can be in a file, on the lines that its editor chose: none of them empty, no control characters."""
    lines = ("".join(c for c in line.replace("\t", " ") if category(c) not in _UNSHOWN) for line in text.splitlines())
    return "\n".join(line.strip() for line in lines if line.strip())


def _written(state: State, cue: Cue) -> Cue:
    """The cue as it is written."""
    rev, text = state.revs.get(cue.id, 0) + 1, shown_text(cue.text)
    return replace(cue, rev=rev, final=True, text=text, start=round(cue.start, 3), end=round(cue.end, 3))


def _spelled_out(state: State, edit: Edit) -> Edit:
    """An acceptance and an undo with the cues that they make."""
    if edit.did == "accept":
        cues = [state.cues[id] for id, _ in edit.before if id in state.cues]
        return replace(edit, after=tuple(map(accepted, cues))) if _stale(state, edit) == "" else edit
    if edit.did != "undo":
        return edit
    undone = state.edits[edit.of]
    now = [state.cues[cue.id] for cue in undone.after]
    marked = {cue.id for cue in now if "marked" in cue.flags}
    was = [_marked(cue, cue.id in marked) for cue in state.found.get(edit.of, ())]
    return replace(edit, before=tuple((cue.id, cue.rev) for cue in now), after=tuple(was))


def _marked(cue: Cue, marked: bool) -> Cue:
    """A cue with the mark that it has now, not the one that it had: marks are taken away by themselves."""
    if marked == ("marked" in cue.flags):
        return cue
    flags = tuple(flag for flag in cue.flags if flag != "marked")
    return replace(cue, flags=(*flags, "marked") if marked else flags)


def _no_undo(state: State, of: str) -> str:
    """Why an edit cannot be undone; empty when it can."""
    undone = state.edits.get(of)
    if undone is None or undone.refused:
        return "There is nothing to undo."
    if undone not in standing(state):
        return "That was undone already."
    if undone.did == "note":
        return ""
    made = {cue.id: cue for cue in undone.after}
    gone = [id for id, _ in undone.before if id not in made]
    since = {id for edit in _after(state, of) if edit.did not in ("undo", "note") for id in about(edit)}
    changed = any(id in state.cues for id in gone) or not all(_as_made(state, cue) for cue in made.values())
    if changed or not since.isdisjoint(about(undone)):
        return "That line was changed again since then: undo that first."
    return ""


def _after(state: State, id: str) -> list[Edit]:
    """The edits after that one that stand."""
    order = {edit: number for number, edit in enumerate(state.edits)}
    return [edit for edit in standing(state) if order[edit.id] > order[id]]


def about(edit: Edit) -> set[str]:
    """Ids of the cues that an edit is about."""
    return {*(id for id, _ in edit.before), *(cue.id for cue in edit.after)}


def _as_made(state: State, made: Cue) -> bool:
    """Whether a cue is as an edit left it, but for marks."""
    now = state.cues.get(made.id)
    return now is not None and _marked(replace(now, rev=0), False) == _marked(replace(made, rev=0), False)
