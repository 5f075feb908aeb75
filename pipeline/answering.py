"""The one answer to whatever people ask: an action of the pages, or an edit of the desk."""

from msgspec.structs import replace

from pipeline import direction, editing
from pipeline.events import Action, Cue, Edit, Withdrawn
from pipeline.settings import CueRules
from pipeline.state import State


def known(state: State, id: str) -> bool:
    """Whether it has been answered."""
    return id in state.actions or id in state.edits


def answered(state: State, asked: Action | Edit, rules: CueRules) -> Action | Edit:
    """It as it goes into the journal; refused, in words, where it cannot be done, or where an action is so already: it
    comes from a copy and its line is another here."""
    if isinstance(asked, Edit):
        return editing.answered(state, replace(asked, refused=""), rules)
    return replace(asked, refused=asked.refused or direction.refusal(state, asked))


def effects(state: State, answer: Action | Edit, rules: CueRules) -> list[Cue | Withdrawn]:
    """What it does to the cues, once `state` has noted it."""
    return editing.effects(answer) if isinstance(answer, Edit) else direction.effects(state, answer, rules)


def owed(state: State, rules: CueRules) -> list[Cue | Withdrawn]:
    """What whoever was killed has not written any more of the last answer."""
    made = effects(state, state.last, rules) if state.last else []
    return [event for event in made if not _there(state, event)]


def _there(state: State, event: Cue | Withdrawn) -> bool:
    known = state.cues.get(event.id)
    return known is None if isinstance(event, Withdrawn) else known is not None and known.rev >= event.rev
