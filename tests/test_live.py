"""The rally published in real time over every kind of live source: the same subtitles as from the file, as it is said.

All publishers and sessions run side by side, so the module takes little longer than the rally itself (75 s).
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
import srt

from tests.measures import PATIENT, SAMPLES, cues
from tests.servers import ICECAST, files, free_port, icecast, mounted, running
from tests.waiting import until

pytestmark = pytest.mark.slow

RALLY = SAMPLES / "rally.mp4"


class Live(NamedTuple):
    """One published stream and the session on it."""

    publisher: "subprocess.Popen[bytes]"
    session: "subprocess.Popen[bytes]"
    folder: Path


class Watched(NamedTuple):
    """What was seen of a session's English file."""

    early: int
    """Cues on disk when the publisher had sent its last."""
    lost: list[str]
    """Texts that one reading had and a later one had not."""
    last: list[srt.Subtitle]


def publish(open: ExitStack, ffmpeg: str, *output: str) -> "subprocess.Popen[bytes]":
    return open.enter_context(running(ffmpeg, "-re", "-i", str(RALLY), *output))


def subtitle(open: ExitStack, source: str, folder: Path, given: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pipeline", "run", source, "--demo", "--give-up", "3s", "--settings", str(PATIENT)]
    session = subprocess.Popen(
        [*command, "--out", str(folder)], stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    open.callback(session.wait)
    open.callback(session.kill)
    return session


def listening(open: ExitStack, source: str, folder: Path) -> "subprocess.Popen[bytes]":
    """A session that listens: this publisher waits for nobody, and the next sources take the processor."""
    session = subtitle(open, source, folder)
    until(lambda: "connected" in _journal(folder), 30)
    return session


def hls(open: ExitStack, ffmpeg: str, folder: Path) -> Live:
    site = folder / "site"
    site.mkdir()
    url = open.enter_context(files(site))
    playlist = ["-hls_time", "2", "-hls_list_size", "6", str(site / "live.m3u8")]
    publisher = publish(open, ffmpeg, "-c", "copy", "-f", "hls", *playlist)
    until((site / "live.m3u8").exists, 20)
    return Live(publisher, listening(open, f"{url}/live.m3u8", folder / "s"), folder / "s")


def rtmp(open: ExitStack, ffmpeg: str, folder: Path) -> Live:
    url = f"rtmp://127.0.0.1:{free_port()}/live/rally"
    publisher = publish(open, ffmpeg, "-c", "copy", "-f", "flv", "-listen", "1", url)
    return Live(publisher, subtitle(open, url, folder / "s"), folder / "s")


def udp(open: ExitStack, ffmpeg: str, folder: Path) -> Live:
    url = f"udp://127.0.0.1:{free_port()}"
    session = subtitle(open, url, folder / "s")
    until(lambda: "opening" in _journal(folder / "s"), 30)
    return Live(publish(open, ffmpeg, "-c", "copy", "-f", "mpegts", f"{url}?pkt_size=1316"), session, folder / "s")


def srt_protocol(open: ExitStack, ffmpeg: str, folder: Path) -> Live:
    url = f"srt://127.0.0.1:{free_port()}"
    publisher = publish(open, ffmpeg, "-c", "copy", "-f", "mpegts", f"{url}?mode=listener")
    return Live(publisher, subtitle(open, url, folder / "s"), folder / "s")


def radio(open: ExitStack, ffmpeg: str, folder: Path) -> Live:
    # A session on a busy machine connects late: it is sent the last twenty seconds.
    place = f"127.0.0.1:{open.enter_context(icecast(burst=20 * 12_000))}/live.mp3"
    mp3 = ["-vn", "-c:a", "libmp3lame", "-b:a", "96k", "-content_type", "audio/mpeg", "-f", "mp3"]
    publisher = publish(open, ffmpeg, *mp3, f"icecast://source:hackme@{place}")
    until(lambda: mounted(f"http://{place}"), 20)
    return Live(publisher, listening(open, f"http://{place}", folder / "s"), folder / "s")


def standard_input(open: ExitStack, ffmpeg: str, folder: Path) -> Live:
    command = [ffmpeg, "-loglevel", "error", "-re", "-i", str(RALLY), "-c", "copy", "-f", "mpegts", "-"]
    publisher = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    open.callback(publisher.wait)
    open.callback(publisher.kill)
    assert publisher.stdout
    session = subtitle(open, "-", folder / "s", given=publisher.stdout.fileno())
    publisher.stdout.close()
    return Live(publisher, session, folder / "s")


SOURCES: dict[str, Callable[[ExitStack, str, Path], Live]] = {
    "hls": hls,
    "rtmp": rtmp,
    "udp": udp,
    "srt": srt_protocol,
    "icecast": radio,
    "stdin": standard_input,
}
NAMES = [
    pytest.param(name, marks=pytest.mark.skipif(name == "icecast" and not ICECAST, reason="needs Debian's icecast2"))
    for name in SOURCES
]
if not ICECAST:
    del SOURCES["icecast"]


@pytest.fixture(scope="module")
def watched(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Watched]:
    """Every source published at once, each session's English file read twice a second."""
    with ExitStack() as stack:
        lives = {name: opener(stack, ffmpeg, tmp_path_factory.mktemp(name)) for name, opener in SOURCES.items()}
        readings = _read_while_publishing(lives)
        if "udp" in lives:  # it has no end: the technician stops it
            lives["udp"].session.send_signal(signal.SIGINT)
        for live in lives.values():
            live.session.wait(240)
        return {name: _watched(readings[name], live) for name, live in lives.items()}


def _watched(readings: list[list[str]], live: Live) -> Watched:
    last = cues(live.folder / "subtitles.en.srt")
    texts = [cue.content for cue in last]
    seen = dict.fromkeys(text for reading in readings for text in reading)
    return Watched(len(readings[-1]) if readings else 0, [text for text in seen if text not in texts], last)


def _read_while_publishing(lives: dict[str, Live]) -> dict[str, list[list[str]]]:
    """Texts of each session's English file, every half second until its publisher ends; each reading parses."""
    readings: dict[str, list[list[str]]] = {name: [] for name in lives}
    going = dict(lives)
    due = time.monotonic()

    def half_a_second_later() -> bool:
        return time.monotonic() >= due

    while going:
        due += 0.5
        until(half_a_second_later, 10)
        for name, live in list(going.items()):
            if live.publisher.poll() is not None:
                del going[name]
            elif (path := live.folder / "subtitles.en.srt").exists():
                readings[name].append([cue.content for cue in srt.parse(path.read_text(encoding="utf-8"))])
    return readings


def _journal(folder: Path) -> str:
    path = folder / "journal.jsonl"
    return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.mark.parametrize("name", NAMES)
def test_no_reading_of_the_file_loses_a_cue(watched: dict[str, Watched], name: str) -> None:
    assert watched[name].lost == []


@pytest.mark.parametrize("name", NAMES)
def test_most_cues_are_there_while_the_stream_still_runs(watched: dict[str, Watched], name: str) -> None:
    assert watched[name].early >= 0.8 * len(watched[name].last)


@pytest.mark.parametrize("name", NAMES)
def test_the_subtitles_are_those_of_the_file(watched: dict[str, Watched], rally: Path, name: str) -> None:
    found, reference = watched[name].last, cues(rally / "subtitles.en.srt")
    assert [cue.content for cue in found] == [cue.content for cue in reference]
    offsets = [(a.start - b.start).total_seconds() for a, b in zip(found, reference, strict=True)]
    assert max(abs(offset - median(offsets)) for offset in offsets) <= 0.1
