"""What a file brought, taken back: an undo of each of its edits, the last one first. Pure."""

from collections.abc import Callable, Iterable, Iterator

from pipeline.answering import answered, effects
from pipeline.editing import brought, standing
from pipeline.events import Edit, Value
from pipeline.review.importing import Taken
from pipeline.review.returning import change_of
from pipeline.settings import CueRules
from pipeline.state import State, apply


class Undone(Value, frozen=True):
    """The undo that is asked for, and what it takes back; refused where that line was changed again."""

    asked: Edit
    of: Taken


def undone(state: State, rules: CueRules, new_id: Callable[[], str]) -> Iterator[Undone]:
    """Takes back what stands of the file that was imported last, of those of which anything can be taken back; `state`
    takes it in."""
    found = [edit for edit in standing(state) if brought(edit)]
    for file in dict.fromkeys(brought(edit) for edit in reversed(found)):
        told = list(_undone(state, [edit for edit in reversed(found) if brought(edit) == file], rules, new_id))
        yield from told
        if not all(one.of.refused for one in told):
            return


def _undone(state: State, edits: Iterable[Edit], rules: CueRules, new_id: Callable[[], str]) -> Iterator[Undone]:
    for edit in edits:
        asked = Edit(id=new_id(), did="undo", of=edit.id)
        change = change_of(edit, state.found.get(edit.id, ()))
        answer = answered(state, asked, rules)
        apply(state, answer)
        for event in effects(state, answer, rules):
            apply(state, event)
        yield Undone(asked=asked, of=Taken(change=change, refused=answer.refused))
