"""What was done in a copy of a session, taken back into the session: in order, but for what both changed. Pure."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from pipeline.answering import answered, effects
from pipeline.direction import standing
from pipeline.editing import CHANGED, about
from pipeline.events import Action, Cue, Doing, Edit, Event, Value
from pipeline.review.importing import Taken, said_now, shown
from pipeline.review.outside import Change
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold

_NO_REV = -1
"""That of a line which is not as the editor saw it: whoever answers such an edit refuses it."""
_SUBTITLES = "edit", "kill", "mark", "say", "begin", "end"
"""What is done on the console about the subtitles, and where the show begins and ends; with what undoes it."""


class Done(Value, frozen=True):
    """What was done on the console, and what the session answers to it."""

    action: Action
    """As the session is asked."""
    start: float
    """Stream time of what it is about, seconds."""
    before: str
    """What that line said; empty where there was none."""
    after: str
    """... and said then; empty where it was gone."""
    now: str
    """What it says in the session before that is answered; empty where there is none."""
    refused: str


class Returned(Value, frozen=True):
    """What comes of a copy."""

    taken: tuple[Taken | Done, ...]
    """In the order in which they were made; those that the session has had before are left out."""
    stood: tuple[Taken | Done, ...]
    """Those that it refused before, and that it does not say by now."""
    names: tuple[str, ...]
    """What was added to the copy's glossary: the session's is its owner's."""
    room: tuple[Doing, ...]
    """What else was done on the copy's console: that is about the room that it was shown in."""


def returned(events: Iterable[Event], copied: Iterable[Event], rules: CueRules) -> Returned:
    """What a session takes of what its copy was `copied` to; both are whole journals.

    An edit, or what was done on the console, is taken where its lines are here as they were there before it, whatever
    their revs; what was made upon one that is refused is refused, too.
    """
    state, theirs = fold(events), State()
    taken: list[Taken | Done] = []
    room: dict[Doing, None] = {}
    stood: list[Taken | Done] = []
    for event in copied:
        if not isinstance(event, Edit | Action) or event.refused:
            apply(theirs, event)
        elif had := state.edits.get(event.id) or state.actions.get(event.id):
            apply(theirs, event)
            if had.refused and (one := _stood(state, theirs, event, had.refused, rules)):
                stood.append(one)
        elif isinstance(event, Edit):
            taken.append(_taken(state, theirs, event, rules))
            apply(theirs, event)
        else:
            apply(theirs, event)
            if (does := _meant(theirs, event)) in _SUBTITLES:
                taken.append(_done(state, theirs, event, rules))
            elif does != "name":
                room[does] = None
    names = tuple(one.text for one in standing(theirs, "name") if one.id not in state.actions)
    return Returned(taken=tuple(taken), stood=tuple(stood), names=names, room=tuple(room))


def _meant(state: State, action: Action) -> Doing:
    """What it does, or takes back."""
    while action.do == "undo" and action.of in state.actions:
        action = state.actions[action.of]
    return action.do


def _stood(state: State, theirs: State, event: Edit | Action, refused: str, rules: CueRules) -> Taken | Done | None:
    """What the session refused, and still does not say."""
    if isinstance(event, Action):
        done = _on_console(state, theirs, event, refused, rules)
        return done if event.do in ("edit", "kill") and done.now != done.after else None
    change = change_of(event, _before(theirs, event))
    made = {cue.id: shown(cue) for cue in event.after}
    now = {id: shown(state.cues[id]) for id in about(event) if id in state.cues}
    return Taken(change=change, refused=refused, now=said_now(state, change)) if now != made else None


def _taken(state: State, theirs: State, edit: Edit, rules: CueRules) -> Taken:
    """What the session will answer; `state` takes it in."""
    asked = replace(edit, before=tuple(_seen(state, theirs, edit, id) for id, _ in edit.before))
    change = change_of(asked, _before(theirs, edit))
    now = said_now(state, change)
    refused = _answer(state, asked, rules)
    return Taken(change=change, refused=refused, now=now if refused else ())


def _before(theirs: State, edit: Edit) -> list[Cue]:
    """The lines that it changed there."""
    undone = theirs.edits.get(edit.of)
    ids = [cue.id for cue in undone.after] if undone else [id for id, _ in edit.before]
    return [theirs.cues[id] for id in ids if id in theirs.cues]


def _done(state: State, theirs: State, action: Action, rules: CueRules) -> Done:
    """What the session will answer; `state` takes it in. `theirs` has noted it and not done it yet."""
    before, after = _both(theirs, action, rules)
    here = state.cues.get(action.cue)
    meant = [shown(one) for one in (before, after) if one]
    stale = action.do in ("edit", "kill") and here is not None and shown(here) not in meant
    done = _on_console(state, theirs, action, CHANGED if stale else "", rules)
    refused = _answer(state, done.action, rules)
    return replace(done, action=replace(action, refused=refused), refused=refused)


def _on_console(state: State, theirs: State, action: Action, refused: str, rules: CueRules) -> Done:
    """What was done there, and what that line says here."""
    before, after = _both(theirs, action, rules)
    line, here = before or after, state.cues.get(action.cue)
    return Done(
        action=replace(action, refused=refused),
        start=line.start if line else action.value,
        before=before.text if before else "",
        after=after.text if after else "",
        now=here.text if here else "",
        refused=refused,
    )


def _both(theirs: State, action: Action, rules: CueRules) -> tuple[Cue | None, Cue | None]:
    """A line before and after what was done on the console there."""
    before, made = theirs.replaced.get(action.id), effects(theirs, action, rules)
    return before, next((one for one in made if isinstance(one, Cue) and (not before or one.id == before.id)), None)


def _answer(state: State, asked: Action | Edit, rules: CueRules) -> str:
    """What the session will answer, in words where it refuses; `state` takes it in."""
    answer = answered(state, asked, rules)
    apply(state, answer)
    for event in effects(state, answer, rules):
        apply(state, event)
    return answer.refused


def _seen(state: State, theirs: State, edit: Edit, id: str) -> tuple[str, int]:
    """A line with its rev here, if it is here as it was there, or has come to say what the edit makes of it."""
    here = state.cues.get(id)
    meant = [theirs.cues[id]] if id in theirs.cues else []
    meant += [cue for cue in edit.after if cue.id == id and len(edit.before) == len(edit.after)]
    return id, here.rev if here and shown(here) in map(shown, meant) else _NO_REV


def change_of(edit: Edit, before: Sequence[Cue]) -> Change:
    """An edit that was made of these cues, with what it changes of them."""
    pairs = list(zip(before, edit.after, strict=False)) if edit.did in ("text", "retime") else []
    return Change(
        edit=edit,
        before=tuple(before),
        text=any(was.text != now.text for was, now in pairs),
        times=any((was.start, was.end) != (now.start, now.end) for was, now in pairs),
    )
