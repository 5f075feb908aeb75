"""Waiting for a stream that a page only announces yet."""

from collections.abc import Callable
from datetime import datetime

from pipeline.errors import NotLiveYet, SourceUnreachable
from pipeline.flow import Clock
from pipeline.settings import SourceSettings
from pipeline.source.address import Address, resolve

MISSES = 30
"""How often in a row an announced stream may be unreachable: half an hour before its start, five minutes after."""


def await_address(
    given: str,
    settings: SourceSettings,
    clock: Clock,
    stopped: Callable[[], bool],
    announce: Callable[[datetime | None], None],
) -> Address:
    """The address of a source, waited for while it is announced only, also through a network that fails.

    `announce(starts_at)` is called once a second. A SourceError when there is none; NotLiveYet when `stopped()`.
    """
    announced: NotLiveYet | None = None
    misses = 0
    while True:
        try:
            return resolve(given, settings)
        except NotLiveYet as error:
            announced, misses = error, 0
        except SourceUnreachable:
            misses += 1
            if announced is None or misses > MISSES:
                raise
        until = _next_look(announced.starts_at, clock.now())
        while clock.now() < until and not stopped():
            announce(announced.starts_at)
            clock.wait(1.0)
        if stopped():
            raise announced


def _next_look(starts_at: datetime | None, now: float) -> float:
    """At the announced start, but in a minute at most, so that a moved start is noticed.

    A stream that is late is looked for every ten seconds: a site that is asked more often shuts us out.
    """
    if starts_at is None:
        return now + 60.0
    return max(now + 10.0, min(now + 60.0, starts_at.timestamp() + 1.0))
