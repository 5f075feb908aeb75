"""One connection watched: what comes goes to its place, until it ends or stalls for so long that another may help."""

from collections.abc import Callable

import msgspec

from pipeline.errors import SessionError, unwritable
from pipeline.flow import Clock
from pipeline.source.capture import Outcome
from pipeline.source.connection import Connection
from pipeline.source.gaps import GapWatch
from pipeline.source.news import News
from pipeline.source.timeline import Timeline
from pipeline.source.ways import STANDS_STILL, Ways

TICK = 0.1
"""Seconds between two looks at a connection."""
REJOINED = 6.0
"""Seconds after its last sound within which a connection that was lost may have been made anew, and have its place."""
BROKEN_OFF = 12.0
"""Seconds without new sound after which that is told, and what is open is said where no new connection is made."""


class Watch:
    """Of a connection that records, and whose sound goes to the timeline."""

    def __init__(
        self,
        connection: Connection,
        timeline: Timeline,
        ways: Ways,
        news: News,
        clock: Clock,
        *,
        origin: float | None,
        reason: str,
    ) -> None:
        """`origin`: when stream time 0 would have arrived, by the connections before; None if nobody knows.

        `reason` says why something is missing before it.
        """
        self._connection, self._timeline, self._ways = connection, timeline, ways
        self._news, self._clock, self._origin, self._reason = news, clock, origin, reason
        self._gaps = GapWatch(timeline.audio, connection.capture.filled)

    def run(self, stopped: Callable[[], bool]) -> Outcome:
        """Copies what comes until the connection ends or stalls, and all of it is copied; how it ended.

        Once it is `stopped()`, what cannot be copied is left for a resume.
        """
        connection, why = self._connection, ""
        while True:
            over = connection.capture.ended  # asked first, so that the last of its sound is looked at
            copied = self._look(over=over)
            if over and (copied or stopped()):
                break
            if not over and not why and (why := self._lost()):
                connection.capture.close()
            self._clock.wait(TICK)
        folder = self._timeline.folder
        removed = not folder.is_dir() or connection.removed
        if copied:
            self._timeline.close(connection)
        if not why or stopped():
            outcome = connection.capture.outcome
            return msgspec.structs.replace(outcome, detail=outcome.detail.partition(";")[0])
        folder.mkdir(parents=True, exist_ok=True)
        return Outcome(state="lost", detail=why, error=SessionError(why) if removed else None)

    @property
    def _quiet(self) -> float:
        """Seconds since the last new sound."""
        return self._clock.up() - self._connection.grew_at

    def _lost(self) -> str:
        """Why a new connection may help; empty if nothing is wrong."""
        if self._connection.removed:
            return "the session folder was removed"
        may_help = self._connection.address.restarts or self._ways.mirrored
        return f"nothing has come for {self._quiet:.0f} s" if may_help and self._quiet > self._ways.patience else ""

    def _look(self, *, over: bool) -> bool:
        """Notes what has come and puts it in its place; whether all of it is there."""
        connection, delivered = self._connection, self._connection.delivered
        now = self._clock.up()  # looked at last: whoever is held up in between takes no sound for earlier than it came
        connection.arrival.note(now, delivered)
        copied = self._put(over=over)
        if copied and connection.at is not None:
            for gap in self._gaps.look(now):
                self._news.tell(gap)
        if connection.grew(now, delivered):
            if connection.at is not None and not self._ways.stands:  # else it is the last that ffmpeg had held back
                self._news.say("connected", "it goes on where it was")
        elif trouble := self._trouble:
            self._news.late(trouble, self._ways.patience)
        return copied

    @property
    def _trouble(self) -> str:
        """Why a mirror has nothing new, once that is worth telling."""
        if self._quiet <= BROKEN_OFF:
            return ""
        return self._ways.trouble or (STANDS_STILL if self._quiet > self._ways.late else "")

    def _put(self, *, over: bool) -> bool:
        """Finds its place when that can be told, and copies what is new; a full disk is waited for."""
        connection = self._connection
        try:
            if connection.at is None and (connection.known is not None or connection.arrival.settled or over):
                at = connection.known
                at = connection.by_arrival(self._origin, self._timeline.recorded) if at is None else at
                if at is not None:
                    self._place(at)
            self._timeline.copy(connection)
        except OSError as error:
            self._news.warn(str(unwritable(self._timeline.folder, error)), about="")
            return False
        return True

    def _place(self, at: float) -> None:
        gap = self._timeline.place(self._connection, at, self._reason)
        self._gaps = GapWatch(self._timeline.audio, self._connection.capture.filled)
        if gap:
            self._news.tell(gap)
        self._news.connected(at, str(self._connection.capture.media))
