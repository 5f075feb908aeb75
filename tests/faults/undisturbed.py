"""The streams on which nothing happens: what the others are held against."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial

from tests.faults.hls import Hls
from tests.faults.programme import Programme
from tests.faults.streams import OnAir, Pushed, Radio, Tcp, Udp


class Recorded:
    """What a stream of that kind sends, as a file: undisturbed, and soon over."""

    position = float("inf")

    def __init__(self, name: str) -> None:
        self.name, self.source = name, ""

    def begin(self) -> None: ...

    def over(self) -> bool:
        return True

    @contextlib.contextmanager
    def air(self, programme: Programme, upto: float) -> Iterator[None]:
        self.source = str(programme.mp3() if self.name == "radio" else programme.tape_file())
        yield


UNDISTURBED: dict[str, Callable[[], OnAir]] = {
    "hls": Hls,
    "radio": Radio,
    "tcp": Tcp,
    "udp": Udp,
    "rtmp": partial(Pushed, "rtmp"),
    "srt": partial(Pushed, "srt"),
}
"""A stream of each kind on which nothing happens."""
