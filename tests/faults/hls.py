"""The live HLS streams of the harness: a playlist that moves on with time, its server, a page that names it."""

import contextlib
import time
from bisect import bisect_right
from collections.abc import Iterator

from tests.faults.programme import TURN, Programme, ends
from tests.publisher import Line, Publisher, Stream, publishing


class Window(Stream):
    """A live playlist that moves on with time, from when it is first asked for."""

    LEAD = 10.0
    """Seconds that are in it then."""
    began: float | None = None
    upto = 1e9

    @property
    def position(self) -> float:
        return self.LEAD + (0.0 if self.began is None else time.monotonic() - self.began)

    def text(self) -> str:
        self.began = self.began or time.monotonic()
        over = list(ends(self.lines))
        last = bisect_right(over, self.upto)
        self.edge = min(bisect_right(over, self.position), last)
        self.ended = self.edge == last
        return super().text()


class Hls:
    """A live HLS stream; its server is `publisher`. With `dated` its playlist tells the programme's time."""

    name = "hls"

    def __init__(self, *, window: int = 90, dated: bool = False, twist: str = "") -> None:
        self._window, self._dated, self._twist = window, dated, twist
        self.source = ""
        self.publisher: Publisher
        self.playlist: Window

    @property
    def position(self) -> float:
        return self.playlist.position

    def begin(self) -> None:
        """It goes on from when its playlist is first asked for."""

    def over(self) -> bool:
        return True

    @contextlib.contextmanager
    def air(self, programme: Programme, upto: float) -> Iterator[None]:
        self.publisher = Publisher(programme.folder)
        self.playlist = Window(_twisted(programme, self._twist), edge=0, window=self._window)
        self.playlist.upto = upto
        self.playlist.dated = time.time() if self._dated else None
        self.publisher.streams["live.m3u8"] = self.playlist
        with publishing(self.publisher) as base:
            self.source = f"{base}/live.m3u8"
            yield


def _twisted(programme: Programme, twist: str) -> list[Line]:
    """The pieces, that change in some way at TURN."""
    plain = programme.pieces()
    turn = bisect_right(list(ends(plain)), TURN)
    marked = "#EXT-X-DISCONTINUITY"
    match twist:
        case "":
            return plain
        case "wrap":
            return programme.pieces(name="wrap", stamps=2**33 / 90_000 - TURN)
        case "jump":
            later = programme.pieces(name="jump", stamps=40_000)
        case "rate":
            codecs = ("-c:v", "copy", "-c:a", "aac", "-ar", "22050", "-b:a", "64k")
            later = programme.pieces(*codecs, name="rate", stamps=500)
        case "unmarked":
            later, marked = programme.pieces(name="unmarked", stamps=40_000), ""
    first = later[turn]
    joint = Line(first.file, ((marked, *first.tags) if marked else first.tags))
    return [*plain[:turn], joint, *later[turn + 1 :]]


class Page(Hls):
    """A web page that names the stream's address, which its server refuses after a while."""

    name = "hls"

    @contextlib.contextmanager
    def air(self, programme: Programme, upto: float) -> Iterator[None]:
        with super().air(programme, upto):
            self.renew(1)
            self.source = self.source.replace("live.m3u8", "watch/rally")
            yield

    def renew(self, token: int) -> None:
        """The address with another token serves, and no other."""
        self.publisher.pages["watch/rally"] = f"/live.m3u8?token={token}"
        self.publisher.refuses = {f"token={old}": 403 for old in range(token)}
