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


def recommend(
    settings: Settings, speed: float | None, translated: float | None, segment: float, asked: float | None = None
) -> Row:
    """The row `delay`, which fails where less is `asked` for.

    `speed` of the recogniser under load (times real time), `translated` the slowest good answer (s), each None where
    it could not be measured; `segment` the longest media segment seen (s). At D seconds an open sentence lasts at most
    D/2 - 5 s, so D is twice that and ten.
    """
    sentence = settings.sentences.longest
    heard = max(ENDPOINT, settings.speech.endpoint + settings.speech.longest / speed) if speed else ENDPOINT
    server = settings.speech.asr_deadline if settings.speech.asr_url else 0.0
    chain = 0.0 if settings.translation.chain == (NONE,) else settings.translation.deadline
    player = SEGMENTS * max(segment, SEGMENT)
    budget = sentence + server + heard + chain + player + TECHNICIAN
    least = 2 * (sentence + 5)
    delay = STEP * ceil(max(budget, least) / STEP)
    parts = [f"a sentence lasts up to {sentence:.0f} s"]
    parts += [f"the server may take {server:.0f} and fail"] * bool(server)
    parts += [f"hearing it takes {heard:.0f}{_unless(speed)}"]
    if chain:
        just_now = _unless(translated) if translated is None else f" (just now {translated:.1f})"
        parts.append(f"translation up to {chain:.0f}{just_now}")
    parts += [f"the player holds {player:.0f}", f"{TECHNICIAN:.0f} are the technician's"]
    why = f"together {budget:.0f}" + (f"; a sentence that long needs {least:.0f}" if budget < least else "")
    short = asked is not None and asked < delay
    advice = f"--delay {asked:.0f} is short, choose {delay:.0f}" if short else f"{delay:.0f} s"
    return Row(row="delay", ok=not short, say=f"{advice}: {', '.join(parts)}: {why}")


def _unless(measured: float | None) -> str:
    return " (a guess: it could not be measured)" if measured is None else ""
