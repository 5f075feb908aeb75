"""Follows the playlists of a live stream and brings what is new to the disk. Imports the mirror's other modules.

One thread, one loop: look at the playlists, fetch what they list, the sound first, begin a new run where the stream
does not go on. Whatever fails is tried again; nobody is waited for.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress

from pipeline.errors import SessionError
from pipeline.source.failures import explain
from pipeline.source.hls.fetch import Failed, Refused, TooSlow, Web
from pipeline.source.hls.ladder import Ladder
from pipeline.source.hls.playlist import NoPlaylist, Piece, Variant, variants
from pipeline.source.hls.renewal import Renewal
from pipeline.source.hls.runs import Runs
from pipeline.source.hls.shelf import Shelf
from pipeline.source.hls.track import Track

LEAST_PATIENCE = 10.0
"""Seconds that a piece may take at least before a lower rendition of it is fetched."""
BACKOFF, LONGEST_BACKOFF = 0.25, 4.0
"""Seconds after a first failure, doubled after every further one."""
REFUSALS = 8
"""How often a rendition may be refused in a row, while the playlist of renditions is not: half a minute."""
OFTEN = 2.0
"""Seconds between two looks at a playlist that is late, at most."""
LATE, _PIECES = 20.0, 2.5
"""Seconds without a new piece, and times as long as one lasts, after which a run is over: what went before it comes
whole to the recording, whose ffmpeg holds back the end of what it reads until there is more."""
_TRIES = 3
"""How often a stream that was never reached is tried."""

RENDITION = "another rendition of the stream"
STOOD_STILL = "the stream stood still"


class Follower:
    """What the mirror's thread does, until `stop` is set or the stream has ended."""

    def __init__(
        self,
        web: Web,
        runs: Runs,
        stop: threading.Event,
        *,
        tell: Callable[[str], None],
        tidy: Callable[[], None],
        renewal: Renewal | None,
        patient: bool,
    ) -> None:
        self._web, self._runs, self._stop = web, runs, stop
        self._tell, self._tidy, self._renewal, self._patient = tell, tidy, renewal, patient
        self._url, self._stale = web.address.url, True
        self._variants: list[Variant] = []
        self._ladder = Ladder(())
        self._tracks: list[Track] = []
        self._why, self._hurry = "", False
        self._spent, self._came = 0.0, 0
        self._backoff, self._refusals = BACKOFF, 0
        self._came_at = time.monotonic()
        self.stands = False
        """Nothing has come for so long that the run is over."""
        self.trouble = ""
        """Why nothing comes just now; empty when all is well."""

    def runs(self) -> Iterator[Shelf]:
        """Every run once its beginning is on the disk; a SourceError when the stream was never there."""
        self._open()
        while not self._stop.is_set() and not self._ended:
            began = time.monotonic()
            pause = yield from self._round()
            self._stop.wait(max(0.0, pause - (time.monotonic() - began)))
        while not self._stop.is_set():
            try:
                return self._runs.seal()
            except SessionError as error:  # a full disk: ffmpeg waits for this end
                self.trouble = str(error)
                self._stop.wait(LONGEST_BACKOFF)
        return None

    @property
    def late(self) -> float:
        """Seconds without anything new that are more than pieces of the stream usually take."""
        return _PIECES * max((track.target for track in self._tracks), default=0.0)

    @property
    def _ended(self) -> bool:
        """The stream has come to its own end, and all of it is here."""
        return bool(self._tracks) and all(track.ended and not track.waiting for track in self._tracks)

    def _open(self) -> None:
        """Reaches the stream for the first time; what was reached before is waited for."""
        for attempt in range(1, _TRIES + 1):
            try:
                return self._choose(self._url)
            except (Failed, NoPlaylist) as error:
                if self._patient or self._stop.is_set():
                    return None
                if attempt == _TRIES or isinstance(error, Refused | NoPlaylist):
                    raise explain(str(error), self._web.address.shown) from error
            self._stop.wait(BACKOFF * 2**attempt)
        return None

    def _choose(self, url: str) -> None:
        """Reads which renditions there are, and follows the one that the line bears."""
        answer = self._web.playlist(url)
        found = variants(answer.text, answer.url) or [Variant(main=url)]
        bandwidths = [variant.bandwidth for variant in found]
        current = self._runs.current
        if bandwidths != [variant.bandwidth for variant in self._variants]:
            self._ladder = Ladder(bandwidths)
            if current and current.record.bandwidth in bandwidths:
                self._ladder.now = bandwidths.index(current.record.bandwidth)
        self._variants, self._url, self._stale = found, url, False
        if current and current.record.bandwidth != self._chosen.bandwidth:
            self._runs.seal()
            self._why = RENDITION
        urls = self._chosen.playlists
        if len(urls) != len(self._tracks):
            self._follow_anew(urls)
        for track, place in zip(self._tracks, urls, strict=True):
            if place != track.url:
                track.url, track.trail.moved = place, True

    @property
    def _chosen(self) -> Variant:
        return self._variants[self._ladder.now]

    def _follow_anew(self, urls: Sequence[str]) -> None:
        """Other playlists, from what is on the disk; what was not fetched of the old ones is fetched of the new."""
        if self._runs.current and len(self._runs.current.record.tracks) != len(urls):
            self._runs.seal()
        last: list[Piece | None] = [*self._runs.last]
        if len(last) != len(urls):
            last = [last[0] if last else None] * len(urls)
        self._tracks = [Track(url, number, piece) for number, (url, piece) in enumerate(zip(urls, last, strict=True))]

    def _change(self, before: Variant, why: str = "") -> None:
        """Another rendition, as the ladder says."""
        chosen, slower = self._chosen, self._variants.index(before) < self._ladder.now
        slow = f"the line is too slow for {before}, keep other traffic off it"
        self._tell(f"{why or (slow if slower else 'the line bears more again')}; the recording goes on with {chosen}")
        self._runs.seal()
        self._follow_anew(chosen.playlists)
        self._why, self._hurry = RENDITION, True

    def _round(self) -> Generator[Shelf, None, float]:
        """One look at the playlists, and all that is new in them; returns the seconds until the next."""
        try:
            self._hurry = False
            self._renewed()
            news = [track.refresh(self._web, time.monotonic()) for track in self._tracks]
            while track := self._next():
                yield from self._take(track)
            self._tidy()
        except (Failed, NoPlaylist, SessionError) as error:
            known = isinstance(error, SessionError)
            self.trouble = str(error if known else explain(str(error), self._web.address.shown))
            if isinstance(error, Refused):
                self._note_refusal()
            self._end_late()
            pause, self._backoff = self._backoff, min(LONGEST_BACKOFF, 2 * self._backoff)
            return pause
        self.trouble, self._backoff, self._refusals = "", BACKOFF, 0
        self._end_late()
        least = min(track.target for track in self._tracks)
        return 0.0 if self._hurry else least if all(news) else min(least / 2, OFTEN)

    def _end_late(self) -> None:
        """Where nothing has come for long, a run is over; what comes next is another, without a gap between the two."""
        current = self._runs.current
        if current and current.whole and time.monotonic() - self._came_at > max(LATE, self.late):
            with suppress(SessionError):  # a full disk: the next time
                self._runs.seal()
                self._why, self.stands = STOOD_STILL, True

    def _note_refusal(self) -> None:
        """An address may have expired; a rendition that stays refused while the others are listed is left."""
        if self._renewal:
            self._renewal.start()
        self._refusals += not self._stale
        self._stale = True
        if self._refusals >= REFUSALS:
            before, self._refusals = self._chosen, 0
            if self._ladder.step_down():
                self._change(before, f"the server does not give {before} any more")

    def _renewed(self) -> None:
        """Goes over to a new address if there is one; reads again which renditions there are, if they were refused."""
        if self._renewal:
            self._renewal.watch()
            if found := self._renewal.found:
                self._web.address = found
                try:
                    self._choose(found.url)
                except Refused:
                    self._renewal.refused()
                    raise
                self._renewal.taken()
        if self._stale:
            self._choose(self._url)

    def _next(self) -> Track | None:
        """The track whose piece is due, sound first; None until the playlists say more. A new run begins here."""
        ready = [track for track in self._tracks if track.waiting]
        broken = [track for track in ready if self._breaks(track)]
        most = min((track.position + track.target / 2 for track in broken if self._runs.current), default=None)
        due = [track for track in ready if track not in broken and (most is None or track.starts < most)]
        if due:
            return min(due, key=lambda track: (track.starts, -track.number))
        if not broken or any(not track.waiting and not track.ended for track in self._tracks):
            return None
        self._begin(ready)
        return self._next()

    def _breaks(self, track: Track) -> bool:
        """What comes next on that track cannot be a part of this run; a picture may come in late, a sound may not."""
        shelf = self._runs.current
        return shelf is None or (bool(track.waiting[0].broken) and (track.number > 0 or shelf.has(0)))

    def _begin(self, ready: list[Track]) -> None:
        """A new run, from where all its sound is there."""
        heard = [track for track in ready if track.number] or ready
        broken = next((track.waiting[0] for track in [*heard, *ready] if track.waiting[0].broken), None)
        missing = None if any(track.waiting[0].missing is None for track in heard) else heard[0].waiting[0].missing
        self._runs.begin(len(self._tracks), broken.broken if broken else self._why, missing, self._chosen.bandwidth)
        self._why = ""
        if heard[0].number and ready[0].number == 0:
            ready[0].skip(max(track.starts for track in heard))
        for track in ready:
            track.join()

    def _take(self, track: Track) -> Iterator[Shelf]:
        """Brings the next piece of a track to the disk; gives the run when ffmpeg can open it since."""
        assert self._runs.current
        before = self._chosen
        patience = None if self._ladder.lowest else max(LEAST_PATIENCE, 3 * track.waiting[0].seconds)
        try:
            got = track.fetch(self._web, self._runs.current.folder, patience)
        except TooSlow as slow:
            if self._ladder.give_up(slow.seconds, slow.size):
                self._change(before)
            return
        if not got:
            return
        stored, came = got
        self._backoff, self._came_at, self.stands = BACKOFF, time.monotonic(), False
        if self._runs.add(track.number, stored):
            yield self._runs.current
        self._spent, self._came = self._spent + came.seconds, self._came + came.size
        if track.number == 0:  # it and the sound apart have to come while it lasts
            changed = self._ladder.note(stored.seconds, self._spent, self._came)
            self._spent, self._came = 0.0, 0
            if changed:
                self._change(before)
