"""Where a recording comes from next: the source or its backups, and the runs of a live HLS stream."""

from collections.abc import Callable, Iterator
from itertools import chain, cycle, repeat
from math import inf
from pathlib import Path

import msgspec

from pipeline.errors import SourceUnreachable
from pipeline.flow import BACKOFF, Caller, DeadlineExpired
from pipeline.settings import SourceSettings
from pipeline.source import parts
from pipeline.source.address import Address, resolve
from pipeline.source.capture import DAY
from pipeline.source.connection import Opening
from pipeline.source.hls.mirror import Mirror
from pipeline.source.hls.runs import Position

STALLED = 20.0
"""Seconds without new sound after which a connection is made anew: most stalls of a server are shorter."""
SWITCHED = 8.0
"""... and where there is a backup to go to."""
STANDS_STILL = "the server answers, but nothing new comes in its playlist"


class Ways:
    """Of one source and its backups. The mirror of an HLS stream is made, and ended, here."""

    def __init__(
        self,
        sources: tuple[str, ...],
        settings: SourceSettings,
        folder: Path,
        tell: Callable[[str], None],
        recorded: Callable[[], float],
        position: Callable[[], Position | None],
    ) -> None:
        """`recorded()` seconds of the connection of now, `position()` on the stream's own clock: see `Mirror`."""
        self._sources, self._settings, self._folder = sources, settings, folder
        self._tell, self._recorded, self._position = tell, recorded, position
        self._mirror: Mirror | None = None
        self._closed = False

    @property
    def backups(self) -> tuple[str, ...]:
        return self._sources[1:]

    @property
    def mirrored(self) -> bool:
        return self._mirror is not None

    @property
    def trouble(self) -> str:
        """Why a mirror has nothing just now; empty when all is well."""
        return self._mirror.trouble if self._mirror else ""

    @property
    def stands(self) -> bool:
        """A mirror has ended a run since nothing came for long, and nothing has come since."""
        return self._mirror is not None and self._mirror.stands

    @property
    def late(self) -> float:
        """Seconds without new sound that are more than a mirror usually needs; without one nobody knows."""
        return self._mirror.late if self._mirror else inf

    @property
    def patience(self) -> float:
        """Seconds without new sound that are borne. A mirror helps itself, unless there is a backup."""
        if self.backups:
            return SWITCHED
        return self._settings.give_up if self.mirrored else STALLED

    @property
    def try_for(self) -> float:
        """Seconds that one try to connect again may take."""
        return SWITCHED if self.backups else STALLED

    def first(self, address: Address) -> Opening | None:
        """The source at `address`, as it was looked up; errors of a mirror. None when it has ended."""
        return self._open(address, self._sources[0])

    def turns(self) -> Iterator[tuple[float, str]]:
        """How long to wait, and whom to ask then: the source and its backups by turns."""
        return zip(chain(BACKOFF, repeat(BACKOFF[-1])), cycle(self._sources), strict=False)

    def again(self, given: str, patience: float) -> Opening | None:
        """One of these sources once more, its address looked up anew; errors as `resolve` and `next_run`."""
        return self._open(resolve(given, self._settings), given, patience)

    def next_run(self, patience: float) -> Opening | None:
        """What follows on the run that has ended; None when the stream has. SourceUnreachable after `patience` s."""
        if self._mirror is None:
            return None
        try:
            run = Caller("next-run").call(self._mirror.next_run, patience)
        except DeadlineExpired:
            why = self._mirror.trouble or f"nothing has come for {patience:.0f} s"
            raise SourceUnreachable(why) from None
        if run is None:
            return None
        return Opening(address=run.address, began=run.began, clock=run.clock, missing=run.missing, reason=run.reason)

    def close(self) -> None:
        """No mirror works any more, nor will one."""
        self._closed = True
        self._end_mirror()

    def _end_mirror(self) -> None:
        if self._mirror:
            self._mirror.close()

    def _open(self, address: Address, given: str, patience: float = DAY) -> Opening | None:
        self._end_mirror()
        if address.kind != "hls":
            self._mirror = None
            return Opening(address=address)
        # The one before stays until then: a stream that is mirrored does not break off in between.
        self._mirror = Mirror(
            address,
            self._folder / parts.INCOMING,
            recorded=self._recorded,
            tell=self._tell,
            renew=lambda: resolve(given, self._settings),
            after=self._position(),
        )
        if self._closed:  # asked for while it was being made
            self._mirror.close()
        opening = self.next_run(patience)
        # What is missing before it, only a mirror that was there before can tell.
        return opening and msgspec.structs.replace(opening, missing=None)
