"""Ten minutes of MPEG-TS over UDP that lose a datagram in a hundred: cues still fit the archived picture.

`make soak` runs it; it takes about 12 minutes and is not part of `make test`.
"""

import logging
import random
import signal
import socket
import sys
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import count, takewhile
from pathlib import Path
from statistics import median
from typing import NamedTuple

import av
import jiwer
import psutil
import pytest
import srt

from pipeline.audio import AudioFile
from pipeline.scores.words import plain
from pipeline.source.archive import segments
from samples.clock import read_clock
from tests.measures import SAMPLES, cues
from tests.recordings import whole_frames
from tests.servers import free_port, running
from tests.waiting import until

RALLY = SAMPLES / "rally.mp4"
LOOP = 73.1
"""Seconds the rally lasts."""
LENGTH = 600.0
MINUTE = 60.0
LOSS = 0.01

log = logging.getLogger(__name__)
pytestmark = pytest.mark.timeout(LENGTH + 300)


class LossyLink:
    """Passes datagrams on to a port of loopback, all but every hundredth or so; the same ones are lost every time."""

    def __init__(self, to: int) -> None:
        self.passed = self.lost = 0
        self.lasted = 0.0
        """Seconds from the first datagram to the last."""
        self._to = to
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._relay, daemon=True)

    def __enter__(self) -> "LossyLink":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _relay(self) -> None:
        chance, first = random.Random(3), 0.0
        while data := self._socket.recv(65536):
            first = first or time.monotonic()
            self.lasted = time.monotonic() - first
            if chance.random() < LOSS:
                self.lost += 1
            else:
                self.passed += 1
                self._socket.sendto(data, ("127.0.0.1", self._to))


class Matched(NamedTuple):
    """A French cue, and the rally's sentence that it shows."""

    start: float
    """Stream time, seconds."""
    error: float
    """Seconds by which the picture's clock is then past the sentence's true start."""
    text: str


class Soaked(NamedTuple):
    """What was published and what came of it."""

    published: float
    recorded: float
    cues: list[srt.Subtitle]
    matched: list[Matched]


@pytest.fixture(scope="module")
def soaked(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Soaked:
    """The rally over and over through a lossy link, and the session that subtitled it."""
    folder, port = tmp_path_factory.mktemp("soak") / "s", free_port()
    subtitle = ["-m", "pipeline", "run", f"udp://127.0.0.1:{port}", "--demo", "--out", str(folder)]
    publish = ["-re", "-stream_loop", "-1", "-i", str(RALLY), "-t", str(LENGTH), "-c", "copy", "-f", "mpegts"]
    with running(sys.executable, *subtitle) as session, LossyLink(port) as link:
        until(lambda: _listens(session.pid, port), 60)
        with running(ffmpeg, *publish, f"udp://127.0.0.1:{link.port}?pkt_size=1316") as publisher:
            until(lambda: publisher.poll() is not None or session.poll() is not None, LENGTH + 60)
        session.send_signal(signal.SIGINT)  # UDP has no end: the technician stops it
        assert session.wait(120) == 0, (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    found, picture = cues(folder / "subtitles.fr.srt"), Picture(folder / "archive")
    matched = [
        Matched(start, picture.clock(start) - said.start.total_seconds(), said.content)
        for cue in found
        for start, said in [(cue.start.total_seconds(), _said(cue.content))]
        if said
    ]
    log.info("%d datagrams passed on, %d lost", link.passed, link.lost)
    return Soaked(link.lasted, AudioFile(folder / "audio.s16").recorded, found, matched)


def _listens(session: int, port: int) -> bool:
    """A process of the session has that UDP port."""
    return any(
        connection.laddr.port == port
        for process in psutil.Process(session).children(recursive=True)
        for connection in process.net_connections("udp4")
    )


class Picture:
    """The archived picture's running clock. A frame that lost a datagram, and those built on it, may show an older
    moment than theirs: what most frames around agree on counts."""

    AROUND = 5.0
    """Seconds"""

    def __init__(self, archive: Path) -> None:
        frames = sorted(frame for segment in segments(archive) for frame in _frames(segment.path))
        self._times = [time for time, _ in frames]
        self._ahead = [clock - time for time, clock in frames]

    def clock(self, at: float) -> float:
        """What it shows at stream time `at`; most frames around must be of the same round of the rally."""
        first, end = bisect_left(self._times, at - self.AROUND), bisect_right(self._times, at + self.AROUND)
        return at + median(self._ahead[first:end])


def _frames(path: Path) -> Iterator[tuple[float, float]]:
    """(presentation time, what its clock shows) of every frame."""
    with av.open(str(path)) as opened:
        for frame in whole_frames(opened, "video"):
            yield frame.time, read_clock(frame.to_ndarray(format="rgb24"))


SENTENCES = cues(SAMPLES / "rally.fr.srt")


def _said(text: str) -> srt.Subtitle | None:
    """The rally's sentence that these words most likely are, though lost datagrams have cost some; None if the first
    word is among them: such a cue begins with what is left, rightly later."""
    words = plain(text)
    begins = [said for said in SENTENCES if plain(said.content).split()[0] == words.split()[0]]
    likeness = [SequenceMatcher(None, words, plain(said.content), autojunk=False).ratio() for said in begins]
    return begins[likeness.index(max(likeness))] if max(likeness, default=0.0) >= 0.8 else None


def _error_rate(found: list[srt.Subtitle]) -> float:
    """Word error rate against all that was said in full."""
    rounds = takewhile(lambda start: start < LENGTH, (LOOP * k for k in count()))
    said = [s.content for start in rounds for s in SENTENCES if start + s.end.total_seconds() < LENGTH]
    return float(jiwer.wer(plain(" ".join(said)), plain(" ".join(cue.content for cue in found))))


def _in_minute(soaked: Soaked, minute: int) -> list[Matched]:
    """The matched cues of one minute, the last is -1."""
    end = soaked.recorded if minute < 0 else 0.0
    return [cue for cue in soaked.matched if minute * MINUTE <= cue.start - end < (minute + 1) * MINUTE]


def test_at_the_end_cues_fit_the_archived_picture(soaked: Soaked) -> None:
    log.info("%d cues, %d matched, WER %.3f", len(soaked.cues), len(soaked.matched), _error_rate(soaked.cues))
    for minute in range(int(LENGTH / MINUTE)):
        errors = [abs(cue.error) for cue in _in_minute(soaked, minute)]
        log.info("minute %d: %d cues, median %.3f s, most %.3f s", minute, len(errors), median(errors), max(errors))
    last = _in_minute(soaked, -1)
    assert len(last) >= 10
    assert [cue for cue in last if abs(cue.error) > 0.15] == []


def test_the_sound_lasts_as_long_as_was_published(soaked: Soaked) -> None:
    log.info("published %.2f s, recorded %.2f s", soaked.published, soaked.recorded)
    assert soaked.recorded == pytest.approx(soaked.published, abs=1.0)
