"""A source on one clock, however often its connection is lost: reconnects, gaps, the sound of all of it in one file.

A thread follows the connection: copies its sound to its place, sees it stall or end, connects again with growing
pauses. What the session sees is `audio.s16`, which grows, and events. A live HLS stream is fetched by a mirror, which
has a connection for each run of it and heals most cuts by itself.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Literal

import msgspec

from pipeline.errors import (
    CallerLeft,
    LivesubsError,
    SessionError,
    SettingsError,
    SourceError,
    SourceUnreachable,
    unwritable,
)
from pipeline.events import Chunk, Event, Gap, SourceState, Value, Warned
from pipeline.flow import Channel, Clock, spawn
from pipeline.settings import SourceSettings
from pipeline.source import parts
from pipeline.source.address import Address
from pipeline.source.capture import DAY, Outcome
from pipeline.source.connection import Connection, Opening
from pipeline.source.failures import may_pass, redact
from pipeline.source.gaps import Hole, outside
from pipeline.source.timeline import Timeline
from pipeline.source.ways import BACKOFF, Ways

TICK = 0.1
"""Seconds between two looks at a connection."""
STALLED = 20.0
"""Seconds without new sound after which a connection is made anew: most stalls of a server are shorter."""
BROKEN_OFF = 12.0
"""Seconds without new sound after which that is told, and what is open is said where no new connection is made."""
SWITCHED = 8.0
"""... and where there is a backup to go to."""
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
        self._settings, self._folder, self._clock, self._tell = settings, folder, clock, tell
        self._timeline = Timeline(folder, before.gaps if before else ())
        self._origin = before.origin if before else None
        self._number = self._timeline.last.number if self._timeline.last else 0
        self._connection: Connection | None = None
        self._ways = Ways(sources, settings, folder, self._warn, self._delivered, lambda: self._timeline.position)
        self._tries: Iterator[tuple[float, str]] | None = None
        self._lost_at = 0.0
        self._told: set[str] = set()
        self._state = ""
        self._stopped, self._done = threading.Event(), threading.Event()
        self._followed: Channel[None] | None = None
        self._grew_at, self._size = clock.up(), 0.0
        self._hole = Hole(self._timeline.audio)
        self._connected = False
        self._resumes = before is not None
        """Nothing of this session has been recorded yet."""
        self._shown = redact(sources[0])
        self._outcome = Outcome(state="stopped")

    def start(self, found: Address | SourceError) -> None:
        """Connects to the address, or else to a backup, and records from then on; a SourceError when none can be read.

        A resumed session tries a source that may be there later as if its connection had been lost, also one of which
        an error was found. A recording that is stopped before or meanwhile has recorded nothing.
        """
        connection = self._first(found)
        self._followed = spawn(self._follow(connection), bound=1, name="recording")

    def stop(self) -> None:
        """Ends the recording: what has come in is finished and kept. Comes back at once; safe in a signal handler."""
        self._stopped.set()
        if self._connection:
            self._connection.capture.stop()
        self._ways.close()

    def close(self) -> None:
        """Ends every process of it, at most 5 s after."""
        self.stop()
        if self._connection:
            self._connection.capture.close()
        if self._followed:
            self._done.wait(5.0)

    @property
    def ended(self) -> bool:
        """Nothing more will be recorded."""
        return self._done.is_set()

    @property
    def connected(self) -> bool:
        """Sound is expected, and nothing has been told that explains why none comes."""
        return self._state == "connected" and not self.ended

    @property
    def live(self) -> bool:
        """It comes as time passes; a file may be read ahead."""
        connection = self._connection
        return connection is not None and (not connection.address.ends or self._settings.pace is not None)

    @property
    def outcome(self) -> Outcome:
        """How it ended; waits for the end. What went wrong in its thread is raised here."""
        self._done.wait()
        for _ in self._followed or ():
            pass
        return self._outcome

    @property
    def origin(self) -> float | None:
        """When stream time 0 would have arrived (`Clock.up`): what a resume reckons the gap from."""
        return (self._connection and self._connection.origin) or self._origin

    def chunks(self, start: float) -> Iterator[Chunk]:
        """All that is recorded from stream time `start` on, as it grows, without gaps; empty where it breaks off."""
        for chunk in self._timeline.audio.follow(
            start=start, ended=lambda: self.ended, clock=self._clock, broken_off=self._broken_off
        ):
            yield from outside(self._timeline.gaps, chunk)

    def _broken_off(self) -> bool:
        """What is open has to be said now. Not while the stream may go on within the word where it stopped: a mirror's
        always does unless there is a gap, and a stall may end before the connection is made anew."""
        if self._ways.mirrored:
            return False
        stays = self._connection is not None and not self._connection.address.restarts
        return not self._connected or (stays and self._quiet > BROKEN_OFF)

    @property
    def _quiet(self) -> float:
        """Seconds since the last new sound."""
        return self._clock.up() - self._grew_at

    @property
    def _latest(self) -> float:
        """Stream time that nothing that comes now can be later than."""
        if self._origin is None:
            return self._timeline.recorded + self._quiet
        return max(self._timeline.recorded, self._clock.up() - self._origin)

    def _delivered(self) -> float:
        return self._connection.delivered if self._connection else 0.0

    def _first(self, found: Address | SourceError) -> Connection | None:
        """The first connection; None where there is none, or none yet: then `_outcome` says what is lost."""
        if isinstance(found, SourceError):
            self._outcome = _lost(found)
            return None
        try:
            return self._called(found) if found.waits else self._begin(self._ways.first(found), DAY)
        except SourceError as error:
            for given in self._ways.backups:
                with suppress(SourceError):
                    return self._begin(self._ways.again(given, STALLED), DAY)
            if not self._resumes or not may_pass(error, found.url):
                raise
            self._outcome = _lost(error)
            return None
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def _called(self, address: Address) -> Connection | None:
        """The connection of who calls an address that listens, and sends; it listens again after one who does not."""
        while True:
            try:
                return self._begin(self._ways.first(address), DAY)
            except CallerLeft as error:
                self._warn(f"{_short(error)}; it listens again")
                self._stopped.wait(BACKOFF[0])  # once it is stopped, beginning gives a connection without sound

    def _begin(self, opening: Opening | None, patience: float) -> Connection | None:
        """The connection to what was opened; None where nothing is left of it to record."""
        if opening is None:
            return None
        try:
            return self._connect(opening, patience)
        except SettingsError:
            if opening.address.ends and self._timeline.recorded:
                return None  # a file that was recorded to its end, and the session was cut off after that
            raise

    def _connect(self, opening: Opening, patience: float) -> Connection:
        """A new connection, recording; a file is gone on with where its recording broke off."""
        settings, recorded = self._settings, self._timeline.recorded
        if (left := self._left(opening.address)) is not None:
            settings = msgspec.structs.replace(settings, length=left)
        if opening.address.ends and recorded:
            settings = msgspec.structs.replace(settings, start=settings.start + recorded)
        connection = Connection(opening, settings, self._folder, self._number + 1, patience)
        self._connection, self._shown = connection, opening.address.shown
        if self._stopped.is_set():  # asked for while it was being made
            connection.capture.stop()
        connection.capture.start()
        if not connection.capture.media.tracks:  # it was stopped: none were looked for
            return connection
        self._number += 1
        first = self._number == 1 or opening.address.ends
        connection.known = recorded if first else connection.by_source(self._timeline.last, recorded, self._latest)
        self._connected, self._grew_at, self._size = True, self._clock.up(), 0.0
        return connection

    def _left(self, address: Address) -> float | None:
        """Seconds to the end that was asked for, if one was; time without a stream counts, without a file not."""
        if self._settings.length is None:
            return None
        passes = self._origin is not None and not address.ends
        gone = self._clock.up() - (self._origin or 0.0) if passes else self._timeline.recorded
        return max(0.1, self._settings.length - gone)

    def _follow(self, connection: Connection | None) -> Iterator[None]:
        """The life of the recording."""
        try:
            if self._outcome.state == "lost":
                connection = self._reconnect()
            elif not connection:
                self._outcome = self._over()
            while connection:
                self._outcome = self._watch(connection)
                connection = self._after(connection)
        except OSError as error:
            raise unwritable(self._folder, error) from error
        else:
            if self._outcome.state != "lost":
                rmtree(self._folder / parts.INCOMING, ignore_errors=True)
        finally:
            self._connected = False
            self._ways.close()
            self._done.set()
        yield from ()

    def _after(self, connection: Connection) -> Connection | None:
        """What is recorded after a connection has ended; None when all has."""
        connection.capture.close()
        self._origin = connection.origin or self._origin
        self._connection = None  # nothing of what comes next has been delivered yet
        if self._stopped.is_set():
            return None
        if connection.address.ends and not isinstance(self._outcome.error, SessionError):
            return None  # a file that cannot be read will not be better for being opened again
        if self._settings.length and self._timeline.recorded >= self._settings.length - 1.0:
            return None  # as long as was asked for
        if self._ways.mirrored and self._outcome.state == "ended":
            try:
                return self._begin(self._ways.next_run(STALLED), self._settings.give_up)
            except SourceError as error:
                self._outcome = Outcome(state="lost", detail=str(error), error=error)
        return self._reconnect(steady=connection.most >= STEADY) if self._outcome.state == "lost" else None

    def _watch(self, connection: Connection) -> Outcome:
        """Copies what comes until the connection ends or stalls, and all of it is copied; how it ended."""
        why = ""
        while True:
            over = connection.capture.ended  # asked first, so that the last of its sound is looked at
            copied = self._look(connection, over=over)
            if over and (copied or self._stopped.is_set()):
                break
            if not over and not why and (why := self._lost(connection)):
                connection.capture.close()
            self._clock.wait(TICK)
        if copied:
            self._timeline.close(connection)
        if not why or self._stopped.is_set():
            outcome = connection.capture.outcome
            return msgspec.structs.replace(outcome, detail=outcome.detail.partition(";")[0])
        removed = not self._folder.is_dir() or connection.delivered < self._size
        self._folder.mkdir(parents=True, exist_ok=True)
        return Outcome(state="lost", detail=why, error=SessionError(why) if removed else None)

    def _lost(self, connection: Connection) -> str:
        """Why a new connection may help; empty if nothing is wrong. A mirror helps itself, unless there is a backup."""
        if connection.delivered < self._size:
            return "the session folder was removed"
        patience = STALLED if not self._ways.mirrored else self._settings.give_up
        if self._ways.backups:
            patience = SWITCHED
        may_help = connection.address.restarts or self._ways.mirrored
        return f"nothing has come for {self._quiet:.0f} s" if may_help and self._quiet > patience else ""

    def _look(self, connection: Connection, *, over: bool) -> bool:
        """Notes what has come and puts it in its place; whether all of it is there."""
        now, delivered = self._clock.up(), connection.delivered
        connection.arrival.note(now, delivered)
        copied = self._put(connection, over=over)
        if copied and connection.at is not None and not self._ways.mirrored and (gap := self._hole.look(self._quiet)):
            self._tell(gap)
        if delivered > self._size:
            self._grew_at, self._size = now, delivered
            connection.most = max(connection.most, delivered)
            if connection.at is not None:
                self._say("connected", "it goes on where it was")
        elif self._quiet > BROKEN_OFF and self._ways.trouble:
            self._say("lost", self._ways.trouble)
            self._warn(f"{self._ways.trouble}; it is tried again until it is back")
        return copied

    def _put(self, connection: Connection, *, over: bool) -> bool:
        """Finds its place when that can be told, and copies what is new; a full disk is waited for."""
        try:
            if connection.at is None and (connection.known is not None or connection.arrival.settled or over):
                at = connection.known
                at = connection.by_arrival(self._origin, self._timeline.recorded) if at is None else at
                if at is not None:
                    self._place(connection, at)
            self._timeline.copy(connection)
        except OSError as error:
            self._warn(str(unwritable(self._folder, error)))
            return False
        return True

    def _place(self, connection: Connection, at: float) -> None:
        reason = connection.opening.reason or self._outcome.detail
        if self._resumes:
            reason, self._resumes = "the session was not running", False
        gap = self._timeline.place(connection, at, reason)
        self._hole = Hole(self._timeline.audio)
        if gap:
            self._tell(gap)
        self._state = "connected"
        self._tell(SourceState(state="connected", stream=at, detail=str(connection.capture.media)))

    def _reconnect(self, *, steady: bool = False) -> Connection | None:
        """The next connection, however many tries it takes; None when it was stopped, has ended, or is gone for long.

        One that is lost again before it was `steady`, and has given something to hear, counts as a try.
        """
        self._connected = False
        if self._tries is None or steady:
            self._tries, self._lost_at = self._ways.tries(), self._grew_at
            self._told.clear()
        self._say("lost", self._outcome.detail)
        patience = f"for {_minutes(self._settings.give_up)} at most (--give-up)"
        self._warn(f"{self._outcome.detail}; it is tried again until it goes on, {patience}")
        for pause, given in self._tries:
            left = self._settings.give_up - (self._clock.up() - self._lost_at)
            if left <= 0 or self._stopped.wait(pause):
                break
            try:
                connection = self._begin(self._ways.again(given, min(left, self._try_for)), left)
            except LivesubsError as error:
                self._warn(f"not yet: {error}")
            except OSError as error:
                self._warn(f"not yet: {unwritable(self._folder, error)}")
            else:
                if not connection:
                    self._outcome = self._over()
                return connection
        self._outcome = self._given_up()
        return None

    @property
    def _try_for(self) -> float:
        """Seconds that one try may take."""
        return SWITCHED if self._ways.backups else STALLED

    def _say(self, state: Literal["connected", "lost"], detail: str) -> None:
        """How the source stands, when that is news."""
        if state != self._state:
            self._state = state
            self._tell(SourceState(state=state, stream=self._timeline.recorded, detail=detail))

    def _warn(self, text: str) -> None:
        """Tells a person once, until the stream was well again."""
        if text not in self._told:
            self._told.add(text)
            self._tell(Warned(text=text))

    def _over(self) -> Outcome:
        """Nothing is left to be recorded."""
        return Outcome(state="stopped" if self._stopped.is_set() else "ended")

    def _given_up(self) -> Outcome:
        if self._stopped.is_set():
            return Outcome(state="stopped")
        if isinstance(self._outcome.error, SessionError):
            return self._outcome
        text = f"{self._shown} was gone for {_minutes(self._settings.give_up)}; what was recorded is kept"
        way = f"when it is back, go on with `livesubs run --resume {self._folder}`"
        return Outcome(state="lost", detail=text, error=SourceUnreachable(f"{text}; {way}"))


def _lost(error: SourceError) -> Outcome:
    return Outcome(state="lost", detail=_short(error), error=error)


def _short(error: SourceError) -> str:
    """What is wrong, without what a person could do."""
    return str(error).partition(";")[0]


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
