"""A source on one clock, however often its connection is lost: reconnects, gaps, the sound of all of it in one file.

A thread follows the connection: has it watched, sees it end, connects again with growing pauses. What the session sees
is `audio.s16`, which grows, and events. A live HLS stream is fetched by a mirror, which has a connection for each run
of it and heals most cuts by itself.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

from pipeline.errors import SessionError, SourceError, SourceUnreachable, unwritable
from pipeline.events import Chunk, Event, Gap, Value
from pipeline.flow import Channel, Clock, spawn
from pipeline.settings import SourceSettings
from pipeline.source import parts, watch
from pipeline.source.address import Address
from pipeline.source.capture import Outcome
from pipeline.source.connection import Connection
from pipeline.source.connector import Connector
from pipeline.source.failures import may_pass, redact, without_advice
from pipeline.source.gaps import outside
from pipeline.source.news import News
from pipeline.source.timeline import Timeline
from pipeline.source.tries import Tries
from pipeline.source.watch import Watch
from pipeline.source.ways import STANDS_STILL, Ways

STEADY = 3.0
"""Seconds of sound from a new connection after which it counts as one: less, and it is only another try."""


class Before(Value, frozen=True):
    """What a session that is resumed had."""

    origin: float | None
    """When its first sample arrived, or would have, on the clock that `Clock.up` reads; None if nobody knows."""
    gaps: tuple[Gap, ...]


class Recording:
    """Records a source into `folder`, until its end, `stop`, or until it has been gone for too long."""

    def __init__(
        self,
        sources: tuple[str, ...],
        settings: SourceSettings,
        folder: Path,
        clock: Clock,
        tell: Callable[[Event], None],
        before: Before | None = None,
    ) -> None:
        """`sources`: the source as it was typed, which is asked for its address each time, and its backups.

        Events go to `tell`.
        """
        self._settings, self._folder, self._clock = settings, folder, clock
        self._timeline = timeline = Timeline(folder, before.gaps if before else ())
        self._news = News(tell, lambda: timeline.recorded)
        self._connector = connector = Connector(settings, timeline, clock, before.origin if before else None)
        self._ways = Ways(
            sources, settings, folder, self._news.warn, lambda: connector.delivered, lambda: timeline.position
        )
        self._stopped, self._done = threading.Event(), threading.Event()
        self._followed: Channel[None] | None = None
        self._tries = Tries(self._ways, connector, self._news, clock, folder, settings.give_up, self._stopped)
        self._resumes = before is not None
        """Nothing of this session has been recorded yet."""
        self._shown = redact(sources[0])
        self._outcome = Outcome(state="stopped")

    def start(self, found: Address | SourceError | None) -> None:
        """Connects to the address, or else to a backup, and records from then on; a SourceError when none can be read.

        A resumed session tries a source that may be there later as if its connection had been lost, also one of which
        an error was found. A recording that is stopped before or meanwhile has recorded nothing, and one of None does
        not record any more.
        """
        connection = self._first(found)
        self._followed = spawn(self._follow(connection), bound=1, name="recording")

    def stop(self) -> None:
        """Ends the recording: what has come in is finished and kept. Comes back at once; safe in a signal handler."""
        self._stopped.set()
        self._connector.stop()
        self._ways.close()

    def close(self) -> None:
        """Ends every process of it, at most 5 s after."""
        self.stop()
        self._connector.close()
        if self._followed:
            self._done.wait(5.0)

    @property
    def ended(self) -> bool:
        """Nothing more will be recorded."""
        return self._done.is_set()

    @property
    def connected(self) -> bool:
        """Sound is expected, and nothing has been told that explains why none comes."""
        return self._news.state == "connected" and not self.ended

    @property
    def live(self) -> bool:
        """It comes as time passes; a file may be read ahead."""
        return self._connector.live

    @property
    def outcome(self) -> Outcome:
        """How it ended; waits for the end. What went wrong in its thread is raised here."""
        while not self._done.wait(0.5):  # by turns, see `flow.Channel`
            pass
        for _ in self._followed or ():
            pass
        return self._outcome

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing, so far."""
        return tuple(self._timeline.gaps)

    @property
    def origin(self) -> float | None:
        """When stream time 0 would have arrived (`Clock.up`): what a resume reckons the gap from."""
        return self._connector.origin

    def chunks(self, start: float) -> Iterator[Chunk]:
        """All that is recorded from stream time `start` on, as it grows, without gaps; empty where it breaks off."""
        for chunk in self._timeline.audio.follow(
            start=start, ended=lambda: self.ended, clock=self._clock, broken_off=self._broken_off
        ):
            yield from outside(self._timeline.gaps, chunk)

    def _broken_off(self) -> bool:
        """What is open has to be said now. Not while the stream may go on within the word where it stopped: a mirror's
        does unless it ends a run, a server may send its last seconds again to whom connects at once, and a
        stall may end before the connection is made anew."""
        now, quiet = self._connector.now, self._clock.up() - self._connector.grew_at
        if self._ways.mirrored:
            return self._ways.stands and not self._connector.connected
        if not self._connector.connected:
            return quiet > watch.REJOINED
        return now is not None and not now.address.restarts and quiet > watch.BROKEN_OFF

    def _first(self, found: Address | SourceError | None) -> Connection | None:
        """The first connection; None where there is none, or none yet: then `_outcome` says what is lost."""
        if found is None:
            return None
        if isinstance(found, SourceError):
            self._outcome = _lost(found)
            return None
        try:
            return self._tries.first(found)
        except SourceError as error:
            if not self._resumes or not may_pass(error, found.url):
                raise
            self._outcome = _lost(error)
            return None
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def _follow(self, connection: Connection | None) -> Iterator[None]:
        """The life of the recording."""
        try:
            if self._outcome.state == "lost":
                connection = self._reconnect()
            elif not connection:
                self._outcome = self._over()
            while connection:
                self._shown = connection.address.shown
                self._outcome = self._watched(connection)
                connection = self._after(connection)
        except OSError as error:
            raise unwritable(self._folder, error) from error
        else:
            needed = self._resumes and self._stopped.is_set()  # what was fetched before is still to be recorded
            if self._outcome.state != "lost" and not needed:
                rmtree(self._folder / parts.INCOMING, ignore_errors=True)
        finally:
            self._connector.connected = False
            self._ways.close()
            self._done.set()
        yield from ()

    def _after(self, connection: Connection) -> Connection | None:
        """What is recorded after a connection has ended; None when all has."""
        self._connector.drop()
        if self._stopped.is_set():
            return None
        if connection.address.ends and not isinstance(self._outcome.error, SessionError):
            return None  # a file that cannot be read will not be better for being opened again
        if self._settings.length and self._timeline.recorded >= self._settings.length - 1.0:
            return None  # as long as was asked for
        if self._ways.mirrored and self._outcome.state == "ended":
            try:
                return self._next_run(connection.address)
            except SourceError as error:
                self._outcome = Outcome(state="lost", detail=str(error), error=error)
        return self._reconnect(steady=connection.most >= STEADY) if self._outcome.state == "lost" else None

    def _next_run(self, address: Address) -> Connection | None:
        """What a mirror has next; it helps itself, however long that takes. SourceError as `Ways.next_run`."""
        if self._ways.stands:
            self._news.late(self._ways.trouble or STANDS_STILL, self._ways.patience)
        left = self._connector.left(address)
        patience = self._ways.patience if left is None else min(self._ways.patience, max(0.0, left))
        try:
            run = self._ways.next_run(patience)
        except SourceUnreachable:
            if left is None or left > patience:
                raise
            run = None  # as long as was asked for
        connection = self._connector.begin(run, self._settings.give_up)
        if not connection:
            self._outcome = self._over()
        return connection

    def _watched(self, connection: Connection) -> Outcome:
        """How it ended, once it has ended or is of no more use."""
        reason = "the session was not running" if self._resumes else connection.opening.reason or self._outcome.detail
        origin = self._connector.origin
        watched = Watch(connection, self._timeline, self._ways, self._news, self._clock, origin=origin, reason=reason)
        outcome = watched.run(self._stopped.is_set)
        self._resumes = self._resumes and connection.at is None
        return outcome

    def _reconnect(self, *, steady: bool = False) -> Connection | None:
        """The next connection after one that was lost; None where none is needed, or to be had."""
        try:
            connection = self._tries.again(self._outcome.detail, self._shown, steady=steady)
        except SourceUnreachable as error:
            if not isinstance(self._outcome.error, SessionError):
                self._outcome = _lost(error)
            return None
        if not connection:
            self._outcome = self._over()
        return connection

    def _over(self) -> Outcome:
        """Nothing is left to be recorded."""
        return Outcome(state="stopped" if self._stopped.is_set() else "ended")


def _lost(error: SourceError) -> Outcome:
    return Outcome(state="lost", detail=without_advice(error), error=error)
