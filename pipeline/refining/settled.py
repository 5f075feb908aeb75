"""What of a session a person has had a hand in: the second pass leaves those sentences as they are, in every track.

Whoever has put the French right translates it at the desk, too; so one touched cue holds its whole sentence. Pure.
"""

from collections.abc import Iterable

from pipeline.events import Cue
from pipeline.refining.voting import Span
from pipeline.restoring import kept_back
from pipeline.state import State


def settled(state: State, silent: Iterable[Span] = ()) -> tuple[frozenset[str], list[Span]]:
    """The ids of the sentences that stay, and all of the stream that they or what was typed take, or that there is no
    sound of any more (`silent`): who hears nothing there knows nothing."""
    known = _known(state)
    touched = [cue for cue in known if cue.id in state.touched or "typed" in cue.flags]
    ids = {id for cue in touched for id in cue.sentences}
    spans = [*silent, *(Span(start=cue.start, end=cue.end) for cue in touched if not cue.sentences)]
    spans += [Span(start=kept.start, end=kept.end) for id, kept in kept_back(state).items() if id in ids]
    ids |= {one.id for one in state.sentences.values() if _meets(one.start, one.end, spans)}
    while more := {id for cue in known if not ids.isdisjoint(cue.sentences) for id in cue.sentences} - ids:
        ids |= more
    said = [one for id, one in state.sentences.items() if id in ids]
    return frozenset(ids), [*spans, *(Span(start=one.start, end=one.end) for one in said)]


def _known(state: State) -> list[Cue]:
    """Every cue there is, and what those were that a person changed, took out or made others of."""
    before: list[Iterable[Cue]] = [state.cues.values(), state.killed.values(), state.replaced.values()]
    return [cue for cues in (*before, *state.found.values()) for cue in cues]


def _meets(start: float, end: float, spans: Iterable[Span]) -> bool:
    return any(start < span.end and span.start < end for span in spans)
