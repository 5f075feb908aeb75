"""Faults of the translators, and Ctrl-C in the middle of every kind of trouble."""

from typing import Any

from tests.faults.around import libre_then_local, no_mount, small_disk, web_only
from tests.faults.fault import Act, Fault
from tests.faults.hls import Hls, Page
from tests.faults.on_program import ffmpeg_killed, stop_during, worker_hung, worker_killed
from tests.faults.on_source import BEGIN
from tests.faults.show import Show
from tests.faults.streams import Radio


def moods(mood: str, seconds: float) -> Act:
    """Every web translator is in a mood for a while; one that hangs lets go in the end."""

    def act(show: Show, stream: Any) -> None:
        show.heard(BEGIN)
        for service in show.aid:
            service.mood = mood
        show.wait(seconds)
        for service in show.aid:
            service.mood = "right"
            service.release.set()

    return act


def begins(mood: str) -> Act:
    """The same, and it does not end."""

    def act(show: Show, stream: Any) -> None:
        show.heard(BEGIN)
        for service in show.aid:
            service.mood = mood
        show.wait(8)

    return act


def hls_leaves(show: Show, hls: Hls) -> None:
    show.heard(BEGIN)
    hls.publisher.gone = True
    show.wait(8)


def hls_hangs(show: Show, hls: Hls) -> None:
    show.heard(BEGIN)
    hls.publisher.delays[""] = 60.0
    show.wait(8)


def leaves(show: Show, radio: Radio) -> None:
    show.heard(BEGIN)
    radio.gone.set()
    show.wait(6)


def falls_silent(show: Show, radio: Radio) -> None:
    show.heard(BEGIN)
    radio.silent.set()
    show.wait(8)


def refuses(show: Show, page: Page) -> None:
    show.heard(BEGIN)
    page.publisher.refuses = {"token=": 403}
    show.wait(6)


def stop_while_full(show: Show, stream: Any) -> None:
    """The person reads that the disk is full, and makes some space, after Ctrl-C."""
    show.heard(BEGIN)
    show.aid.fill()
    show.wait(8)
    show.stop()
    show.wait(3)
    show.aid.free()


def hangs(show: Show, stream: Any) -> None:
    worker_hung(show, stream)
    show.wait(3)


_STOPPED = {"seconds": 70.0, "gaps": (0, 1)}

FAULTS = [
    Fault(
        "translator-page",
        "The first translator gives an error page with status 200.",
        Hls,
        moods("page", 20),
        around=libre_then_local,
    ),
    Fault(
        "translator-hangs",
        "The first translator takes 60 s.",
        Hls,
        moods("hangs", 45),
        around=libre_then_local,
        short=True,
        seconds=80,
    ),
    Fault(
        "translator-busy",
        "The first translator has too many requests.",
        Hls,
        moods("busy", 20),
        around=libre_then_local,
    ),
    Fault(
        "translators-down",
        "Every translator is down, then back.",
        Hls,
        moods("refuses", 20),
        around=web_only,
        short=True,
        seconds=85,
    ),
    Fault(
        "translators-empty",
        "Every translator answers nothing, then is back.",
        Hls,
        moods("empty", 20),
        around=web_only,
        seconds=85,
    ),
    Fault("stop-hls-gone", "Ctrl-C while the HLS server is gone.", Hls, stop_during(hls_leaves)),
    Fault("stop-hls-hangs", "Ctrl-C while the HLS server does not answer.", Hls, stop_during(hls_hangs)),
    Fault("stop-radio-gone", "Ctrl-C while the radio is gone.", Radio, stop_during(leaves), short=True),
    Fault("stop-radio-silent", "Ctrl-C while the radio sends nothing.", Radio, stop_during(falls_silent)),
    Fault("stop-page-403", "Ctrl-C while the address is refused.", Page, stop_during(refuses)),
    Fault("stop-worker-killed", "Ctrl-C as the recogniser is killed.", Hls, stop_during(worker_killed)),
    Fault("stop-worker-hung", "Ctrl-C while the recogniser hangs.", Hls, stop_during(hangs)),
    Fault("stop-ffmpeg-killed", "Ctrl-C as ffmpeg is killed.", Radio, stop_during(ffmpeg_killed)),
    Fault(
        "stop-translator-hangs",
        "Ctrl-C while every translator hangs.",
        Hls,
        stop_during(begins("hangs")),
        around=web_only,
        untranslated=True,
    ),
    Fault(
        "stop-translators-down",
        "Ctrl-C while every translator is down.",
        Hls,
        stop_during(begins("refuses")),
        around=web_only,
        untranslated=True,
    ),
    Fault(
        "stop-disk-full",
        "Ctrl-C while the disk is full.",
        Hls,
        stop_while_full,
        around=small_disk,
        missing=no_mount,
    ),
]
