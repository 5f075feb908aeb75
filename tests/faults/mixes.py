"""Twenty minutes of one stream on which one fault follows another, by chance; the seed says which."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.faults import on_program
from tests.faults.around import libre_then_local
from tests.faults.fault import Act, Fault
from tests.faults.hls import Hls
from tests.faults.show import Show
from tests.faults.streams import Radio, Tcp

LENGTH = 1200.0
"""Seconds."""
REST = (12.0, 35.0)
"""Seconds between two faults, least and most."""

Move = Callable[[Show, Any, float], None]
"""One trouble on a running show that lasts so many seconds, if it lasts."""


def _hls(show: Show, hls: Hls, seconds: float) -> None:
    hls.publisher.gone = True
    show.wait(seconds)
    hls.publisher.gone = False


def _portal(show: Show, hls: Hls, seconds: float) -> None:
    hls.publisher.portal = True
    show.wait(seconds)
    hls.publisher.portal = False


def _breaks(show: Show, hls: Hls, seconds: float) -> None:
    hls.publisher.breaks[".ts"] = int(seconds / 4)


def _refuses(show: Show, hls: Hls, seconds: float) -> None:
    hls.publisher.refuses = {"live": 503}
    show.wait(seconds)
    hls.publisher.refuses = {}


def _gone(show: Show, stream: Any, seconds: float) -> None:
    stream.gone.set()
    show.wait(seconds)
    stream.gone.clear()


def _silent(show: Show, stream: Any, seconds: float) -> None:
    stream.silent.set()
    show.wait(seconds)
    stream.silent.clear()


def _worker(show: Show, stream: Any, seconds: float) -> None:
    show.worker().kill()


def _worker_hangs(show: Show, stream: Any, seconds: float) -> None:
    show.worker().suspend()
    show.wait(25)


def _ffmpeg(show: Show, stream: Any, seconds: float) -> None:
    show.ffmpeg().kill()


def _stands_still(show: Show, stream: Any, seconds: float) -> None:
    on_program.stand_still(show, seconds)


def _session(show: Show, stream: Any, seconds: float) -> None:
    show.session().kill()


def _everything(show: Show, stream: Any, seconds: float) -> None:
    show.kill()
    show.wait(seconds / 4)
    show.resume()
    show.wait(5)


def _translator(mood: str) -> Move:
    def move(show: Show, stream: Any, seconds: float) -> None:
        show.aid[0].mood = mood
        show.wait(seconds)
        show.aid[0].mood = "right"
        show.aid[0].release.set()
        show.aid[0].release.clear()

    return move


ANYWHERE: Mapping[str, Move] = {
    "worker killed": _worker,
    "worker hangs": _worker_hangs,
    "ffmpeg killed": _ffmpeg,
    "stands still": _stands_still,
    "session killed": _session,
    "everything killed": _everything,
    "error page": _translator("page"),
    "translator hangs": _translator("hangs"),
    "translator busy": _translator("busy"),
}
ON_HLS = {"gone": _hls, "portal": _portal, "truncated": _breaks, "503": _refuses, **ANYWHERE}
ON_LINE = {"gone": _gone, "silent": _silent, **ANYWHERE}


def mix(seed: int, moves: Mapping[str, Move]) -> Act:
    """Troubles the stream until shortly before its end."""

    def act(show: Show, stream: Any) -> None:
        chance = random.Random(seed)
        show.heard(16.0)
        while stream.position < LENGTH - 90:
            name = chance.choice(sorted(moves))
            seconds = chance.uniform(3, 25)
            show.note(f"{stream.position:.0f} s: {name}, {seconds:.0f} s")
            moves[name](show, stream, seconds)
            show.wait(chance.uniform(*REST))

    return act


ALIKE = 0.97
"""A resumed session may hear the sound from another sample on, and spell a word otherwise that sounds the same."""


def _mixed(name: str, what: str, stream: Callable[[], Any], act: Act, gaps: int, within: float) -> Fault:
    return Fault(name, what, stream, act, LENGTH, gaps=(0, gaps), within=within, alike=ALIKE, around=libre_then_local)


FAULTS = [
    _mixed("mix-hls", "Twenty minutes of HLS, one fault after another.", Hls, mix(1, ON_HLS), 0, 0.15),
    _mixed("mix-hls-dated", "... with a programme's clock.", partial(Hls, dated=True), mix(2, ON_HLS), 0, 0.15),
    _mixed("mix-radio", "... of a radio.", Radio, mix(3, ON_LINE), 99, 1.0),
    _mixed("mix-tcp", "... of TCP.", Tcp, mix(4, ON_LINE), 99, 1.0),
]
