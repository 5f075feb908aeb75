"""What there is to know of lines that an edit makes: the flags of those that they come of, where they still hold."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from pipeline.events import Cue, Edit
from pipeline.settings import CueRules
from pipeline.state import State
from pipeline.subtitles.quality import too_fast

_SETTLED = ("untranslated", "doubtful", "name")
"""Flags that a cue loses when a person has written its text, or says that it is right."""
_TIMED = ("fast", "late")
"""Flags that come of a cue's times; `late` is no matter where a person chose them."""
_ENDED = ("typed", "accepted")
"""Flags that an edit ends: nothing makes room for the line any more, and nobody has said of new words that they are
right."""


def flagged(state: State, edit: Edit, made: Sequence[Cue], rules: CueRules) -> tuple[Cue, ...]:
    """The lines that an edit makes, with their flags."""
    origins = _origins(state, edit, made)
    return tuple(_flagged(cue, *origins[cue.id], rules) for cue in made)


def accepted(cue: Cue) -> Cue:
    """The cue once somebody has said that it is right."""
    flags = [flag for flag in cue.flags if flag not in _SETTLED]
    return replace(cue, flags=tuple(dict.fromkeys((*flags, "accepted"))))


def _origins(state: State, edit: Edit, made: Sequence[Cue]) -> Mapping[str, tuple[Sequence[Cue], bool]]:
    """Of each line, those that its words come of, and whether nobody has written it anew.

    Words that went from one line to another are of both, and as they were. A line that only moved is of itself.
    """
    if edit.did == "restore" and edit.of:  # what a program makes of it is in doubt as ever, and nobody has read it
        return {cue.id: ([_without(cue, _ENDED)], True) for cue in made}
    before = [state.cues[id] for id, _ in edit.before]
    if edit.did not in ("text", "retime"):
        back = {cue.id: state.killed[cue.id] for cue in made if not before and cue.id in state.killed}
        same = _words(before or [*back.values()]) == _words(made)
        return {cue.id: ([back[cue.id]] if cue.id in back else before, same) for cue in made}
    now = {cue.id: cue for cue in before}
    origins = {cue.id: ([now[cue.id]], True) for cue in made}
    changed = [cue for cue in made if _words([cue]) != _words([now[cue.id]])]
    were = [now[cue.id] for cue in changed]
    same = _words(were) == _words(changed)
    return origins | {cue.id: (were if same else [now[cue.id]], same) for cue in changed}


def _without(cue: Cue, flags: Sequence[str]) -> Cue:
    return replace(cue, flags=tuple(flag for flag in cue.flags if flag not in flags))


def _words(cues: Sequence[Cue]) -> list[str]:
    return [word.casefold() for cue in cues for word in cue.text.split()]


def _flagged(cue: Cue, found: Sequence[Cue], same: bool, rules: CueRules) -> Cue:
    lost = (*_TIMED, *_ENDED) if same else (*_TIMED, *_ENDED, *_SETTLED)
    flags = [flag for one in found for flag in one.flags if flag not in lost]
    flags += ["accepted"] if same and all("accepted" in one.flags for one in found) else []
    flags += ["late" for one in found if "late" in one.flags and (one.id, one.start) == (cue.id, cue.start)]
    flags += ["fast"] if too_fast(cue.text, cue.start, cue.end, rules) else []
    return replace(cue, flags=tuple(dict.fromkeys((*flags, "edited"))))
