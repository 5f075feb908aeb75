"""A source on one clock, however often its connection is lost: reconnects, gaps, the sound of all of it in one file.

A thread follows the connection: copies its sound to its place, sees it stall or end, connects again with growing
pauses, by turns to the source and its backups. What the session sees is `audio.s16`, which grows, and events. A live
HLS stream is fetched by a mirror, which has a connection for each run of it and heals most cuts by itself.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, cycle, repeat
from pathlib import Path
from shutil import rmtree

import msgspec
from filelock import FileLock, Timeout

from pipeline.audio import AudioFile
from pipeline.errors import LivesubsError, SessionError, SourceError, SourceUnreachable, unwritable
from pipeline.events import Chunk, Event, Gap, SourceState, Value, Warned
from pipeline.flow import Channel, Clock, spawn
from pipeline.settings import SourceSettings
from pipeline.source import archive, parts
from pipeline.source.address import Address, resolve
from pipeline.source.capture import DAY, Outcome
from pipeline.source.connection import Connection, Opening
from pipeline.source.gaps import Hole, outside
from pipeline.source.hls.mirror import Mirror
from pipeline.source.hls.runs import Position
from pipeline.source.parts import Placed
from pipeline.source.process import LOCK

TICK = 0.1
"""Seconds between two looks at a connection."""
BACKOFF = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each try to connect again; then always the last."""
STALLED = 20.0
"""Seconds without new sound after which a connection is made anew: most stalls of a server are shorter."""
BROKEN_OFF = 12.0
"""Seconds without new sound after which what is open is said: HLS comes in lots of up to ten."""
STEADY = 3.0
"""Seconds of sound from a new connection after which it counts as one: less, and it is only another try."""
AUDIBLE = 0.05
"""Seconds under which a gap is none."""


