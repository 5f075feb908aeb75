"""Faults of the stream and of the way to it."""

from functools import partial
from typing import Any

from tests.faults.fault import Act, Fault
from tests.faults.hls import Hls, Page
from tests.faults.show import Show
from tests.faults.streams import Pushed, Radio, Tcp, Udp

BEGIN = 16.0
"""Seconds that are recorded before the trouble."""


def hls_gone(seconds: float, begin: float = BEGIN) -> Act:
    def act(show: Show, hls: Hls) -> None:
        show.heard(begin)
        hls.publisher.gone = True
        show.wait(seconds)
        hls.publisher.gone = False

    return act


def gone(seconds: float) -> Act:
    """Whoever listens is cut off, whoever comes is refused."""

    def act(show: Show, stream: Any) -> None:
        show.heard(BEGIN)
        stream.gone.set()
        show.wait(seconds)
        stream.gone.clear()

    return act


def silent(seconds: float) -> Act:
    """Connected, and nothing comes."""

    def act(show: Show, stream: Any) -> None:
        show.heard(BEGIN)
        stream.silent.set()
        show.wait(seconds)
        stream.silent.clear()

    return act


def hls_stalls(show: Show, hls: Hls) -> None:
    show.heard(BEGIN)
    hls.publisher.delays[".ts"] = 12.0
    show.wait(8)
    hls.publisher.delays.clear()


def portal(show: Show, hls: Hls) -> None:
    show.heard(BEGIN)
    hls.publisher.portal = True
    show.wait(8)
    hls.publisher.portal = False


def truncated(show: Show, hls: Hls) -> None:
    show.heard(BEGIN)
    hls.publisher.breaks[".ts"] = 4
    show.until(lambda: hls.publisher.breaks[".ts"] == 0, 30)


def refused(show: Show, page: Page) -> None:
    show.heard(BEGIN)
    page.publisher.refuses = {"token=": 403}
    show.wait(4)
    page.renew(2)


def server_error(show: Show, hls: Hls) -> None:
    show.heard(BEGIN)
    hls.publisher.refuses = {"live.m3u8": 503}
    show.wait(8)
    hls.publisher.refuses = {}


def rewinds(show: Show, hls: Hls) -> None:
    """A cache gives an old state of the playlist for a while."""
    show.heard(BEGIN)
    began = hls.playlist.began or 0.0
    hls.playlist.began = began + 6
    show.wait(6)
    hls.playlist.began = began


def itself(show: Show, stream: Any) -> None:
    """The programme is the trouble."""
    show.heard(6)


def backup(show: Show, radio: Radio) -> None:
    show.heard(BEGIN)
    radio.gone.set()
    show.until(lambda: "is recorded now" in str(show.events()), 40)


FAULTS = [
    Fault("hls-gone-5", "The HLS server is gone for 5 s.", Hls, hls_gone(5), short=True),
    Fault("hls-gone-20", "The HLS server is gone for 20 s.", partial(Hls, dated=True), hls_gone(20)),
    Fault("hls-gone-word", "... for 40 s, from within a word on.", Hls, hls_gone(40, BEGIN + 2), seconds=105),
    Fault("hls-gone-60", "... for 60 s; its playlist still has it all.", Hls, hls_gone(60), seconds=125),
    Fault(
        "hls-gone-60-short",
        "The HLS server is gone for 60 s and keeps 20 s only.",
        partial(Hls, window=10),
        hls_gone(60),
        seconds=125,
        gaps=(1, 1),
    ),
    Fault("hls-error-503", "The HLS server reports a fault of its own for 8 s.", Hls, server_error),
    Fault("hls-slow", "Every piece takes 12 s for a while.", Hls, hls_stalls, seconds=80),
    Fault("hls-truncated", "Four pieces in a row break off in the middle.", Hls, truncated, short=True),
    Fault("hls-old-playlist", "A cache gives a playlist that is 6 s behind.", Hls, rewinds),
    Fault("portal", "A portal answers everything with its page and 200 for 8 s.", Hls, portal, short=True),
    Fault("page-403", "The address is refused; the page has a new one.", Page, refused, short=True),
    Fault("hls-wrap", "The time stamps wrap at 33 bits.", partial(Hls, twist="wrap"), itself, short=True),
    Fault("hls-jump", "The time stamps jump by eleven hours, which is said.", partial(Hls, twist="jump"), itself),
    Fault("hls-jump-unsaid", "... and the playlist does not say so.", partial(Hls, twist="unmarked"), itself),
    Fault("hls-rate", "The sound's sample rate changes.", partial(Hls, twist="rate"), itself),
    Fault("radio-gone-5", "A radio cuts us off for 5 s.", Radio, gone(5), gaps=(1, 1), short=True),
    Fault("radio-gone-20", "A radio cuts us off for 20 s.", Radio, gone(20), gaps=(1, 1), seconds=80),
    Fault(
        "radio-stall", "A radio sends nothing for 30 s and stays connected.", Radio, silent(30), gaps=(0, 1), seconds=95
    ),
    Fault("radio-stall-8", "A radio sends nothing for 8 s, then all of it.", Radio, silent(8)),
    Fault("tcp-gone-5", "A TCP sender is gone for 5 s.", Tcp, gone(5), gaps=(1, 1)),
    Fault("tcp-wrap", "... its time stamps wrap at 33 bits.", partial(Tcp, twist="wrap"), itself),
    Fault("tcp-jump", "... its time stamps jump by eleven hours.", partial(Tcp, twist="jump"), itself, within=1.0),
    Fault("tcp-rate", "... its sample rate changes.", partial(Tcp, twist="rate"), itself),
    Fault("udp-loss", "One datagram in a hundred is lost.", partial(Udp, loss=0.01), itself, gaps=(0, 99), alike=0.8),
    Fault("udp-gone-5", "Datagrams stop for 5 s.", Udp, gone(5), gaps=(1, 1)),
    Fault(
        "rtmp-restart", "The RTMP publisher is restarted.", partial(Pushed, "rtmp"), gone(4), gaps=(1, 1), within=1.0
    ),
    Fault("srt-restart", "The SRT publisher is restarted.", partial(Pushed, "srt"), gone(4), gaps=(1, 1), within=1.0),
    Fault(
        "backup", "The radio is gone for good; its backup is taken.", partial(Radio, backup=True), backup, gaps=(0, 1)
    ),
]
