"""The recording as a browser plays it: an HLS playlist over the archive, as it grows.

The clock is stream time: every segment says when it is by EXT-X-PROGRAM-DATE-TIME, counted from `EPOCH`, and where a
connection ends there is a discontinuity. What is missing between two of them is a gap in that clock and none in the
playback; the page waits there as long.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from time import monotonic

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from pipeline.events import MediaSegment
from pipeline.flow import Clock
from pipeline.publish import playlist as hls
from pipeline.publish.due import due
from pipeline.publish.timeline import pieces
from pipeline.source.archive import segments
from pipeline.source.parts import ARCHIVE
from pipeline.state import State

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Programme date-time of stream time 0: the wall clock may be set back during a show, this one is not."""
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
    """The addresses below `/media/`."""

    def __init__(self, folder: Path) -> None:
        self._archive = folder / ARCHIVE
        self._listed = 0
        """Segments that the room's playlist has had: with a longer delay it waits, and takes none back."""
        self._asked_at = -inf
        self._found: Sequence[MediaSegment] = ()
        self._texts: dict[tuple[bool, bool], str] = {}
        """The playlist of those, as it was asked for."""

    @property
    def played(self) -> bool:
        """Somebody who may have no page open is playing."""
        return monotonic() - self._asked_at < _PLAYED

    def index(self, *, ended: bool, skip: bool) -> Response:
        found = segments(self._archive)
        if found is not self._found:
            self._found, self._texts = found, {}
        asked = (ended, skip)
        if asked not in self._texts:
            self._texts[asked] = playlist(found, ended=ended, skip=skip)
        return _playlist(self._texts[asked])

    def room(self, state: State, clock: Clock, delay: float, *, over: bool) -> Response:
        """What the room sees, for the mixer of a person who needs no page: ends `delay` seconds behind live."""
        self._asked_at = monotonic()
        found, until = pieces(segments(self._archive)), due(state, clock, delay, over=over)
        self._listed = max(self._listed, sum(piece.segment.end <= until for piece in found))
        ended = over and self._listed == len(found)
        shown = found if ended else found[max(0, self._listed - _WINDOW) : self._listed]
        text = hls.media(
            shown,
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


def _playlist(text: str) -> Response:
    return PlainTextResponse(text, media_type="application/vnd.apple.mpegurl", headers={"cache-control": "no-cache"})
