"""To be connected at first, and again, with growing pauses, when a connection was lost."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.errors import CallerLeft, LivesubsError, SourceError, SourceUnreachable, unwritable
from pipeline.flow import BACKOFF, Clock
from pipeline.source.address import Address
from pipeline.source.capture import DAY
from pipeline.source.connection import Connection
from pipeline.source.connector import Connector
from pipeline.source.failures import without_advice
from pipeline.source.news import News, at_most, minutes
from pipeline.source.ways import STALLED, Ways


class Tries:
    """By the ways of a recording into `folder`; None is tried any more when it was stopped."""

    def __init__(
        self,
        ways: Ways,
        connector: Connector,
        news: News,
        clock: Clock,
        folder: Path,
        give_up: float,
        stopped: threading.Event,
    ) -> None:
        """`give_up`: seconds without new sound after which nothing is tried any more."""
        self._ways, self._connector, self._news, self._clock = ways, connector, news, clock
        self._folder, self._give_up, self._stopped = folder, give_up, stopped
        self._turns: Iterator[tuple[float, str]] | None = None
        self._lost_at = 0.0

    def first(self, address: Address) -> Connection | None:
        """To the source at `address`, or to a backup, once each; errors of the source's when none can be read.

        None where nothing is left to be recorded.
        """
        try:
            return self._called(address) if address.waits else self._connector.begin(self._ways.first(address), DAY)
        except SourceError:
            for given in self._ways.backups:
                with suppress(SourceError):
                    return self._begin(given, STALLED, DAY)
            raise

    def again(self, why: str, shown: str, *, steady: bool) -> Connection | None:
        """The next connection after `shown` was lost, however many tries it takes; SourceUnreachable when it is gone
        for too long, None when it was stopped, or has ended meanwhile.

        One that is lost again before it was `steady` counts as a try.
        """
        if self._turns is None or steady:
            self._turns, self._lost_at = self._ways.turns(), self._connector.grew_at
            self._news.anew()
        self._news.say("lost", why)
        self._news.warn(f"{why}; it is tried again until it goes on, {at_most(self._give_up)}")
        for pause, given in self._turns:
            left = self._give_up - (self._clock.up() - self._lost_at)
            if left <= 0 or self._stopped.wait(pause):
                break
            try:
                return self._begin(given, min(left, self._ways.try_for), left)
            except LivesubsError as error:
                self._news.warn(f"not yet: {error}")
            except OSError as error:
                self._news.warn(f"not yet: {unwritable(self._folder, error)}")
        if self._stopped.is_set():
            return None
        way = f"when it is back, go on with `livesubs run --resume {self._folder}`"
        raise SourceUnreachable(f"{shown} was gone for {minutes(self._give_up)}, what was recorded is kept; {way}")

    def _begin(self, given: str, for_address: float, for_sound: float) -> Connection | None:
        connection = self._connector.begin(self._ways.again(given, for_address), for_sound)
        if connection and given in self._ways.backups:
            self._news.warn(f"the backup {connection.address.shown} is recorded now", about="")
        return connection

    def _called(self, address: Address) -> Connection | None:
        """To who calls an address that listens, and sends; it listens again after one who does not."""
        while True:
            try:
                return self._connector.begin(self._ways.first(address), DAY)
            except CallerLeft as error:
                self._news.warn(f"{without_advice(error)}; it listens again")
                self._stopped.wait(BACKOFF[0])  # once it is stopped, beginning gives a connection without sound
