"""A live HLS stream, kept on this disk: ffmpeg reads a local playlist and never meets the network.

ffmpeg's own HLS reader ends or skips when a server is gone. Here every piece is fetched until it is whole, and after a
cut the stream goes on at the media sequence it had, as fast as the line gives it; only what the playlist no longer
holds is missing. One thread fetches, tells nobody before a piece is on the disk, and waits for nobody.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.events import Value
from pipeline.flow import spawn
from pipeline.source.address import Address
from pipeline.source.hls.clock import OPTIONS
from pipeline.source.hls.fetch import Web
from pipeline.source.hls.follower import Follower
from pipeline.source.hls.renewal import Renewal
from pipeline.source.hls.runs import Position, Runs
from pipeline.source.hls.shelf import Shelf


class Run(Value, frozen=True):
    """A stretch of the stream without a gap; its playlist ends when it is over."""

    address: Address
    began: float | None
    """Where its first sample lies on the source's own clock, seconds; None if that cannot be told."""
    clock: str
    """The name of that clock: only times of the same one can be compared."""
    reason: str
    """Why it does not go on from the run before; empty for the first."""
    missing: float | None
    """Seconds between the run before and this as far as the playlists tell, where the clocks cannot: 0 where nothing
    is missing, None where nothing tells."""


class Mirror:
    """Follows the live stream at `address` into `folder`, from three pieces before its newest.

    `recorded()` says how many seconds of the run that was given last are recorded: what is older goes from the disk.
    `tell` is told when another rendition is fetched. `renew` finds the stream's address anew (a SourceError when it
    cannot). With `after`, it goes on where an earlier mirror stopped in that folder.
    """

    def __init__(
        self,
        address: Address,
        folder: Path,
        *,
        recorded: Callable[[], float],
        tell: Callable[[str], None],
        renew: Callable[[], Address] | None = None,
        after: Position | None = None,
    ) -> None:
        self._recorded = recorded
        self._stop, self._over = threading.Event(), threading.Event()
        self._web = Web(address, self._stop.is_set)
        runs = Runs(folder)
        self._read: list[Shelf] = []
        left = runs.take_up(after)
        renewal = Renewal(renew, address.url) if renew else None
        self._follower = Follower(
            self._web, runs, self._stop, tell=tell, tidy=self._tidy, renewal=renewal, patient=after is not None
        )
        self._channel = spawn(self._work(left), bound=100_000, name="mirror")
        self._runs = iter(self._channel)

    @property
    def trouble(self) -> str:
        """Why nothing comes just now, in a sentence; empty when all is well."""
        return self._follower.trouble

    @property
    def stands(self) -> bool:
        """The run that was given last has ended since nothing came for long, and nothing has come since."""
        return self._follower.stands

    @property
    def late(self) -> float:
        """Seconds without anything new that are more than pieces of the stream usually take."""
        return self._follower.late

    def next_run(self) -> Run | None:
        """The next run, once its beginning is on the disk; None when the stream has ended, or the mirror was closed.

        A SourceError when the stream cannot be read at all.
        """
        shelf = next(self._runs, None)
        if shelf is None:
            return None
        self._read.append(shelf)
        for old in self._read[:-2]:
            old.remove()
        del self._read[:-2]
        record = shelf.record
        return Run(
            address=Address(
                url=f"file:{shelf.playlist.absolute()}",
                kind="hls",
                shown=self._web.address.shown,
                ends=False,
                container="hls",
                options=tuple(OPTIONS.items()),
            ),
            began=record.began,
            clock=record.clock,
            reason=record.reason,
            missing=record.missing,
        )

    def close(self) -> None:
        """Ends the fetching; what is on the disk stays there, for a resume."""
        self._stop.set()
        self._channel.close()
        self._over.wait(1.0)  # a network that does not answer holds its thread longer; it writes nothing any more

    def _tidy(self) -> None:
        """Called by the mirror's thread after every look at the playlists."""
        if self._read:
            self._read[-1].shed(self._recorded())

    def _work(self, left: list[Shelf]) -> Iterator[Shelf]:
        try:
            yield from left
            yield from self._follower.runs()
        finally:
            self._web.close()
            self._over.set()
