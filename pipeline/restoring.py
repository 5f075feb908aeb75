"""What a guard kept back and an editor brings back: a sentence after all, in every track (docs/edits.md). Pure."""

from collections.abc import Iterable

from pipeline.events import Edit, Suppressed
from pipeline.state import State


def kept_back(state: State) -> dict[str, Suppressed]:
    """What guards kept back, by id; what was heard twice, after a kill, once."""
    return {kept.id: kept for kept in state.suppressed}


def restored(edits: Iterable[Edit]) -> set[str]:
    """Ids of what those edits, which stand, brought back."""
    return {edit.of for edit in edits if edit.did == "restore" and edit.of}


def no_restore(state: State, edit: Edit, standing: Iterable[Edit]) -> str:
    """Why an edit cannot bring that back; empty when it can. The tracks are joined by it as by any sentence."""
    if edit.of not in kept_back(state):
        return "Nothing was kept back there."
    if edit.of in restored(standing):
        return "That was brought back already."
    if any(cue.sentences != (edit.of,) for cue in edit.after):
        return f"Its lines have to be of {edit.of} alone."
    return ""
