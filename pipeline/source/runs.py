"""The runs of a stream on this disk: one is written, earlier ones may still be read. Imports `shelf`, `clock`."""

import shutil
from pathlib import Path

from pipeline.events import Value
from pipeline.source.clock import PROGRAMME, Reckoning, ends
from pipeline.source.playlist import Piece, Stored
from pipeline.source.shelf import Record, Shelf, shelves
from pipeline.source.trail import DISCONTINUITY

_WHOLE = 0.1
"""Seconds by which the recording of a whole piece may be shorter than the playlist says."""


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
        within = [i for i, shelf in enumerate(left) if _began_by(shelf.record, after)]
        for shelf in left[: within[-1] if within else 0]:
            shelf.remove()
        left = left[within[-1] :] if within else left
        if not left:
            return []
        record = left[-1].record
        self._number = record.number
        if record.clock != PROGRAMME:
            self._reckoning.take_up(record.clock, record.shift)
        if within:
            self._leave_out(left[0], after.at)
        self.current, self.before = (None, left[-1]) if record.ended else (left[-1], None)
        self._told = self.current
        return left

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
        """Nothing more comes to the current run."""
        if self.current:
            self.current.end()
            self.before, self.current = self.current, None

    def _place(self, shelf: Shelf) -> None:
        """When a run begins, on the source's clock."""
        record, programme_at = shelf.record, shelf.programme_at
        if programme_at is not None:
            shelf.place(programme_at, PROGRAMME)
            return
        began, stamp = None, shelf.stamp()
        if stamp is not None:
            began = self._reckoning.place(stamp, self._ended_at(record.reason), record.reason, record.missing)
        shelf.place(began, self._reckoning.clock, self._reckoning.shift)

    def _ended_at(self, reason: str) -> float | None:
        """Where the run before ended, by its time stamps where they alone tell; None if on another clock."""
        if not self.before or self.before.record.began is None or self.before.record.clock != self._reckoning.clock:
            return None
        counted = self.before.record.began + self.before.seconds
        stamp = ends(self.before.sample(-1)) if reason == DISCONTINUITY else None
        return counted if stamp is None else self._reckoning.near(stamp, counted)

    def _leave_out(self, shelf: Shelf, at: float) -> None:
        """Takes off the playlist what ends before `at` on the run's clock, and says when the rest begins."""
        record = shelf.record
        assert record.began is not None
        start = record.began
        shelf.leave_out(at - start + _WHOLE)
        counted = start + shelf.record.shed[0]
        if record.clock == PROGRAMME:
            shelf.begin_at(counted if shelf.programme_at is None else shelf.programme_at)
        else:
            stamp = shelf.stamp()
            shelf.begin_at(counted if stamp is None else self._reckoning.near(stamp, counted))


def _began_by(record: Record, after: Position) -> bool:
    return record.clock == after.clock and record.began is not None and record.began <= after.at


def _as_piece(stored: Stored) -> Piece:
    name, _, part = stored.name.partition("#")
    return Piece(
        sequence=stored.sequence, url=name, part=part, seconds=stored.seconds, programme_at=stored.programme_at
    )
