"""What a file brought, taken back: an undo of each of its edits, the last one first. Pure."""

import re
from collections.abc import Callable, Iterator

from pipeline.answering import answered, effects
from pipeline.editing import standing
from pipeline.events import Edit, Value
from pipeline.review.importing import Taken
from pipeline.review.returning import change_of
from pipeline.settings import CueRules
from pipeline.state import State, apply

_BROUGHT = re.compile(r"(i[0-9a-f]{8}-)i[0-9a-f]+")
"""The id of an edit that `importing` made, and what those of the same file have in common."""


class Undone(Value, frozen=True):
    """The undo that is asked for, and what it takes back; refused where that line was changed again."""

    asked: Edit
    of: Taken


def undone(state: State, rules: CueRules, new_id: Callable[[], str]) -> Iterator[Undone]:
    """Takes back what stands of the file that was imported last; `state` takes it in."""
    found = [(match[1], edit) for edit in standing(state) if (match := _BROUGHT.fullmatch(edit.id))]
    for edit in (edit for mark, edit in reversed(found) if mark == found[-1][0]):
        asked = Edit(id=new_id(), did="undo", of=edit.id)
        change = change_of(edit, state.found.get(edit.id, ()))
        answer = answered(state, asked, rules)
        apply(state, answer)
        for event in effects(state, answer, rules):
            apply(state, event)
        yield Undone(asked=asked, of=Taken(change=change, refused=answer.refused))
