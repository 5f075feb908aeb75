"""A line that is killed on the console is killed in every language, and comes back in every one: what was said is wrong
to show, or was not said. Pure.

Each line has an action of its own; those that go with another name that one (`of`).
"""

from collections.abc import Iterable, Iterator

from pipeline.direction import refusal, standing
from pipeline.events import Action, Cue, Withdrawn
from pipeline.state import State
from pipeline.subtitles.formats import shared


def together(state: State, asked: Action) -> list[Action]:
    """What is asked, which `state` has not noted yet, and what goes with it in the other tracks."""
    if asked.do == "kill" and asked.cue in state.cues:
        return [asked, *(_with(asked, cue) for cue in _others(state, state.cues[asked.cue]))]
    undone = state.actions.get(asked.of)
    if asked.do == "undo" and undone and undone.do == "kill":
        return [asked, *_undone(state, asked, undone)]
    return [asked]


def late(state: State, made: Cue) -> list[Action | Withdrawn]:
    """What takes out a line that a program has just made, where what it shows was killed in another track before."""
    for kill in standing(state, "kill"):
        was = state.killed.get(kill.cue)
        if not was or kill.of or was.lang == made.lang or set(was.sentences).isdisjoint(made.sentences):
            continue
        if _nearest(made, [was, *_of(state, was.lang, made)]) is was:
            return [_with(kill, made), Withdrawn(id=made.id)]
    return []


def _with(kill: Action, cue: Cue) -> Action:
    return Action(id=f"{kill.id}+{cue.id}", do="kill", cue=cue.id, of=kill.id)


def _undone(state: State, asked: Action, undone: Action) -> Iterator[Action]:
    first = undone.of or undone.id
    for kill in standing(state, "kill"):
        undo = Action(id=f"{asked.id}+{kill.cue}", do="undo", of=kill.id)
        if kill is not undone and first in (kill.id, kill.of) and not refusal(state, undo):
            yield undo


def _others(state: State, line: Cue) -> Iterator[Cue]:
    """The lines of other tracks that show what it shows. A sentence may be one line here and two there: what goes is
    nearer to this line than to another one, and in any case the nearest."""
    for lang in dict.fromkeys(cue.lang for cue in state.cues.values() if cue.lang != line.lang):
        track = _of(state, lang, line)
        for cue in track:
            if cue is _nearest(line, track) or line is _nearest(cue, _of(state, line.lang, cue)):
                yield cue


def _of(state: State, lang: str, line: Cue) -> list[Cue]:
    """The lines of that track that show some of the same sentences."""
    return [c for c in state.cues.values() if c.lang == lang and not set(c.sentences).isdisjoint(line.sentences)]


def _nearest(line: Cue, among: Iterable[Cue]) -> Cue | None:
    """The one that shares most time with it."""
    return max(among, key=lambda cue: shared(line, cue), default=None)
