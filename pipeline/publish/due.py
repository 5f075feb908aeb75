"""Up to when in the stream what was recorded may go out (pure)."""

from math import inf

from pipeline.flow import Clock
from pipeline.journal import State


def now(state: State, clock: Clock) -> float:
    """Stream time of what is said this moment, recorded or not."""
    progress = state.progress
    if progress is None:
        return 0.0
    if progress.boot == clock.boot() and progress.origin is not None:
        return max(progress.recorded, clock.up() - progress.origin)
    if progress.origin_at is not None:  # the machine was started anew
        return max(progress.recorded, clock.now() - progress.origin_at)
    return progress.recorded


def due(state: State, clock: Clock, delay: float) -> float:
    """Stream time that is `delay` seconds behind live.

    A recording that comes faster than time passes is held until it was heard: nobody waits for it.
    """
    if state.session is None:
        return -inf
    if not state.session.live:
        heard = state.progress.heard if state.progress else 0.0
        return inf if state.ended else heard - delay
    return now(state, clock) - delay
