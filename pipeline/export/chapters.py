"""Chapters as YouTube reads them out of a description (pure): at long pauses, in what was said.

YouTube wants three at least, the first at 0:00, and none under ten seconds.
"""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.events import Cue
from pipeline.export.stretches import Stretch, length, moved

_PAUSE = 5.0
"""Seconds without a word before one."""
_LEAST = 10.0
"""Seconds that one lasts."""
_FEW = 3
_MANY = 24
"""So many, if all are as short as can be: more help nobody."""
_TITLE = 50
"""Characters."""


def chapters(cues: Sequence[Cue], stretches: Sequence[Stretch]) -> str:
    """A line for each, `1:02:03 What is said first in it`; empty where there are too few. `cues` have stream times.

    The longest pauses come first, until all chapters are as short as can be.
    """
    shown, total = moved(cues, stretches), length(stretches)
    least = max(_LEAST, total / _MANY)
    chosen = {0.0: shown[0]} if shown else {}
    for pause, cue in sorted(_paused(cues, shown), key=lambda found: -found[0]):
        if pause >= _PAUSE and all(abs(cue.start - at) >= least for at in (*chosen, total)):
            chosen[cue.start] = cue
    if len(chosen) < _FEW:
        return ""
    return "".join(f"{_clock(at)} {_title(chosen[at].text)}\n" for at in sorted(chosen))


def _paused(cues: Sequence[Cue], shown: Sequence[Cue]) -> list[tuple[float, Cue]]:
    """Each cue that is shown, but the first, with the seconds of the stream without a word before it."""
    said = {cue.id: cue for cue in cues}
    return [(said[cue.id].start - said[before.id].end, cue) for before, cue in pairwise(shown)]


def _clock(seconds: float) -> str:
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def _title(text: str) -> str:
    """The first words, on one line; angle brackets are not allowed there."""
    line = " ".join(text.replace("<", "(").replace(">", ")").split())
    return line if len(line) <= _TITLE else f"{line[:_TITLE].rpartition(' ')[0] or line[:_TITLE]}…"
