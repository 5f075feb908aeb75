"""The delay that the screening should have: what every part of the way from microphone to screen takes (pure)."""

from math import ceil

from pipeline.check.rows import Row
from pipeline.settings import Settings
from pipeline.source.command import SEGMENT
from pipeline.translation.build import NONE

ENDPOINT, SEGMENTS, TECHNICIAN = 3.0, 3, 5.0
"""The delay budget of docs/decisions: seconds for the endpoint and recognition, media segments that a player needs,
and seconds that are left to correct or kill a line."""
STEP = 5.0


def recommend(settings: Settings, speed: float | None, translated: float, segment: float) -> Row:
    """The row `delay`.

    `speed` of the recogniser under load (times real time), `translated` the slowest good answer (s), `segment` the
    longest media segment seen (s). At D seconds an open sentence lasts at most D/2 - 5 s, so D is twice that and ten.
    """
    sentence = settings.sentences.longest
    heard = max(ENDPOINT, settings.speech.endpoint + settings.speech.longest / speed) if speed else ENDPOINT
    chain = 0.0 if settings.translation.chain == (NONE,) else settings.translation.deadline
    player = SEGMENTS * max(segment, SEGMENT)
    budget = sentence + heard + chain + player + TECHNICIAN
    delay = STEP * ceil(max(budget, 2 * (sentence + 5)) / STEP)
    parts = (
        f"a sentence lasts up to {sentence:.0f} s, hearing it takes {heard:.0f}, translation up to {chain:.0f}",
        f"(just now {translated:.1f}), the player holds {player:.0f}, and {TECHNICIAN:.0f} are the technician's",
    )
    return Row(row="delay", ok=True, say=f"{delay:.0f} s: {' '.join(parts)}")
