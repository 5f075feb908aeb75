"""Live sources, each from a real server on loopback: recorded in step, and ended as they should."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from pipeline.audio import AudioFile
from pipeline.flow import spawn
from pipeline.settings import SourceSettings
from pipeline.source.address import resolve
from pipeline.source.archive import segments
from pipeline.source.capture import Capture
from tests.recordings import archived_sound, offset_ms, presented, sound
from tests.servers import ICECAST, files, free_port, icecast, listens, running
from tests.waiting import until

pytestmark = pytest.mark.slow

LENGTH = 9.0


@pytest.fixture(scope="module")
def clip(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("live") / "clip.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc=s=320x180:r=25", "-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.3:seed=3"]
    h264 = ["-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-bf", "2", "-c:a", "aac", "-movflags", "+faststart"]
    subprocess.run([ffmpeg, "-v", "error", *inputs, "-t", str(LENGTH), *h264, str(path)], check=True)
    return path


@contextlib.contextmanager
def recording(source: str, folder: Path) -> Iterator[Capture]:
    settings = SourceSettings()
    capture = Capture(resolve(source, settings), settings, folder)
    try:
        capture.start()
        yield capture
    finally:
        capture.close()


def in_step(folder: Path, *, at_least: float) -> None:
    """So much was recorded, sound and archive on one clock, segments where their list says."""
    recorded = AudioFile(folder / "audio.s16").recorded
    assert recorded >= at_least
    for at in (2.0, recorded - 2):
        assert abs(offset_ms(sound(folder), archived_sound(folder), at)) < 20
    for segment in segments(folder / "archive")[1:]:
        assert (segment.start, segment.end) == pytest.approx(presented(segment.path), abs=0.041)


def _sent(clip: Path) -> tuple[str, ...]:
    """The clip, with a picture that goes on for a second: what SRT still holds back is lost when the sender goes."""
    picture = ("-readrate", "2", "-stream_loop", "1", "-t", str(LENGTH + 1), "-i", str(clip))
    return (*picture, "-readrate", "2", "-i", str(clip), "-map", "0:v", "-map", "1:a", "-c", "copy")


@pytest.mark.parametrize(
    ("address", "publish"),
    [
        ("rtmp://127.0.0.1:{port}/live/room", ("-f", "flv", "-listen", "1", "rtmp://127.0.0.1:{port}/live/room")),
        ("srt://127.0.0.1:{port}", ("-f", "mpegts", "srt://127.0.0.1:{port}?mode=listener")),
        ("tcp://127.0.0.1:{port}", ("-f", "mpegts", "tcp://127.0.0.1:{port}?listen=1")),
    ],
    ids=["rtmp", "srt", "tcp"],
)
def test_a_server_that_serves_once(
    ffmpeg: str, clip: Path, tmp_path: Path, address: str, publish: tuple[str, ...]
) -> None:
    port = str(free_port())
    words = [word.format(port=port) for word in publish]
    with running(ffmpeg, *_sent(clip), *words) as publisher:
        until(lambda: listens(publisher.pid, int(port)), 10)
        with recording(address.format(port=port), tmp_path) as capture:
            assert capture.media.picture
            assert capture.outcome.state == "lost"  # the end of a source without an end
            assert "stopped sending" in capture.outcome.detail
    in_step(tmp_path, at_least=LENGTH - 0.5)


@pytest.mark.parametrize(
    ("address", "send"),
    [
        ("rtmp://127.0.0.1:{port}/live/room?listen=1", ("-f", "flv", "rtmp://127.0.0.1:{port}/live/room")),
        ("srt://127.0.0.1:{port}?mode=listener", ("-f", "mpegts", "srt://127.0.0.1:{port}")),
    ],
    ids=["rtmp", "srt"],
)
def test_a_publisher_that_calls_us(
    ffmpeg: str, clip: Path, tmp_path: Path, address: str, send: tuple[str, ...]
) -> None:
    port = str(free_port())
    settings = SourceSettings()
    capture = Capture(resolve(address.format(port=port), settings), settings, tmp_path)
    started = spawn((capture.start() for _ in range(1)), bound=1, name="start")  # type: ignore[func-returns-value]
    until(lambda: any(listens(child.pid, int(port)) for child in psutil.Process().children(recursive=True)), 10)
    words = [word.format(port=port) for word in send]
    with running(ffmpeg, *_sent(clip), *words):
        assert list(started) == [None]
        assert capture.outcome.state == "lost"
    capture.close()
    in_step(tmp_path, at_least=LENGTH - 0.5)


def test_mpeg_ts_over_udp(ffmpeg: str, clip: Path, tmp_path: Path) -> None:
    address = f"udp://127.0.0.1:{free_port()}"
    publish = ["-readrate", "2", "-stream_loop", "-1", "-i", str(clip), "-c", "copy", "-f", "mpegts"]
    with running(ffmpeg, *publish, address + "?pkt_size=1316"), recording(address, tmp_path) as capture:
        until(lambda: AudioFile(tmp_path / "audio.s16").recorded > 6, 15)
        capture.stop()
        assert capture.outcome.state == "stopped"
    in_step(tmp_path, at_least=6)


def test_a_sample_rate_that_changes_moves_nothing(ffmpeg: str, tmp_path: Path) -> None:
    noise = ["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.9:seed=3,lowpass=f=800"]
    subprocess.run([ffmpeg, "-v", "error", *noise, "-t", "12", str(tmp_path / "whole.wav")], check=True)
    for name, cut in (("first", ("-t", "6")), ("second", ("-ss", "6", "-ar", "22050", "-output_ts_offset", "6"))):
        coded = ["-i", str(tmp_path / "whole.wav"), "-c:a", "aac", "-b:a", "128k", *cut]
        subprocess.run([ffmpeg, "-v", "error", *coded, str(tmp_path / f"{name}.ts")], check=True)
    with socket.create_server(("127.0.0.1", 0)) as server, recording_of(server, tmp_path) as capture:
        assert capture.outcome.state == "lost"
    pcm = ["-f", "s16le", "-ar", "16000", str(tmp_path / "whole.s16")]
    subprocess.run([ffmpeg, "-v", "error", "-i", str(tmp_path / "whole.wav"), *pcm], check=True)
    whole = np.fromfile(tmp_path / "whole.s16", "<i2").astype(np.float64)
    for at in (3.0, 8.0):
        assert abs(offset_ms(sound(tmp_path / "s"), whole, at)) < 60
    assert len((tmp_path / "s" / "ffmpeg.log").read_text().splitlines()) < 50


@contextlib.contextmanager
def recording_of(server: socket.socket, folder: Path) -> Iterator[Capture]:
    """Who connects is sent the two parts, and no more."""

    def send() -> Iterator[None]:
        client, _ = server.accept()
        with client:
            for name in ("first", "second"):
                client.sendall((folder / f"{name}.ts").read_bytes())
        yield

    spawn(send(), bound=1, name="sender")
    (folder / "s").mkdir()
    with recording(f"tcp://127.0.0.1:{server.getsockname()[1]}", folder / "s") as capture:
        yield capture


@pytest.mark.skipif(not ICECAST, reason="needs icecast2 (Debian: apt install icecast2)")
def test_icecast(ffmpeg: str, clip: Path, tmp_path: Path) -> None:
    with icecast() as port:
        place = f"127.0.0.1:{port}/room.mp3"
        publish = ["-vn", "-c:a", "libmp3lame", "-content_type", "audio/mpeg", "-f", "mp3"]
        with running(ffmpeg, "-re", "-i", str(clip), *publish, f"icecast://source:hackme@{place}"):
            until(lambda: mounted(f"http://{place}"), 10)
            with recording(f"http://{place}", tmp_path) as capture:
                assert capture.media.picture is None
                assert capture.outcome.state == "lost"
    in_step(tmp_path, at_least=LENGTH - 3)


def mounted(url: str) -> bool:
    import urllib.request

    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
        return True
    return False


def test_live_hls_starts_at_the_edge_and_ends_with_its_playlist(ffmpeg: str, clip: Path, tmp_path: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "out"
    site.mkdir()
    out.mkdir()
    hls = ["-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "8", str(site / "live.m3u8")]
    with files(site) as base, running(ffmpeg, "-re", "-i", str(clip), *hls):
        until(lambda: len(list(site.glob("*.ts"))) > 5, 15)
        with recording(f"{base}/live.m3u8", out) as capture:
            assert capture.outcome.state == "ended"
    recorded = AudioFile(out / "audio.s16").recorded
    assert 4 < recorded < LENGTH - 1, "three segments before the edge, and all that came after"
    in_step(out, at_least=4)


def test_recorded_hls_starts_at_the_start(ffmpeg: str, clip: Path, tmp_path: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "out"
    site.mkdir()
    out.mkdir()
    hls = ["-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "-master_pl_name", "all.m3u8"]
    subprocess.run([ffmpeg, "-v", "error", "-i", clip, "-c", "copy", *hls, site / "one.m3u8"], check=True)
    with files(site) as base, recording(f"{base}/all.m3u8?key=secret", out) as capture:
        assert capture.outcome.state == "ended"
    in_step(out, at_least=LENGTH - 0.1)
    assert "secret" not in (out / "ffmpeg.log").read_text()


def test_a_file_behind_http(ffmpeg: str, clip: Path, tmp_path: Path) -> None:
    with files(clip.parent) as base, recording(f"{base}/{clip.name}", tmp_path) as capture:
        assert capture.outcome.state == "ended"
    in_step(tmp_path, at_least=LENGTH - 0.1)


READER = """
import sys
from pathlib import Path
from pipeline.settings import SourceSettings
from pipeline.source.address import resolve
from pipeline.source.capture import Capture
capture = Capture(resolve("-", SourceSettings()), SourceSettings(), Path(sys.argv[1]))
capture.start()
print(capture.outcome.state)
capture.close()
"""


def test_standard_input(ffmpeg: str, clip: Path, tmp_path: Path) -> None:
    publish = [ffmpeg, "-v", "error", "-i", str(clip), "-c", "copy", "-f", "mpegts", "-"]
    with subprocess.Popen(publish, stdout=subprocess.PIPE) as publisher:
        done = subprocess.run(
            [sys.executable, "-c", READER, str(tmp_path)],
            stdin=publisher.stdout,
            capture_output=True,
            text=True,
            timeout=240,
        )
    assert done.stdout == "ended\n", done.stderr
    in_step(tmp_path, at_least=LENGTH - 0.1)


def test_a_device_by_ffmpegs_own_syntax(tmp_path: Path) -> None:
    with recording("lavfi:sine=r=48000", tmp_path) as capture:
        until(lambda: AudioFile(tmp_path / "audio.s16").recorded > 1, 15)
        capture.stop()
        assert capture.outcome.state == "stopped"
