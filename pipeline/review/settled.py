"""Which cues a person has written, or found right, since anything spoke against them. Pure."""

from pipeline.direction import standing as standing_actions
from pipeline.editing import standing
from pipeline.events import Action, Cue, Edit
from pipeline.report.record import Record
from pipeline.state import State


def settled(record: Record) -> set[str]:
    """Their ids, and those of killed lines that an editor has seen. A mark or a note that comes later speaks against it
    anew."""
    state, done = record.state, set[str]()
    edits = {edit.id for edit in standing(state)}
    actions = {action.id for action in standing_actions(state, "edit", "say", "mark")}
    for event in (entry.event for entry in record.entries):
        if isinstance(event, Edit) and event.did == "note" and event.id in edits:
            done = done - {id for id, _ in event.before}
        elif isinstance(event, Edit) and event.id in edits:
            done = _divided(event, done) if _divides(state, event) else done | _settles(state, event)
        elif isinstance(event, Action) and event.id in actions:
            done = done - {event.cue} if event.do == "mark" else done | {event.cue or f"t-{event.id}"}
    return done


def _divides(state: State, edit: Edit) -> bool:
    """Whether it makes other lines of the same words."""
    return edit.did in ("split", "merge") and _words(edit.after) == _words(state.found.get(edit.id, ()))


def _divided(edit: Edit, done: set[str]) -> set[str]:
    """A line is done where all that its words come of were."""
    made = {cue.id for cue in edit.after}
    return done | made if done.issuperset(id for id, _ in edit.before) else done - made


def _settles(state: State, edit: Edit) -> set[str]:
    """An edit that only moves or divides words says nothing of them."""
    if edit.did == "undo":
        return set()
    before, accepted = _words(state.found.get(edit.id, ())), {cue.id for cue in edit.after if "accepted" in cue.flags}
    if edit.did == "accept":
        return accepted | {id for id, _ in edit.before}
    if edit.did == "restore" and edit.of:  # what was kept back was said; nobody has read the translation yet
        return {cue.id for cue in edit.after if state.session and cue.lang == state.session.src_lang}
    return accepted if _words(edit.after) == before else {cue.id for cue in edit.after}


def killed(record: Record, lang: str) -> list[Cue]:
    """The lines of a track that a technician took out, and nobody has put back."""
    ids = {action.cue for action in standing_actions(record.state, "kill")}
    return [cue for id, cue in record.state.killed.items() if id in ids and cue.lang == lang]


def _words(cues: tuple[Cue, ...]) -> list[str]:
    return [word.casefold() for cue in cues for word in cue.text.split()]
