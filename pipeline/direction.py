"""What people do on the pages, as the session answers it: `actions.jsonl` is read as it grows.

The page server shows at once what an action does to a cue, by the same `effects`; what the session writes is the same.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from pipeline.events import Action, Cue, Withdrawn
from pipeline.journal import State

ACTIONS = "actions.jsonl"
_READING = 15.0
"""Characters a second at which a typed line is read."""
_SHORTEST, _LONGEST = 2.0, 7.0
"""Seconds that a typed line stands, at least and at most."""


def effects(state: State, action: Action) -> list[Cue | Withdrawn]:
    """What an action that `state` has noted does to the cues."""
    before = state.replaced.get(action.id)
    match action.do:
        case "edit" if before and action.text.strip():
            return [_changed(before, "edited", text=_lines(action.text))]
        case "mark" if before:
            return [_changed(before, "marked")]
        case "kill" if before:
            return [Withdrawn(id=before.id)]
        case "undo" if before and (was := state.replaced.get(action.of)):
            return [replace(was, rev=before.rev + 1)]
        case "say" if action.text.strip():
            return [_typed(action)]
    return []


def _changed(cue: Cue, flag: str, **fields: str) -> Cue:
    return replace(cue, rev=cue.rev + 1, flags=tuple(dict.fromkeys((*cue.flags, flag))), **fields)


def _typed(action: Action) -> Cue:
    text = _lines(action.text)
    seconds = min(max(_SHORTEST, len(text) / _READING), _LONGEST)
    start = round(action.value, 3)
    end = round(start + seconds, 3)
    return Cue(id=f"t-{action.id}", lang=action.lang, start=start, end=end, text=text, sentences=(), flags=("typed",))


def _lines(text: str) -> str:
    """The lines that a person typed, without empty ones: those end a cue in SRT."""
    return "\n".join(line for part in text.splitlines() if (line := " ".join(part.split())))


class Actions:
    """The file as it grows: one action a line, whole lines only."""

    def __init__(self, folder: Path) -> None:
        self._path, self._read = folder / ACTIONS, 0

    def new(self) -> Iterator[Action]:
        """Those since the last time; lines that are none are left out."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                data = file.read()
        except FileNotFoundError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            try:
                yield msgspec.json.decode(line, type=Action)
            except msgspec.DecodeError:
                continue
