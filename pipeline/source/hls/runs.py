"""The runs of a stream on this disk: one is written, earlier ones may still be read. Imports `shelf`, `clock`."""

import shutil
from pathlib import Path

from pipeline.events import Value
from pipeline.source.hls.clock import PROGRAMME, Reckoning, ends, unwrapped
from pipeline.source.hls.local import Stored
from pipeline.source.hls.playlist import Piece
from pipeline.source.hls.shelf import Record, Shelf, shelves
from pipeline.source.hls.trail import DISCONTINUITY

_WHOLE = 0.1
"""Seconds by which the recording of a whole piece may be shorter than the playlist says."""

_ROUNDED = 0.1
"""By how much playlists may round; time stamps that differ by more have jumped within the run."""


class Position(Value, frozen=True):
    """Up to where a stream was recorded: `at` on the source's clock `clock`, as a run names them."""

    clock: str
    at: float


class Runs:
    """Belongs to the mirror's thread; its folder holds one folder for each run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._reckoning = Reckoning()
        self._told: Shelf | None = None
        """The run that was last told of: on a full disk the telling may have to wait."""
        self.current: Shelf | None = None
        self.before: Shelf | None = None
        """The run that ended last."""

    def take_up(self, after: Position | None) -> list[Shelf]:
        """What an earlier mirror left in the folder and is not recorded yet, in order; without `after` it is removed.

        The last of it goes on if it had not ended. A resume that stopped within a piece is given that piece again.
        """
        if after is None:
            shutil.rmtree(self._folder, ignore_errors=True)
            return []
        left = [shelf for shelf in shelves(self._folder) if shelf.whole]
        if not left:
            return []
        newest = left[-1].record
        self._number = newest.number
        self._reckoning.take_up(newest.clock, newest.shift, newest.lag)
        self.current, self.before = (None, left[-1]) if newest.ended else (left[-1], None)
        self._told = self.current
        within = max((i for i, shelf in enumerate(left) if _began_by(shelf.record, after)), default=None)
        if within is None:
            return left
        for shelf in left[:within]:
            shelf.remove()
        if left[within].ends_by(after.at + _WHOLE):
            return left[within + 1 :]
        self._leave_out(left[within], after.at)
        return left[within:]

    @property
    def last(self) -> list[Piece]:
        """The newest piece of each track on the disk, as far as it is known."""
        shelf = self.current or self.before
        return [_as_piece(pieces[-1]) for pieces in shelf.record.tracks] if shelf and shelf.whole else []

    def begin(self, tracks: int, reason: str, missing: float | None, bandwidth: int) -> Shelf:
        """A new run; the one before it ends."""
        self.seal()
        self._number += 1
        if self.before is None:
            reason, missing = "", 0.0
        record = Record(
            number=self._number,
            reason=reason,
            missing=missing,
            tracks=((),) * tracks,
            shed=(0.0,) * tracks,
            bandwidth=bandwidth,
        )
        self.current = Shelf(self._folder / f"{self._number:04d}", record)
        return self.current

    def add(self, track: int, piece: Stored) -> bool:
        """A piece of the current run is on the disk; gives whether ffmpeg can open the run since."""
        assert self.current
        self.current.add(track, piece)
        if self._told is self.current or not self.current.whole:
            return False
        self._place(self.current)
        self._told = self.current
        return True

    def seal(self) -> None:
        """Nothing more comes to the current run; one that ffmpeg cannot open was none."""
        if self.current and self.current.whole:
            self.current.end()
            self.before = self.current
        elif self.current:
            self.current.remove()
        self.current = None

    def _place(self, shelf: Shelf) -> None:
        """When a run begins, on the source's clock."""
        record, stamp, reckoning = shelf.record, shelf.stamp(), self._reckoning
        began, clock = None, reckoning.clock
        if shelf.programme_at is not None:
            began, clock = reckoning.dated(stamp, shelf.programme_at), PROGRAMME
        elif stamp is not None:
            began = reckoning.place(stamp, self._ended_at(record.reason), record.reason, record.missing)
            clock = reckoning.clock
        shelf.place(began, clock, reckoning.shift, reckoning.lag)

    def _ended_at(self, reason: str) -> float | None:
        """Where the run before ended, by its time stamps where they alone tell; None if on another clock."""
        if not self.before or self.before.record.began is None or self.before.record.clock != self._reckoning.clock:
            return None
        seconds = self.before.seconds
        counted = self.before.record.began + seconds
        stamp = ends(self.before.sample(-1)) if reason == DISCONTINUITY else None
        at = counted if stamp is None else self._reckoning.near(stamp, counted)
        return at if abs(at - counted) < max(2.0, _ROUNDED * seconds) else counted

    def _leave_out(self, shelf: Shelf, at: float) -> None:
        """Takes off the playlist what ends before `at` on the run's clock, and says when the rest begins."""
        assert shelf.record.began is not None
        start = shelf.record.began
        shelf.leave_out(at - start + _WHOLE)
        stamp, counted = shelf.stamp(), start + shelf.record.shed[0]
        shelf.begin_at(counted if stamp is None else unwrapped(stamp + shelf.record.shift, counted))


def _began_by(record: Record, after: Position) -> bool:
    return record.clock == after.clock and record.began is not None and record.began <= after.at


def _as_piece(stored: Stored) -> Piece:
    name, _, part = stored.name.partition("#")
    return Piece(
        sequence=stored.sequence, url=name, part=part, seconds=stored.seconds, programme_at=stored.programme_at
    )
