"""What the events of a session add up to: `fold` is the only way to state. Imports only `events`."""

from collections.abc import Iterable, Set
from functools import reduce

from pipeline.events import (
    Action,
    Cue,
    Edit,
    Ended,
    Event,
    Gap,
    Progress,
    Recovered,
    Refined,
    Removed,
    Resumed,
    Sentence,
    SessionStarted,
    Skipped,
    Suppressed,
    Withdrawn,
)

NEAR = 30.0
"""Seconds: a cue that is further away makes no room for another one."""

_GROW = (dict, list, set)
_BLANK, _NEW = "…", "e-"
"""What stands in a line that was put in at the desk until somebody writes; what the ids of such lines begin with."""


def unwritten(cue: Cue) -> bool:
    """Whether it was put in at the desk and has no words yet: it is a place to write, and nobody else is shown it."""
    return cue.text == _BLANK and cue.id.startswith(_NEW) and "accepted" not in cue.flags


class State:
    """What a journal says, folded: everything by id, in the order first heard."""

    def __init__(self) -> None:
        self.session: SessionStarted | None = None
        self.sentences: dict[str, Sentence] = {}
        self.cues: dict[str, Cue] = {}
        self.suppressed: list[Suppressed] = []
        self.gaps: list[Gap] = []
        self.skipped: list[Skipped] = []
        """What is still to be heard, when there is time."""
        self.actions: dict[str, Action] = {}
        """What people did, by id."""
        self.replaced: dict[str, Cue] = {}
        """By action, the cue as it was before."""
        self.killed: dict[str, Cue] = {}
        """Cues that a person took out."""
        self.around: dict[str, tuple[Cue, ...]] = {}
        """By action that typed a line, the cues around it as they were before."""
        self.edits: dict[str, Edit] = {}
        """What editors changed, by id, also what was refused."""
        self.found: dict[str, tuple[Cue, ...]] = {}
        """By edit, the cues that it replaced as they were before."""
        self.handled: set[str] = set()
        """Ids of the cues that an edit was about."""
        self.last: Action | Edit | None = None
        """What a person asked last."""
        self.revs: dict[str, int] = {}
        """The highest rev of every cue that there ever was."""
        self.progress: Progress | None = None
        self.recorded = 0.0
        """The most of the stream that was on disk, seconds; somebody may have removed it since."""
        self.removed = 0.0
        """Stream time up to which the recording is gone: somebody removed the folder then."""
        self.ended: Ended | None = None
        self.refined: Refined | None = None
        """All of it has been heard a second time."""

    def copy(self) -> "State":
        """One that goes on by itself; the values in it never change."""
        made = State()
        for name, value in vars(self).items():
            setattr(made, name, value.copy() if isinstance(value, _GROW) else value)
        return made

    @property
    def touched(self) -> Set[str]:
        """Ids of the cues that a person has changed, accepted or taken out: no program touches them any more. A mark
        changes nothing."""
        return self.handled.union(cue.id for id, cue in self.replaced.items() if self.meant(id) != "mark")

    def meant(self, id: str) -> str:
        """What an action did, or undid."""
        action = self.actions[id]
        undone = self.actions.get(action.of) if action.do == "undo" else None
        return undone.do if undone else action.do

    def track(self, lang: str) -> list[Cue]:
        """The cues of one track, by time, but for those that are `unwritten`."""
        mine = (c for c in self.cues.values() if c.lang == lang and not unwritten(c))
        return sorted(mine, key=lambda c: (c.start, c.end))

    def begun(self, lang: str) -> list[Cue]:
        """The cues of one track that are `unwritten`."""
        return [c for c in self.cues.values() if c.lang == lang and unwritten(c)]

    def near(self, lang: str, start: float, end: float) -> list[Cue]:
        """The cues of a track that stand on screen less than `NEAR` before or after that stretch."""
        cues = self.cues.values()
        return [cue for cue in cues if cue.lang == lang and cue.end > start - NEAR and cue.start < end + NEAR]

    def made(self, lang: str) -> list[Cue]:
        """The cues of a track that show what was said, by time, with those that a person took out: what they showed had
        its place. A line that a person put in has one where it shows a sentence, too, and is left out where it shows
        none."""
        cues = [cue for cue in {**self.killed, **self.cues}.values() if cue.lang == lang]
        of_sentences = (cue for cue in cues if not self.sentences.keys().isdisjoint(cue.sentences))
        return sorted(of_sentences, key=lambda c: (c.start, c.end))


def apply(state: State, event: Event) -> State:
    """`state` with one more event in it (the same object); kinds that no state depends on change nothing."""
    match event:
        case Cue():
            state.cues[event.id] = event
            state.revs[event.id] = max(event.rev, state.revs.get(event.id, 0))
        case Withdrawn():
            state.cues.pop(event.id, None)
            state.sentences.pop(event.id, None)
        case Sentence():
            state.sentences[event.id] = event
        case Suppressed():
            state.suppressed.append(event)
        case Skipped() if event.later:
            state.skipped.append(event)
        case Recovered():
            state.skipped = [span for span in state.skipped if (span.start, span.end) != (event.start, event.end)]
        case Action():
            _act(state, event)
        case Edit():
            _edit(state, event)
        case Gap():
            state.gaps.append(event)
        case SessionStarted():
            state.session = event
        case Progress():
            state.progress = event
            state.recorded = max(state.recorded, event.recorded)
        case Refined():
            state.refined = event
        case Removed():
            state.removed = max(state.removed, event.stream)
        case Resumed():
            state.ended = None
        case Ended():
            state.ended = event
    return state


def _act(state: State, action: Action) -> None:
    state.actions[action.id] = state.last = action
    if action.refused:
        return
    wordless = action.do == "edit" and not action.text.strip()
    if action.do in ("edit", "kill", "mark") and not wordless and (cue := state.cues.get(action.cue)):
        state.replaced[action.id] = cue
    if action.do == "kill" and action.id in state.replaced:
        state.killed[action.cue] = state.replaced[action.id]
    if action.do == "undo" and (cue := state.replaced.get(action.of)):
        state.replaced[action.id] = state.cues.get(cue.id, cue)
        state.killed.pop(cue.id, None)
    if action.do == "say":
        state.around[action.id] = tuple(state.near(action.lang, action.value, action.value))


def _edit(state: State, edit: Edit) -> None:
    state.edits[edit.id] = state.last = edit
    if edit.refused or edit.did == "note":
        return
    state.found[edit.id] = tuple(state.cues[id] for id, _ in edit.before if id in state.cues)
    state.handled.update(id for id, _ in edit.before)
    state.handled.update(cue.id for cue in edit.after)
    if not edit.after:
        state.killed.update((cue.id, cue) for cue in state.found[edit.id])
    for cue in edit.after:
        state.killed.pop(cue.id, None)


def fold(events: Iterable[Event]) -> State:
    """The state that a journal's events add up to."""
    return reduce(apply, events, State())
