"""A source on one clock, however often its connection is lost: reconnects, gaps, the sound of all of it in one file.

A thread follows the connection: copies its sound to its place, sees it stall or end, connects again with growing
pauses, by turns to the source and its backups. What the session sees is `audio.s16`, which grows, and events.
"""

import threading
from collections.abc import Callable, Iterator
from itertools import chain, cycle, repeat
from pathlib import Path

import msgspec

from pipeline.audio import AudioFile
from pipeline.errors import LivesubsError, SourceError, SourceUnreachable
from pipeline.events import Chunk, Event, Gap, SourceState, Value, Warned
from pipeline.flow import Channel, Clock, spawn
from pipeline.settings import SourceSettings
from pipeline.source import archive, parts
from pipeline.source.address import Address, resolve
from pipeline.source.arrival import Arrival
from pipeline.source.capture import DAY, Capture, Outcome
from pipeline.source.gaps import Hole, outside

TICK = 0.1
"""Seconds between two looks at a connection."""
BACKOFF = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each try to connect again; then always the last."""
STALLED = 20.0
"""Seconds without new sound after which a connection is made anew: most stalls of a server are shorter."""
BROKEN_OFF = 12.0
"""Seconds without new sound after which what is open is said: HLS comes in lots of up to ten."""
OVERLAP = 60.0
"""Seconds that a server may send again to whom connects again; more, and its sound tells nothing about the time."""
AUDIBLE = 0.05
"""Seconds under which a gap is none."""


class Before(Value, frozen=True):
    """What a session that is resumed had."""

    origin: float | None
    """When its first sample arrived, or would have, on the clock that `Clock.up` reads; None if nobody knows."""
    gaps: tuple[Gap, ...]


class _Connection:
    """One capture, and where its sound lies."""

    def __init__(self, address: Address, settings: SourceSettings, folder: Path, number: int, patience: float) -> None:
        self.number, self.address = number, address
        self.sound = parts.part(folder, number)
        if number > 1:
            self.sound.unlink(missing_ok=True)  # of one that was cut off before it had a place
        self.capture = Capture(address, settings, folder, number, patience)
        self.arrival = Arrival()
        self.at: float | None = 0.0 if number == 1 else None
        """Stream time of its first sample; None until it is known."""

    @property
    def origin(self) -> float | None:
        """When stream time 0 would have arrived, by this connection."""
        return None if self.at is None or self.arrival.origin is None else self.arrival.origin - self.at


class Recording:
    """Records a source into `folder`, until its end, `stop`, or until it has been gone for too long."""

    def __init__(
        self,
        given: str,
        settings: SourceSettings,
        folder: Path,
        clock: Clock,
        tell: Callable[[Event], None],
        before: Before | None = None,
    ) -> None:
        """`given` is the source as it was typed, which is asked for its address each time; events go to `tell`."""
        self._sources = (given, *settings.backup)
        self._settings, self._folder, self._clock, self._tell = settings, folder, clock, tell
        self._audio = AudioFile(folder / parts.NAME)
        self._gaps = list(before.gaps) if before else []
        self._origin = before.origin if before else None
        self._number = recover(folder)
        self._connection: _Connection | None = None
        self._stopped, self._done = threading.Event(), threading.Event()
        self._followed: Channel[None] | None = None
        self._grew_at, self._size = clock.up(), 0.0
        self._hole = Hole(self._audio)
        self._connected = False
        self._full = False
        self._outcome = Outcome(state="stopped")

    def start(self, address: Address) -> None:
        """Connects to `address`, or else to a backup, and records from then on; a SourceError when none can be read.

        A recording that is stopped before or meanwhile has recorded nothing.
        """
        connection = self._first(address)
        if connection.capture.media.tracks and (self._number == 1 or address.ends):
            self._place(connection, self._audio.recorded)
        self._followed = spawn(self._follow(connection), bound=1, name="recording")

    def stop(self) -> None:
        """Ends the recording: what has come in is finished and kept. Comes back at once; safe in a signal handler."""
        self._stopped.set()
        if self._connection:
            self._connection.capture.stop()

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
    def outcome(self) -> Outcome:
        """How it ended; waits for the end."""
        self._done.wait()
        return self._outcome

    @property
    def origin(self) -> float | None:
        """When stream time 0 would have arrived (`Clock.up`): what a resume reckons the gap from."""
        return (self._connection and self._connection.origin) or self._origin

    def chunks(self, start: float) -> Iterator[Chunk]:
        """All that is recorded from stream time `start` on, as it grows, without gaps; empty where it breaks off."""
        for chunk in self._audio.follow(
            start=start, ended=lambda: self.ended, clock=self._clock, broken_off=self._broken_off
        ):
            yield from outside(self._gaps, chunk)

    def _broken_off(self) -> bool:
        return not self._connected or self._quiet > BROKEN_OFF

    @property
    def _quiet(self) -> float:
        """Seconds since the last new sound."""
        return self._clock.up() - self._grew_at

    def _first(self, address: Address) -> _Connection:
        try:
            return self._connect(address, DAY)
        except SourceError as error:
            for given in self._sources[1:]:
                try:
                    connection = self._connect(resolve(given, self._settings), DAY)
                except SourceError:
                    continue
                self._tell(Warned(text=f"{error}; until then its backup is recorded"))
                return connection
            raise

    def _connect(self, address: Address, patience: float) -> _Connection:
        """A new connection, recording; a file is gone on with where its recording broke off."""
        settings, recorded = self._settings, self._audio.recorded
        if (left := self._left()) is not None:
            settings = msgspec.structs.replace(settings, length=left)
        if address.ends and recorded:
            settings = msgspec.structs.replace(settings, start=settings.start + recorded)
        connection = _Connection(address, settings, self._folder, self._number + 1, patience)
        self._connection = connection
        if self._stopped.is_set():  # asked for while it was being made
            connection.capture.stop()
        connection.capture.start()
        self._number += 1
        self._connected, self._grew_at, self._size = True, self._clock.up(), 0.0
        return connection

    def _left(self) -> float | None:
        """Seconds to the end that was asked for, if one was."""
        if self._settings.length is None:
            return None
        gone = self._clock.up() - self._origin if self._origin is not None else self._audio.recorded
        return max(0.1, self._settings.length - gone)

    def _follow(self, connection: _Connection) -> Iterator[None]:
        """The life of the recording."""
        try:
            found: _Connection | None = connection
            while found:
                self._outcome = self._watch(found)
                found.capture.close()
                parts.discard(found.sound, self._audio.path)
                found = self._reconnect(found) if self._goes_on(found) else None
        finally:
            self._connected = False
            self._done.set()
        yield from ()

    def _goes_on(self, connection: _Connection) -> bool:
        """It was lost, and can come again; a recording that broke off is not begun anew."""
        return self._outcome.state == "lost" and not connection.address.ends and not self._stopped.is_set()

    def _watch(self, connection: _Connection) -> Outcome:
        """Copies what comes until the connection ends or stalls; how it did."""
        while True:
            over = connection.capture.ended  # asked first, so that the last of its sound is looked at
            self._look(connection, over=over)
            if over:
                return connection.capture.outcome
            if self._quiet > STALLED and connection.address.restarts:
                connection.capture.close()
                self._look(connection, over=True)
                text = f"{connection.address.shown} has sent nothing for {STALLED:.0f} s"
                return Outcome(state="stopped" if self._stopped.is_set() else "lost", detail=text)
            self._clock.wait(TICK)

    def _look(self, connection: _Connection, *, over: bool) -> None:
        now, delivered = self._clock.up(), parts.seconds(connection.sound)
        connection.arrival.note(now, delivered)
        if connection.at is None and (connection.arrival.settled or over):
            self._find_place(connection)
        if connection.at is not None:
            self._copy(connection)
            if gap := self._hole.look(self._quiet):
                self._tell(gap)
        if delivered > self._size:
            self._grew_at, self._size = now, delivered

    def _find_place(self, connection: _Connection) -> None:
        """By when its sound arrives, beside that of the connection before."""
        recorded, origin = self._audio.recorded, connection.arrival.origin
        if origin is None or connection.arrival.first is None:
            return
        at = recorded if self._origin is None else origin - self._origin
        if self._origin is not None and at < recorded - OVERLAP:
            at = max(recorded, connection.arrival.first - self._origin)
        self._place(connection, at)

    def _place(self, connection: _Connection, at: float) -> None:
        """Its first sample lies at stream time `at`: what is missing before it is a gap."""
        recorded = self._audio.recorded
        if at - recorded > AUDIBLE:
            gap = Gap(start=recorded, end=at, reason=self._outcome.detail or "the session was not running")
            self._gaps.append(gap)  # before the file grows by it: nobody shall hear it
            self._tell(gap)
        parts.extend(self._audio.path, at)
        archive.place(self._folder / "archive", connection.number, at)
        connection.at, self._hole = at, Hole(self._audio)
        self._tell(SourceState(state="connected", stream=at, detail=str(connection.capture.media)))

    def _copy(self, connection: _Connection) -> None:
        """Its new sound to the end of the rest; a full disk is waited for, since the part itself is safe."""
        if connection.sound == self._audio.path:
            return
        assert connection.at is not None
        try:
            parts.splice(connection.sound, self._audio.path, connection.at)
            self._full = False
        except OSError as error:
            if not self._full:
                self._tell(Warned(text=f"{self._audio.path} cannot be written ({error.strerror}); free some space"))
            self._full = True

    def _reconnect(self, lost: _Connection) -> _Connection | None:
        """The next connection, however many tries it takes; None when it was stopped, or gone for too long."""
        self._connected, self._origin = False, lost.origin or self._origin
        since, patience, reason = self._clock.up(), self._settings.give_up, ""
        self._tell(SourceState(state="lost", stream=self._audio.recorded, detail=self._outcome.detail))
        self._tell(Warned(text=f"{lost.address.shown} is lost; connecting again, for {_minutes(patience)} at most"))
        ways = chain([self._sources[0]], cycle(self._sources))
        for pause, given in zip(chain(BACKOFF, repeat(BACKOFF[-1])), ways, strict=False):
            left = patience - (self._clock.up() - since)
            if left <= 0 or self._stopped.wait(pause):
                break
            try:
                connection = self._connect(resolve(given, self._settings), left)
            except LivesubsError as error:
                if str(error) != reason:
                    reason = str(error)
                    self._tell(Warned(text=f"not yet: {reason}"))
                continue
            if given != self._sources[0]:
                self._tell(Warned(text=f"the backup {connection.address.shown} is recorded now"))
            return connection
        self._outcome = self._given_up(lost)
        return None

    def _given_up(self, lost: _Connection) -> Outcome:
        if self._stopped.is_set():
            return Outcome(state="stopped")
        text = f"{lost.address.shown} was gone for {_minutes(self._settings.give_up)}; what was recorded is kept"
        way = "when it is back, go on with `livesubs run --resume` and the session folder"
        return Outcome(state="lost", detail=text, error=SourceUnreachable(f"{text}; {way}"))


def recover(folder: Path) -> int:
    """Puts what a session that was cut off had not copied yet to its place; gives the number of its last connection."""
    placed = archive.placed(folder / "archive")
    for number, at in placed.items():
        sound = parts.part(folder, number)
        if number > 1 and sound.exists():
            parts.splice(sound, folder / parts.NAME, at)
            parts.discard(sound, folder / parts.NAME)
    return max(placed, default=1 if parts.seconds(folder / parts.NAME) else 0)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
