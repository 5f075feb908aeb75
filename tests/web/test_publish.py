"""The published folder, served by Python's own static server, in two players that are not ours."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import m3u8
import pytest
import srt

from pipeline.events import Ended
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from samples.clock import FPS, SQUARE, TOP, squares
from tests import published
from tests.published import FIRST, GAP, SECOND
from tests.servers import free_port, listens, running
from tests.waiting import until
from tests.web.conftest import HLS, Server, becomes, needs_hls

if TYPE_CHECKING:
    from playwright.sync_api import Page

NEAR = 0.05
"""Seconds that two players may differ by."""

_PLAYER = """
<video muted width="640" height="360"></video>
<script src="hls.min.js"></script>
<script>
  const video = document.querySelector("video");
  const hls = new Hls();
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, () => { hls.subtitleTrack = 0; });
  hls.loadSource("out/master.m3u8");
  hls.attachMedia(video);
  const cues = () => [...video.textTracks].filter((track) => track.language === "en")
    .flatMap((track) => [...track.cues].map((cue) => [cue.startTime, cue.endTime, cue.text]));
  const lights = (places) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const drawn = canvas.getContext("2d");
    drawn.drawImage(video, 0, 0, 640, 360);
    return places.map(([x, y]) => drawn.getImageData(x, y, 1, 1).data[1] > 128);
  };
</script>
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Iterator[str]:
    """The address of a folder with a session that `livesubs publish` has published in `out`."""
    root = tmp_path_factory.mktemp("site")
    session = published.session(root, published.recording(root, ffmpeg))
    command = [sys.executable, "-m", "pipeline", "publish", str(session), str(root / "out")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (root / "player.html").write_text(_PLAYER)
    if HLS.is_file():
        shutil.copy(HLS, root)
    port = free_port()
    server = ["-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(root)]
    with running(sys.executable, *server) as process:
        until(lambda: listens(process.pid, port), 30)
        yield f"http://127.0.0.1:{port}"


def test_ffmpeg_has_the_cues_at_their_times(site: str, ffmpeg: str) -> None:
    command = [ffmpeg, "-v", "error", "-i", f"{site}/out/master.m3u8", "-map", "0:s:0", "-f", "srt", "-"]
    found = srt.parse(subprocess.run(command, check=True, capture_output=True, text=True, timeout=240).stdout)
    times = [(c.start.total_seconds(), c.end.total_seconds(), c.content) for c in found]
    agree(list(dict.fromkeys(times)))


@needs_hls
def test_hls_js_has_the_cues_at_their_times_and_at_the_same_picture(site: str, page: "Page") -> None:
    page.goto(f"{site}/player.html")
    becomes(page, f"cues().length === {len(published.track('en'))}", 60)
    agree(page.evaluate("cues()"))
    for start, _, text in page.evaluate("cues()"):
        [cue] = [cue for cue in published.track("en") if cue.text == text]
        page.evaluate(f"video.currentTime = {start + 0.02}")  # inside the frame, not on its edge
        becomes(page, "!video.seeking && video.readyState >= 2", 60)
        assert shown(page) == pytest.approx(cue.start, abs=NEAR)


def agree(found: list[Any]) -> None:
    """The cues are those of the session, in a playback that leaves out the gap."""
    expected = [(_played(cue.start), _played(cue.end), cue.text) for cue in published.track("en")]
    assert [text for _, _, text in found] == [text for _, _, text in expected]
    for (start, end, _), (at, until_, _) in zip(found, expected, strict=True):
        assert (start, end) == (pytest.approx(at, abs=NEAR), pytest.approx(until_, abs=NEAR))
    assert any(start > FIRST for start, _, _ in found)


def _played(stream: float) -> float:
    return stream if stream <= FIRST else stream - GAP


def shown(page: "Page") -> float:
    """The moment of the sample that the picture shows, by the clock in it."""
    places = [(left + SQUARE // 2, TOP + SQUARE // 2) for left, _ in squares(0)]
    lit = page.evaluate("(places) => lights(places)", places)
    code = int("".join("1" if light else "0" for light in lit), 2)
    number = 0
    while code:
        number ^= code
        code >>= 1
    return number / FPS


def test_the_command_says_what_it_cannot_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "publish", str(tmp_path), str(tmp_path / "out")]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode == 6
    assert "there is no session in" in refused.stderr


def test_the_room_s_picture_for_a_mixer_ends_behind_live(
    tmp_path: Path, ffmpeg: str, serve: Callable[..., Server]
) -> None:
    session = published.session(tmp_path, published.recording(tmp_path, ffmpeg), ended=False)
    clock = SystemClock()
    with Journal(session, clock) as journal, lock(session):
        journal.append(published.progress(clock, FIRST))
        address = f"{serve(session, delay='9').address}/room.m3u8"
        listed = [m3u8.load(address)]
        assert FIRST - 9 - 2 <= seconds(listed[0]) <= FIRST
        until(lambda: len(listed[0].segments) < len(m3u8.load(address).segments), 10)
        journal.append(published.progress(clock, FIRST + GAP + SECOND + 10.0))
        until(lambda: seconds(m3u8.load(address)) == FIRST + SECOND, 10)
        journal.append(Ended(reason="ended", stream=FIRST + GAP + SECOND))
        assert not m3u8.load(address).is_endlist
    until(lambda: m3u8.load(address).is_endlist, 10)
    subprocess.run([ffmpeg, "-v", "error", "-i", address, "-t", "3", "-f", "null", "-"], check=True)


def seconds(listed: "m3u8.M3U8") -> float:
    return float(sum(segment.duration for segment in listed.segments))
