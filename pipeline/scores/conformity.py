"""Which share of a track's cues can be read as the usual guidelines ask: Netflix's, IWSLT's."""

from collections.abc import Iterable

from pipeline.events import Cue, Value
from pipeline.settings import CueRules
from pipeline.subtitles.quality import faults

_GUIDELINES = CueRules(cps_most=20.0, cpl=42, lines=2)
"""What scores are compared by, whatever rules a session had."""


class Conformity(Value, frozen=True):
    """Shares of the cues that conform, 0 to 1: 1 is good, also where there are no cues."""

    cues: int
    """How many there are."""
    cps20: float
    """With at most 20 characters a second; counted as `quality.characters` does."""
    cpl42: float
    """All of whose lines have at most 42 characters."""
    lpb2: float
    """With at most 2 lines."""


def conformity(cues: Iterable[Cue]) -> Conformity:
    """The conformity of one track, whose cues have an id each."""
    cues = list(cues)
    found = faults(cues, _GUIDELINES)

    def share(rule: str) -> float:
        return 1 - len({fault.cue for fault in found if fault.rule == rule}) / max(1, len(cues))

    return Conformity(cues=len(cues), cps20=share("cps"), cpl42=share("cpl"), lpb2=share("lines"))
