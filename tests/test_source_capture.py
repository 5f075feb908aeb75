"""Recording files: the sound, the archive and the list of its segments, all on one clock; damage; stopping."""

import itertools
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pipeline.audio import AudioFile
from pipeline.errors import DiskFull, NoAudio, SettingsError
from pipeline.settings import SAMPLE_RATE, SourceSettings
from pipeline.source.address import resolve
from pipeline.source.archive import segments
from pipeline.source.capture import Capture, Outcome
from pipeline.web.media import playlist
from tests.recordings import archived_sound, offset_ms, presented, sound
from tests.waiting import ended, until

pytestmark = pytest.mark.slow

LENGTH = 12.0


def make(ffmpeg: str, path: Path, *options: str, picture: bool = True, seconds: float = LENGTH) -> Path:
    """A clip of noise, which can be recognised anywhere, and a running clock with B-frames."""
    inputs = ["-f", "lavfi", "-i", "testsrc=s=320x180:r=25"] if picture else []
    noise = ["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.3:seed=7"]
    subprocess.run(
        [ffmpeg, "-v", "error", *inputs, *noise, "-t", str(seconds), "-ac", "2", *options, str(path)], check=True
    )
    return path


@pytest.fixture(scope="module")
def clips(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    h264 = ["-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-bf", "3", "-c:a", "aac"]
    whole = make(ffmpeg, folder / "clip.mp4", *h264)
    for name in ("clip.ts", "clip.flv"):
        subprocess.run([ffmpeg, "-v", "error", "-i", whole, "-c", "copy", folder / name], check=True)
    return folder


def record(source: str | Path, folder: Path, **settings: object) -> Outcome:
    given = SourceSettings(**settings)  # type: ignore[arg-type]  # a test says what it means
    capture = Capture(resolve(str(source), given), given, folder)
    try:
        capture.start()
        return capture.outcome
    finally:
        capture.close()


def ours() -> list[psutil.Process]:
    """The processes below this test."""
    return list(psutil.Process().children(recursive=True))


@pytest.mark.parametrize("name", ["clip.mp4", "clip.ts", "clip.flv"])
def test_sound_picture_and_list_are_on_one_clock(clips: Path, tmp_path: Path, name: str) -> None:
    assert record(clips / name, tmp_path).state == "ended"
    assert AudioFile(tmp_path / "audio.s16").recorded == pytest.approx(LENGTH, abs=0.05)
    listed = segments(tmp_path / "archive")
    assert [round(s.end - s.start) for s in listed] == [2] * 6
    for segment in listed:
        assert (segment.start, segment.end) == pytest.approx(presented(segment.path), abs=0.041), segment
    assert all(a.end == pytest.approx(b.start, abs=0.001) for a, b in itertools.pairwise(listed))
    for at in (0.5, 5.0, 11.0):
        assert abs(offset_ms(sound(tmp_path), archived_sound(tmp_path), at)) < 20


def test_the_segments_play_as_one_and_each_alone_without_a_complaint(clips: Path, tmp_path: Path, ffmpeg: str) -> None:
    record(clips / "clip.ts", tmp_path, end=8.0)
    listed = segments(tmp_path / "archive")
    whole, again = (tmp_path / "archive" / name for name in ("whole.m3u8", "again.m3u8"))
    whole.write_text(playlist(listed, ended=True))
    again.write_text(playlist([*listed, *listed], ended=True))  # as where another connection begins to count

    def complaints(played: Path) -> str:
        command = [ffmpeg, "-v", "warning", "-xerror", "-i", str(played), "-f", "null", "-"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stderr

    for played in (whole, *(segment.path for segment in listed)):
        assert complaints(played) == "", played
    assert "corrupt" not in complaints(again)


@pytest.mark.parametrize(
    ("name", "options", "codecs"),
    [
        ("mpeg2.ts", ["-c:v", "mpeg2video", "-c:a", "mp2"], {"h264", "aac"}),
        (
            "hevc.mkv",
            ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=0", "-c:a", "ac3"],
            {"h264", "aac"},
        ),
        ("ten-bit.mkv", ["-c:v", "libx264", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"], {"h264", "aac"}),
    ],
)
def test_what_a_browser_cannot_play_is_transcoded(
    ffmpeg: str, tmp_path: Path, name: str, options: list[str], codecs: set[str]
) -> None:
    import av

    assert record(make(ffmpeg, tmp_path / name, *options, seconds=4), tmp_path).state == "ended"
    listed = segments(tmp_path / "archive")
    with av.open(str(listed[0].path)) as opened:
        assert {stream.codec_context.name for stream in opened.streams} == codecs
        assert opened.streams.video[0].codec_context.pix_fmt == "yuv420p"
    assert listed[-1].end == pytest.approx(4, abs=0.1)
    assert abs(offset_ms(sound(tmp_path), archived_sound(tmp_path), 2.5)) < 20


def test_sound_alone_with_cover_art(ffmpeg: str, tmp_path: Path) -> None:
    music = make(ffmpeg, tmp_path / "sound.mp3", picture=False, seconds=6)
    art, both = tmp_path / "art.png", tmp_path / "both.mp3"
    subprocess.run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", "color", "-frames:v", "1", art], check=True)
    cover = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic"]
    subprocess.run([ffmpeg, "-v", "error", "-i", music, "-i", art, *cover, both], check=True)
    assert record(both, tmp_path).state == "ended"
    assert len(segments(tmp_path / "archive")) in (3, 4)


@pytest.mark.parametrize(("channel", "pitch"), [("left", 500), ("right", 2000)])
def test_one_channel_of_a_track(ffmpeg: str, tmp_path: Path, channel: str, pitch: int) -> None:
    import numpy as np

    clip = tmp_path / "two.wav"
    tones = "aevalsrc=sin(2*PI*500*t)|sin(2*PI*2000*t):d=2:s=48000"
    subprocess.run([ffmpeg, "-v", "error", "-f", "lavfi", "-i", tones, clip], check=True)
    record(clip, tmp_path, channel=channel)
    spectrum = np.abs(np.fft.rfft(sound(tmp_path)[SAMPLE_RATE : SAMPLE_RATE + 8000]))
    assert spectrum.argmax() * 2 == pitch


def test_the_track_asked_for_and_one_that_is_not_there(ffmpeg: str, tmp_path: Path) -> None:
    clip = tmp_path / "tracks.mkv"
    tones = [part for f in (500, 2000) for part in ("-f", "lavfi", "-i", f"sine=f={f}:d=1")]
    names = ["-metadata:s:a:0", "language=fra", "-metadata:s:a:1", "language=eng"]
    subprocess.run([ffmpeg, "-v", "error", *tones, "-map", "0", "-map", "1", *names, clip], check=True)
    with pytest.raises(NoAudio, match=r"no sound track 3 .*fra.*eng.*--audio"):
        record(clip, tmp_path, audio=3)
    with pytest.raises(NoAudio, match="one channel"):
        record(clip, tmp_path, audio=2, channel="left")
    assert record(clip, tmp_path, audio=2).state == "ended"


@pytest.mark.parametrize("name", ["100%d", "rally:paris"])
def test_a_session_folder_may_have_any_name(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).mkdir()
    assert record(clips / "clip.mp4", Path(name), end=4.0).state == "ended"
    assert len(segments(Path(name) / "archive")) == 2


def test_a_part_of_a_recording(clips: Path, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    for folder in (whole, part):
        folder.mkdir()
    record(clips / "clip.mp4", whole)
    record(clips / "clip.mp4", part, start=3.0, end=9.0, length=5.0)
    assert AudioFile(part / "audio.s16").recorded == pytest.approx(5.0, abs=0.05)
    assert abs(offset_ms(sound(part), sound(whole)[3 * SAMPLE_RATE :], 2.0)) < 20
    assert abs(offset_ms(sound(part), archived_sound(part), 2.0)) < 20


@pytest.mark.parametrize(
    ("part", "advice"),
    [({"start": 60.0}, "lasts 12 s"), ({"start": 5.0, "end": 4.0}, "later")],
)
def test_a_part_that_is_not_there(clips: Path, tmp_path: Path, part: dict[str, object], advice: str) -> None:
    with pytest.raises(SettingsError, match=advice):
        record(clips / "clip.mp4", tmp_path, **part)


def cut(source: Path, target: Path, *parts: tuple[float, float]) -> Path:
    """Some parts (fractions) of an MPEG-TS, in whole packets."""
    data = source.read_bytes()
    packets = len(data) // 188
    target.write_bytes(b"".join(data[188 * int(packets * a) : 188 * int(packets * b)] for a, b in parts))
    return target


def test_lost_packets_become_silence_of_the_same_length(ffmpeg: str, tmp_path: Path) -> None:
    """Longer than ffmpeg's own ten seconds, past which it would close the gap."""
    quick = ["-c:v", "libx264", "-preset", "ultrafast"]
    long = make(ffmpeg, tmp_path / "long.ts", *quick, "-g", "25", "-c:a", "aac", seconds=30)
    whole, part = tmp_path / "whole", tmp_path / "part"
    for folder, clip in ((whole, long), (part, cut(long, tmp_path / "gap.ts", (0, 0.2), (0.7, 1)))):
        folder.mkdir()
        record(clip, folder, archive=folder is part)
    assert not sound(part)[10 * SAMPLE_RATE : 18 * SAMPLE_RATE].any()
    for at in (3.0, 24.0, 28.0):
        assert abs(offset_ms(sound(part), sound(whole), at)) < 20
        assert abs(offset_ms(sound(part), archived_sound(part), at)) < 20


def test_packet_loss_while_the_picture_is_transcoded(ffmpeg: str, tmp_path: Path) -> None:
    """ffmpeg 9.0 hung here within a minute of stream, when sound and archive each had a filter of their own."""
    options = ["-s", "160x90", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", "-c:a", "aac"]
    data = make(ffmpeg, tmp_path / "whole.ts", *options, seconds=120).read_bytes()
    datagrams = [data[at : at + 7 * 188] for at in range(0, len(data), 7 * 188)]
    lucky = random.Random(2)
    (tmp_path / "lossy.ts").write_bytes(b"".join(d for d in datagrams if lucky.random() > 0.01))
    whole, part = tmp_path / "whole", tmp_path / "part"
    for folder, name in ((whole, "whole.ts"), (part, "lossy.ts")):
        folder.mkdir()
        assert record(tmp_path / name, folder, archive=folder is part).state == "ended"
    for at in (60.0, 115.0):
        assert abs(offset_ms(sound(whole), sound(part), at)) < 50
        assert abs(offset_ms(sound(part), archived_sound(part), at)) < 20


def test_a_clock_that_starts_again_does_not_stop_the_recording(clips: Path, tmp_path: Path) -> None:
    twice = cut(clips / "clip.ts", tmp_path / "twice.ts", (0, 0.5), (0, 1))
    assert record(twice, tmp_path).state == "ended"
    recorded = AudioFile(tmp_path / "audio.s16").recorded
    assert recorded >= 1.5 * LENGTH - 0.5
    for at in (3.0, recorded - 5, recorded - 2):
        assert abs(offset_ms(sound(tmp_path), archived_sound(tmp_path), at)) < 20


def test_damage_in_the_middle_is_passed_over(clips: Path, tmp_path: Path) -> None:
    data = bytearray((clips / "clip.ts").read_bytes())
    half = len(data) // 2
    data[half : half + 100_000] = random.Random(1).randbytes(100_000)
    (tmp_path / "damaged.ts").write_bytes(data)
    assert record(tmp_path / "damaged.ts", tmp_path).state == "ended"
    assert AudioFile(tmp_path / "audio.s16").recorded == pytest.approx(LENGTH, abs=0.05)


def test_a_tenth_of_a_second(ffmpeg: str, tmp_path: Path) -> None:
    assert record(make(ffmpeg, tmp_path / "short.wav", picture=False, seconds=0.1), tmp_path).state == "ended"
    assert AudioFile(tmp_path / "audio.s16").recorded == pytest.approx(0.1, abs=0.01)


def test_stopping_keeps_and_closes_what_came_in(clips: Path, tmp_path: Path) -> None:
    settings = SourceSettings(pace=1.0)
    capture = Capture(resolve(str(clips / "clip.mp4"), settings), settings, tmp_path)
    capture.start()
    recorded = AudioFile(tmp_path / "audio.s16")
    until(lambda: recorded.recorded > 1, 10)
    assert not capture.ended
    assert all(os.getsid(process.pid) != os.getsid(0) for process in ours()), "a Ctrl-C is for the session alone"
    capture.stop()
    until(lambda: capture.ended, 4)
    assert capture.outcome.state == "stopped"
    capture.close()
    assert segments(tmp_path / "archive")[-1].end == pytest.approx(recorded.recorded, abs=0.2)
    assert not ours()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a full disk that Linux keeps at hand")
def test_a_full_disk_is_named(clips: Path, tmp_path: Path) -> None:
    (tmp_path / "audio.s16").symlink_to("/dev/full")
    outcome = record(clips / "clip.mp4", tmp_path)
    assert outcome.state == "lost"
    assert isinstance(outcome.error, DiskFull)


CHILD = """
import sys, threading
from pathlib import Path
from pipeline.settings import SourceSettings
from pipeline.source.address import resolve
from pipeline.source.capture import Capture
settings = SourceSettings(pace=1.0)
capture = Capture(resolve(sys.argv[1], settings), settings, Path(sys.argv[2]))
capture.start()
threading.Event().wait()
"""


@pytest.mark.parametrize("source", ["clip.mp4", "lavfi:sine=r=48000"])
def test_no_ffmpeg_outlives_a_killed_session(clips: Path, tmp_path: Path, source: str) -> None:
    given = str(clips / source) if source.startswith("clip") else source
    with subprocess.Popen([sys.executable, "-c", CHILD, given, str(tmp_path)]) as session:
        until(lambda: AudioFile(tmp_path / "audio.s16").recorded > 0.5, 20)
        family = psutil.Process(session.pid).children(recursive=True)
        assert any("ffmpeg" in process.name() for process in family)
        if source.startswith("lavfi"):  # one that hangs, and so sees no end of its input
            next(p for p in family if p.name().startswith("ffmpeg") and "s16le" in p.cmdline()).suspend()
        os.kill(session.pid, signal.SIGKILL)
    until(lambda: all(ended(process) for process in family), 5)
