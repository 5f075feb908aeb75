"""The recording as a browser plays it: an HLS playlist over the archive, as it grows.

The clock is stream time: every segment says when it is by EXT-X-PROGRAM-DATE-TIME, counted from `EPOCH`, and where a
connection ends there is a discontinuity. What is missing between two of them is a gap in that clock and none in the
playback; the page waits there as long.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from time import monotonic, time

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from pipeline.errors import SessionError
from pipeline.events import MediaSegment
from pipeline.files import write_whole
from pipeline.flow import SystemClock
from pipeline.followed import Followed
from pipeline.publish import playlist as hls
from pipeline.publish.due import due
from pipeline.publish.timeline import Piece, pieces
from pipeline.source.parts import ARCHIVE

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Programme date-time of stream time 0: the wall clock may be set back during a show, this one is not."""
KEPT = "room.txt"
"""Up to where players were told of the room's picture, stream time, in the session folder."""
_WINDOW = 20
"""Segments that the room's playlist has at most while it grows: some players begin with the first."""
_PLAYED = 15.0
"""Seconds after its last question in which a player is still taken to play."""
_SKIPPED = 12
"""Segments at the end that a playlist update tells again (the standard asks for six target durations at least)."""


def playlist(found: Sequence[MediaSegment], *, ended: bool, skip: bool = False) -> str:
    """The media playlist of the finished segments; with `skip` without those that whoever asks again knows."""
    longest = hls.target(s.end - s.start for s in found)
    skipped = max(0, len(found) - _SKIPPED) if skip and not ended else 0
    head = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        f"#EXT-X-TARGETDURATION:{longest}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD" if ended else f"#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL={6 * longest}",
        *([f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"] if skipped else []),
    ]
    body = [line for number in range(skipped, len(found)) for line in _segment(found, number)]
    return "\n".join([*head, *body, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def _segment(found: Sequence[MediaSegment], number: int) -> list[str]:
    segment = found[number]
    new = number > 0 and found[number - 1].connection != segment.connection
    return [
        *(["#EXT-X-DISCONTINUITY"] if new else []),
        hls.at(EPOCH, segment.start),
        f"#EXTINF:{segment.end - segment.start:.6f},",
        segment.path.name,
    ]


class Media:
    """The addresses of picture and sound: all there is, what the room sees, and the segments of both."""

    def __init__(self, session: Followed, delay: float) -> None:
        """What the room sees is `delay` seconds behind live, unless the console asks for another delay."""
        self._session, self._delay, self._clock = session, delay, SystemClock()
        self._archive, self._listed = session.folder / ARCHIVE, Listed(session.folder / KEPT)
        self._asked_at = -inf
        self._found: Sequence[MediaSegment] = ()
        self._texts: dict[tuple[bool, bool], str] = {}
        """The playlist of those, as it was asked for."""

    def routes(self) -> list[Route]:
        return [
            Route("/room.m3u8", self.room),
            Route("/media/index.m3u8", self.index),
            Route("/media/{name}", self.segment),
        ]

    @property
    def played(self) -> bool:
        """Somebody who may have no page open is playing."""
        return monotonic() - self._asked_at < _PLAYED

    async def index(self, request: Request) -> Response:
        found = self._session.segments()
        if found is not self._found:
            self._found, self._texts = found, {}
        asked = ended, skip = self._session.over, request.query_params.get("_HLS_skip") in ("YES", "v2")
        if asked not in self._texts:
            self._texts[asked] = playlist(found, ended=ended, skip=skip)
        return _playlist(self._texts[asked])

    async def room(self, request: Request) -> Response:
        """What the room sees, for the mixer of a person who needs no page: ends that much behind live."""
        self._asked_at = monotonic()
        session, over = self._session, self._session.over
        delay = self._delay if session.room.delay is None else session.room.delay
        found = pieces(session.segments())
        listed = self._listed.upto(found, due(session.state, self._clock, delay, over=over))
        ended = over and listed == len(found)
        if not ended:
            self._listed.note(found[:listed])
        whole = ended and not self._listed.followed
        text = hls.media(
            found if whole else found[max(0, listed - _WINDOW) : listed],
            lambda piece: f"media/{piece.segment.path.name}",
            EPOCH,
            ended=ended,
            grows=False,
            longest=hls.target(piece.seconds for piece in found),
        )
        return _playlist(text)

    async def segment(self, request: Request) -> Response:
        """A segment by its name; nothing else of the folder can be had, links out of it neither."""
        self._asked_at = monotonic()
        name = request.path_params["name"]
        path = self._archive / name
        if not name.endswith(".ts") or path.name != name or not self._is_inside(path):
            return PlainTextResponse("There is no such segment.", 404)
        kept = {"cache-control": "private, max-age=86400, immutable"}
        return FileResponse(path, media_type="video/mp2t", headers=kept)

    def _is_inside(self, path: Path) -> bool:
        """Whether it is a file, and no link leads to one elsewhere."""
        try:
            return path.is_file() and path.resolve().parent == self._archive.parent.resolve() / ARCHIVE
        except (OSError, ValueError):
            return False


class Listed:
    """Up to where the room's playlist has had segments, whichever server gave it: with a longer delay it waits, and no
    player is told less than it knows. Kept in the session folder, in a file as old as that is."""

    def __init__(self, kept: Path) -> None:
        self._kept, self._until = kept, -inf
        with suppress(OSError, ValueError):
            self._until = float(kept.read_text("utf-8"))

    def upto(self, found: Sequence[Piece], until: float) -> int:
        """How many of the segments are listed once those up to `until`, stream time, are due."""
        return sum(piece.segment.end <= max(until, self._until) for piece in found)

    @property
    def followed(self) -> bool:
        """A player was told just now that there is more to come: it counts from where it was told to."""
        try:
            return 0 <= time() - self._kept.stat().st_mtime < _PLAYED
        except OSError:
            return False

    def note(self, listed: Sequence[Piece]) -> None:
        """A player is told these now, and that there is more to come."""
        if not listed:
            return
        self._until = listed[-1].segment.end
        with suppress(SessionError, OSError):  # a full disk: this server knows it all the same
            if not write_whole(self._kept, repr(self._until)):
                os.utime(self._kept)


def _playlist(text: str) -> Response:
    return PlainTextResponse(text, media_type="application/vnd.apple.mpegurl", headers={"cache-control": "no-cache"})