class Before(Value, frozen=True):
    """What a session that is resumed had."""

    origin: float | None
    """When its first sample arrived, or would have, on the clock that `Clock.up` reads; None if nobody knows."""
    gaps: tuple[Gap, ...]


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
        self._placed = recover(folder)
        self._number = self._placed.number if self._placed else 0
        self._connection: Connection | None = None
        self._mirror: Mirror | None = None
        self._stopped, self._done = threading.Event(), threading.Event()
        self._followed: Channel[None] | None = None
        self._grew_at, self._size = clock.up(), 0.0
        self._upto = self._audio.recorded
        self._hole = Hole(self._audio)
        self._connected = False
        self._tries: Iterator[tuple[float, str]] | None = None
        self._lost_at, self._last_told = 0.0, ""
        self._outcome = Outcome(state="stopped")

    def start(self, address: Address) -> None:
        """Connects to `address`, or else to a backup, and records from then on; a SourceError when none can be read.

        A recording that is stopped before or meanwhile has recorded nothing.
        """
        connection = self._first(address)
        self._followed = spawn(self._follow(connection), bound=1, name="recording")

    def stop(self) -> None:
        """Ends the recording: what has come in is finished and kept. Comes back at once; safe in a signal handler."""
        self._stopped.set()
        if self._connection:
            self._connection.capture.stop()
        if self._mirror:
            self._mirror.close()

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

    @property
    def _recorded(self) -> float:
        """Stream time up to which there was sound, also if somebody has removed it."""
        self._upto = max(self._upto, self._audio.recorded)
        return self._upto

    def _first(self, address: Address) -> Connection | None:
        try:
            return self._open(address, self._sources[0], DAY)
        except SourceError as error:
            for given in self._sources[1:]:
                try:
                    connection = self._open(resolve(given, self._settings), given, DAY)
                except SourceError:
                    continue
                self._tell(Warned(text=f"{error}; until then its backup is recorded"))
                return connection
            raise

    def _open(self, address: Address, given: str, patience: float) -> Connection | None:
        """A connection to an address; None when its stream has ended meanwhile."""
        if self._mirror:
            self._mirror.close()
            self._mirror = None
        if address.kind != "hls":
            return self._connect(Opening(address=address), patience)
        self._mirror = Mirror(
            address,
            self._folder / parts.INCOMING,
            recorded=lambda: self._connection.delivered if self._connection else 0.0,
            tell=lambda text: self._tell(Warned(text=text)),
            renew=lambda: resolve(given, self._settings),
            after=self._position,
        )
        return self._next_run(patience)

    @property
    def _position(self) -> Position | None:
        """Up to where the stream is recorded, on its own clock."""
        if not self._placed or self._placed.began is None:
            return None
        return Position(clock=self._placed.clock, at=self._placed.began + max(0.0, self._recorded - self._placed.at))

    def _next_run(self, patience: float) -> Connection | None:
        run = self._mirror.next_run() if self._mirror else None
        if run is None:
            return None
        opening = Opening(address=run.address, began=run.began, clock=run.clock, missing=run.missing, reason=run.reason)
        return self._connect(opening, patience)

    def _connect(self, opening: Opening, patience: float) -> Connection:
        """A new connection, recording; a file is gone on with where its recording broke off."""
        settings, recorded = self._settings, self._recorded
        if (left := self._left()) is not None:
            settings = msgspec.structs.replace(settings, length=left)
        if opening.address.ends and recorded:
            settings = msgspec.structs.replace(settings, start=settings.start + recorded)
        connection = Connection(opening, settings, self._folder, self._number + 1, patience)
        self._connection = connection
        if self._stopped.is_set():  # asked for while it was being made
            connection.capture.stop()
        connection.capture.start()
        if not connection.capture.media.tracks:  # it was stopped: none were looked for
            return connection
        self._number += 1
        self._connected, self._grew_at, self._size = True, self._clock.up(), 0.0
        first = self._number == 1 or opening.address.ends
        connection.known = recorded if first else connection.by_source(self._placed, recorded)
        if connection.known is not None:
            self._place(connection, connection.known)
        return connection

    def _left(self) -> float | None:
        """Seconds to the end that was asked for, if one was."""
        if self._settings.length is None:
            return None
        gone = self._clock.up() - self._origin if self._origin is not None else self._recorded
        return max(0.1, self._settings.length - gone)

    def _follow(self, connection: Connection | None) -> Iterator[None]:
        """The life of the recording."""
        self._outcome = Outcome(state="stopped" if self._stopped.is_set() else "ended")
        try:
            while connection:
                self._outcome = self._watch(connection)
                connection.capture.close()
                parts.discard(connection.sound, self._audio.path)
                connection = self._after(connection)
        except OSError as error:
            raise unwritable(self._folder, error) from error
        else:
            if self._outcome.state != "lost":
                rmtree(self._folder / parts.INCOMING, ignore_errors=True)
        finally:
            self._connected = False
            if self._mirror:
                self._mirror.close()
            self._done.set()
        yield from ()

    def _after(self, connection: Connection) -> Connection | None:
        """What is recorded after a connection has ended; None when all has."""
        self._origin = connection.origin or self._origin
        if self._stopped.is_set():
            return None
        if connection.address.ends and not isinstance(self._outcome.error, SessionError):
            return None  # a file that cannot be read will not be better for being opened again
        if self._mirror and self._outcome.state == "ended":
            return self._next_run(self._settings.give_up)
        return self._reconnect(connection) if self._outcome.state == "lost" else None

    def _watch(self, connection: Connection) -> Outcome:
        """Copies what comes until the connection ends or stalls; how it did."""
        while True:
            over = connection.capture.ended  # asked first, so that the last of its sound is looked at
            self._look(connection, over=over)
            if over:
                return connection.capture.outcome
            if removed := connection.delivered < self._size:
                self._folder.mkdir(parents=True, exist_ok=True)
            if removed or self._stalled(connection):
                connection.capture.close()
                self._look(connection, over=True)
                why = "the session folder was removed" if removed else f"nothing has come for {self._quiet:.0f} s"
                return Outcome(state="lost", detail=why, error=SessionError(why) if removed else None)
            self._clock.wait(TICK)

    def _stalled(self, connection: Connection) -> bool:
        """A new connection may help. A mirror makes its own, as long as there is no backup to go to."""
        if self._mirror:
            return self._quiet > (STALLED if self._sources[1:] else self._settings.give_up)
        return connection.address.restarts and self._quiet > STALLED

    def _look(self, connection: Connection, *, over: bool) -> None:
        now, delivered, recorded = self._clock.up(), connection.delivered, self._recorded
        connection.arrival.note(now, delivered)
        if connection.at is None and (connection.arrival.settled or over):
            at = connection.known
            if at is None:
                at = connection.by_arrival(self._origin, recorded)
            if at is not None:
                self._place(connection, at)
        if connection.at is not None:
            self._copy(connection, connection.at)
            if gap := self._hole.look(self._quiet):
                self._tell(gap)
        if delivered > self._size:
            self._grew_at, self._size = now, delivered
        elif self._mirror and self._quiet > BROKEN_OFF and self._mirror.trouble:
            self._trouble(f"{self._mirror.trouble}; it is tried again until it is back")

    def _place(self, connection: Connection, at: float) -> None:
        """Its first sample lies at stream time `at`: what is missing before it is a gap.

        Where the disk does not take that, it has no place yet, and is given one at the next look.
        """
        recorded, opening = self._recorded, connection.opening
        placed = Placed(number=connection.number, at=at, began=opening.began, clock=opening.clock)
        try:
            archive.place(self._folder / archive.NAME, placed)
        except OSError as error:
            self._trouble(f"{self._folder} cannot be written ({error.strerror}); free some space")
            return
        if at - recorded > AUDIBLE:
            reason = connection.opening.reason or self._outcome.detail or "the session was not running"
            gap = Gap(start=recorded, end=at, reason=reason)
            self._gaps.append(gap)  # before the file grows by it: nobody shall hear it
            self._tell(gap)
        parts.extend(self._audio.path, at)  # takes no room where files may have holes
        self._placed, connection.at, self._hole = placed, at, Hole(self._audio)
        self._tell(SourceState(state="connected", stream=at, detail=str(connection.capture.media)))

    def _copy(self, connection: Connection, at: float) -> None:
        """Its new sound to the end of the rest; a full disk is waited for, since the part itself is safe."""
        if connection.sound == self._audio.path:
            return
        try:
            parts.splice(connection.sound, self._audio.path, at)
        except OSError as error:
            self._trouble(f"{self._audio.path} cannot be written ({error.strerror}); free some space")

    def _reconnect(self, lost: Connection) -> Connection | None:
        """The next connection, however many tries it takes; None when it was stopped, or gone for too long.

        One that is lost again before it has given something to hear counts as a try.
        """
        self._connected = False
        if self._tries is None or lost.delivered >= STEADY:
            self._tries, self._lost_at = self._ways(), self._clock.up()
            self._tell(SourceState(state="lost", stream=self._recorded, detail=self._outcome.detail))
            patience = f"for {_minutes(self._settings.give_up)} at most (--give-up)"
            self._trouble(f"{self._outcome.detail}; it is tried again until it goes on, {patience}")
        for pause, given in self._tries:
            left = self._settings.give_up - (self._clock.up() - self._lost_at)
            if left <= 0 or self._stopped.wait(pause):
                break
            try:
                connection = self._open(resolve(given, self._settings), given, left)
            except LivesubsError as error:
                self._trouble(f"not yet: {error}")
                continue
            if connection and given != self._sources[0]:
                self._trouble(f"the backup {connection.address.shown} is recorded now")
            return connection
        self._outcome = self._given_up(lost)
        return None

    def _ways(self) -> Iterator[tuple[float, str]]:
        """How long to wait, and whom to ask then: the source twice, then by turns with its backups."""
        pauses = chain(BACKOFF, repeat(BACKOFF[-1]))
        return zip(pauses, chain([self._sources[0]], cycle(self._sources)), strict=False)

    def _trouble(self, text: str) -> None:
        """Tells a person, unless that was the last thing to be told."""
        if text != self._last_told:
            self._last_told = text
            self._tell(Warned(text=text))

    def _given_up(self, lost: Connection) -> Outcome:
        if self._stopped.is_set():
            return Outcome(state="stopped")
        if isinstance(self._outcome.error, SessionError):
            return self._outcome
        text = f"{lost.address.shown} was gone for {_minutes(self._settings.give_up)}; what was recorded is kept"
        way = "when it is back, go on with `livesubs run --resume` and the session folder"
        return Outcome(state="lost", detail=text, error=SourceUnreachable(f"{text}; {way}"))


def recover(folder: Path) -> Placed | None:
    """Puts what a session that was cut off had not copied yet to its place; gives its last connection, if any.

    SessionError if an ffmpeg of that session is still at it: it has a few seconds to end.
    """
    with _alone(folder):
        return _recovered(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    held = FileLock(folder / LOCK)
    try:
        held.acquire(timeout=10.0)
    except Timeout:
        raise SessionError(f"an ffmpeg still records into {folder}; end it and try again") from None
    try:
        yield
    finally:
        held.release()


def _recovered(folder: Path) -> Placed | None:
    placed = archive.placed(folder / archive.NAME)
    for connection in placed[1:]:
        sound = parts.part(folder, connection.number)
        if sound.exists():
            parts.splice(sound, folder / parts.NAME, connection.at)
            parts.discard(sound, folder / parts.NAME)
    if not placed and parts.seconds(folder / parts.NAME):
        return Placed(number=1, at=0.0)
    return placed[-1] if placed else None


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
