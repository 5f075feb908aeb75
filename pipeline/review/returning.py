"""What was edited in a copy of a session, taken back into the session: in order, but for what both changed. Pure."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from pipeline.answering import answered, effects
from pipeline.events import Action, Cue, Edit, Event, Value
from pipeline.review.importing import Taken
from pipeline.review.outside import Change
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold

_NO_REV = -1
"""That of a line which is not as the editor saw it: whoever answers such an edit refuses it."""
_OURS = "edit", "kill", "undo", "say", "name"
"""What is done on the console and changes lines."""


class Returned(Value, frozen=True):
    """What comes of a copy."""

    taken: tuple[Taken, ...]
    """In the order in which they were made; those that the session has had before are left out."""
    refused: int
    """How many of those it refused then."""
    console: int
    """What was done on the copy's console and not at its desk: that is not brought back."""


def returned(events: Iterable[Event], copied: Iterable[Event], rules: CueRules) -> Returned:
    """What a session takes of what its copy was `copied` to; both are whole journals.

    An edit is taken where its lines are here as the editor had them before it, whatever their revs; what was made upon
    one that is refused is refused, too.
    """
    state, theirs = fold(events), State()
    taken: list[Taken] = []
    refused = console = 0
    for event in copied:
        if isinstance(event, Edit) and not event.refused:
            if had := state.edits.get(event.id):
                refused += bool(had.refused)
            else:
                taken.append(_taken(state, theirs, event, rules))
        elif isinstance(event, Action) and event.do in _OURS and not event.refused:
            console += event.id not in state.actions
        apply(theirs, event)
    return Returned(taken=tuple(taken), refused=refused, console=console)


def _taken(state: State, theirs: State, edit: Edit, rules: CueRules) -> Taken:
    """What the session will answer; `state` takes it in."""
    undone = theirs.edits.get(edit.of)
    ids = [cue.id for cue in undone.after] if undone else [id for id, _ in edit.before]
    before = [theirs.cues[id] for id in ids if id in theirs.cues]
    asked = replace(edit, before=tuple(_seen(state, theirs, edit, id) for id, _ in edit.before))
    answer = answered(state, asked, rules)
    assert isinstance(answer, Edit), "an edit is answered by one"
    for event in (answer, *effects(state, answer, rules)):
        apply(state, event)
    return Taken(change=_change(asked, before), refused=answer.refused)


def _seen(state: State, theirs: State, edit: Edit, id: str) -> tuple[str, int]:
    """A line with its rev here, if it is here as it was there, or has come to say what the edit makes of it."""
    here = state.cues.get(id)
    meant = [theirs.cues[id]] if id in theirs.cues else []
    meant += [cue for cue in edit.after if cue.id == id and len(edit.before) == len(edit.after)]
    return id, here.rev if here and _shown(here) in map(_shown, meant) else _NO_REV


def _shown(cue: Cue) -> tuple[str, float, float, str]:
    return cue.lang, cue.start, cue.end, cue.text


def _change(edit: Edit, before: Sequence[Cue]) -> Change:
    pairs = list(zip(before, edit.after, strict=False)) if edit.did in ("text", "retime") else []
    return Change(
        edit=edit,
        before=tuple(before),
        text=any(was.text != now.text for was, now in pairs),
        times=any((was.start, was.end) != (now.start, now.end) for was, now in pairs),
    )
