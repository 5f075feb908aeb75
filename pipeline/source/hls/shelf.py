"""A run of the stream on this disk: its pieces, the playlist that ffmpeg reads, and what a resume has to know of it."""

import shutil
from pathlib import Path

import msgspec

from pipeline.errors import unwritable
from pipeline.events import Value
from pipeline.files import write_whole
from pipeline.source.hls.clock import starts
from pipeline.source.hls.local import Stored, master, rendered

KEPT = 60.0
"""Seconds of recorded pieces that stay on the disk."""
_RECORD = "run.json"


class Record(Value, frozen=True):
    """What `run.json` says; nothing in it is secret."""

    number: int
    reason: str
    """Why it does not go on from the run before; empty for the first."""
    missing: float | None
    """Seconds between that run and this, as far as the playlists tell."""
    tracks: tuple[tuple[Stored, ...], ...]
    """What is on disk: the main playlist's pieces, then those of separate sound."""
    shed: tuple[float, ...]
    """Seconds of each track before that, recorded and removed."""
    bandwidth: int
    """Of the rendition."""
    began: float | None = None
    clock: str = ""
    shift: float = 0.0
    lag: float | None = None
    """What is added to a time stamp, and to the programme's time, to be on that clock."""
    ended: bool = False


class Shelf:
    """One run; written by the mirror's thread only."""

    def __init__(self, folder: Path, record: Record) -> None:
        self.folder, self.record = folder.absolute(), record
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error

    @property
    def whole(self) -> bool:
        """Every track has a piece: ffmpeg can open it."""
        return all(self.record.tracks)

    @property
    def seconds(self) -> float:
        """What the main playlist held so far."""
        return self.record.shed[0] + _lasts(self.record.tracks[0])

    def ends_by(self, at: float) -> bool:
        """It is over, and nothing of it lies after `at` on its clock."""
        return self.record.ended and self.record.began is not None and self.record.began + self.seconds <= at

    @property
    def playlist(self) -> Path:
        """What ffmpeg is to open."""
        return self.folder / ("0.m3u8" if len(self.record.tracks) == 1 else "all.m3u8")

    def has(self, track: int) -> bool:
        return bool(self.record.tracks[track])

    def add(self, track: int, piece: Stored) -> None:
        """The piece is on the disk, entirely."""
        tracks = list(self.record.tracks)
        tracks[track] = (*tracks[track], piece)
        self._change(tracks=tuple(tracks))

    def place(self, began: float | None, clock: str, shift: float, lag: float | None) -> None:
        """When its first piece is."""
        self._change(began=began, clock=clock, shift=shift, lag=lag)

    def begin_at(self, began: float | None) -> None:
        """What was left out so far does not count any more: the run begins with the first piece it has."""
        self._change(began=began, shed=(0.0,) * len(self.record.tracks))

    def end(self) -> None:
        """Nothing more will come; ffmpeg stops after the last piece."""
        self._change(ended=True)

    def shed(self, recorded: float) -> None:
        """Removes what was recorded long ago, once ffmpeg can no longer find it; `recorded` counts from the start."""
        gone = self.leave_out(recorded - KEPT)
        for piece in gone:
            (self.folder / piece.file).unlink(missing_ok=True)

    def leave_out(self, until: float) -> list[Stored]:
        """Takes the pieces that end before `until`, seconds from the start, off the playlists, all but the last."""
        tracks, shed = [], []
        gone: list[Stored] = []
        for pieces, before in zip(self.record.tracks, self.record.shed, strict=True):
            at, count = before, 0
            while count < len(pieces) - 1 and (at := at + pieces[count].seconds) < until:
                count += 1
            tracks.append(pieces[count:])
            shed.append(before + _lasts(pieces[:count]))
            gone += pieces[:count]
        if gone:
            self._change(tracks=tuple(tracks), shed=tuple(shed))
        return gone

    def write(self) -> None:
        """Brings the playlists to the state of the record; DiskFull or SessionError when that fails."""
        for number, pieces in enumerate(self.record.tracks):
            write_whole(self.folder / f"{number}.m3u8", rendered(pieces, str(self.folder), self.record.ended))
        if len(self.record.tracks) > 1:
            names = [f"{number}.m3u8" for number in range(len(self.record.tracks))]
            write_whole(self.folder / "all.m3u8", master(names[0], names[1:], str(self.folder)))
        write_whole(self.folder / _RECORD, msgspec.json.encode(self.record).decode())

    @property
    def programme_at(self) -> float | None:
        """The programme's time of the first piece, of whichever track; None where it is not told."""
        told = [pieces[0].programme_at for pieces in self.record.tracks]
        known = [at for at in told if at is not None]
        return min(known) if len(known) == len(told) else None

    def stamp(self) -> float | None:
        """The first time stamp of the run, which is ffmpeg's zero, seconds; None where there is none."""
        found = [starts(self.sample(0, track)) for track in range(len(self.record.tracks))]
        return min((stamp for stamp in found if stamp is not None), default=None)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def sample(self, index: int, track: int = 0) -> Path:
        """A playlist of one piece, to look at."""
        path = self.folder / "sample.m3u8"
        write_whole(path, rendered(self.record.tracks[track][index:][:1], str(self.folder), ended=True))
        return path

    def _change(self, **fields: object) -> None:
        self.record = msgspec.structs.replace(self.record, **fields)
        self.write()


def shelves(folder: Path) -> list[Shelf]:
    """The runs that an earlier mirror left, in order; what cannot be read is none."""
    found = []
    for path in sorted(folder.glob(f"*/{_RECORD}")):
        try:
            found.append(Shelf(path.parent, msgspec.json.decode(path.read_bytes(), type=Record)))
        except (OSError, msgspec.MsgspecError):
            continue
    return found


def _lasts(pieces: tuple[Stored, ...]) -> float:
    return sum(piece.seconds for piece in pieces)
