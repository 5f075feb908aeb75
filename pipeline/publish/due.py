"""Up to when in the stream what was recorded may go out (pure)."""

from math import inf

from pipeline.flow import Clock
from pipeline.state import State


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


def due(state: State, clock: Clock, delay: float, *, over: bool) -> float:
    """Stream time that is `delay` seconds behind live.

    Nobody waits for a recording that is read as fast as it can be heard: it goes out when it is `over`.
    """
    if state.session is None:
        return -inf
    if not state.session.live:
        return inf if over else -inf
    return now(state, clock) - delay
