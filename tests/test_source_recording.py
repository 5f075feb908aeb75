"""A recording goes on, on one clock, when its connection is lost: real servers that fail, and what is then on disk."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.audio import AudioFile
from pipeline.events import Chunk, Event, Gap, SourceState, Warned
from pipeline.flow import SystemClock, spawn
from pipeline.settings import SAMPLE_RATE, SourceSettings
from pipeline.source import parts, watch, ways
from pipeline.source.address import Address, resolve
from pipeline.source.archive import segments
from pipeline.source.connection import Connection, Opening
from pipeline.source.gaps import Filled, GapWatch
from pipeline.source.hls import follower
from pipeline.source.parts import Anchor
from pipeline.source.process import Ffmpeg
from pipeline.source.recording import Recording
from pipeline.source.ways import Ways
from tests.publisher import Publisher, Stream, clip, cut, publishing
from tests.radio import Station
from tests.recordings import Sound, offset_ms, sound
from tests.servers import files, running
from tests.waiting import until

pytestmark = pytest.mark.slow


def samples(ffmpeg: str, path: Path) -> Sound:
    pcm = subprocess.run(
        [ffmpeg, "-v", "error", "-i", path, "-f", "s16le", "-ar", "16000", "-ac", "1", "-"],
        check=True,
        capture_output=True,
    ).stdout
    return np.frombuffer(pcm, "<i2").astype(np.float64)


@contextmanager
def recording(given: str, folder: Path, told: list[Event], **settings: Any) -> Iterator[Recording]:
    chosen = SourceSettings(**settings)
    made = Recording((given, *chosen.backup), chosen, folder, SystemClock(), told.append)
    try:
        made.start(resolve(given, chosen))
        yield made
    finally:
        made.close()


def test_a_cut_is_healed_and_what_comes_after_it_lies_at_its_own_time(ffmpeg: str, noise: Path, tmp_path: Path) -> None:
    told: list[Event] = []
    audio = AudioFile(tmp_path / "audio.s16")
    with Station(noise).on_air() as station, recording(station.address, tmp_path, told) as made:
        until(lambda: audio.recorded > 5, 20)
        station.gone.set()
        until(lambda: any(isinstance(event, Warned) for event in told), 10)
        lost_at = station.position
        until(lambda: station.position > lost_at + 3, 10)
        station.gone.clear()
        until(lambda: states(told) == ["connected", "lost", "connected"], 20)
        until(lambda: audio.recorded > made_gap(told).end + 3, 20)
        made.stop()
        assert made.outcome.state == "stopped"
        chunks = list(made.chunks(0.0))
    gap = made_gap(told)
    whole, ours = samples(ffmpeg, noise), sound(tmp_path)
    before = offset_ms(ours, whole, 2.5, reach=2)
    after = offset_ms(ours, whole, gap.end + 1.0, reach=2)
    assert abs(after - before) < 150
    assert not ours[round(gap.start * SAMPLE_RATE) + 1 : round(gap.end * SAMPLE_RATE) - 1].any()
    assert all(a.end <= b.start for a, b in pairwise(chunks))
    assert not [c for c in chunks if c.start < gap.end - 0.001 and c.end > gap.start + 0.001], "no one hears a gap"
    assert not list(tmp_path.glob("audio-*"))
    listed = segments(tmp_path / "archive")
    assert {s.path.name[:4] for s in listed} == {"0001", "0002"}
    assert all(a.end <= b.start + 0.1 for a, b in pairwise(listed))
    assert listed[-1].end == pytest.approx(audio.recorded, abs=0.5)


def test_sound_is_never_taken_for_earlier_than_it_came_however_busy_the_machine_is(noise: Path, tmp_path: Path) -> None:
    """By as much everything after a cut would come too early."""

    class Busy(SystemClock):
        """Whoever has looked at it is held up."""

        def up(self) -> float:
            now = super().up()
            self.wait(0.3)
            return now

    with Station(noise).on_air() as station:
        began, made = (
            SystemClock().up(),
            Recording((station.address,), SourceSettings(), tmp_path, Busy(), lambda _: None),
        )
        try:
            made.start(resolve(station.address, SourceSettings()))
            until(lambda: AudioFile(tmp_path / "audio.s16").recorded > 3, 20)
            assert made.origin is not None
            assert made.origin > began - 0.1
        finally:
            made.close()


def states(told: list[Event]) -> list[str]:
    return [event.state for event in told if isinstance(event, SourceState)]


def made_gap(told: list[Event]) -> Gap:
    [gap] = [event for event in told if isinstance(event, Gap)]
    return gap


def test_a_stall_ends_what_is_open_and_then_the_connection(
    noise: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Event] = []
    chunks: list[Chunk] = []
    with Station(noise).on_air() as station, recording(station.address, tmp_path, told) as made:
        for chunk in made.chunks(0.0):
            chunks.append(chunk)
            if chunk.end > 3 and len(told) == 1:
                station.silent.set()
                monkeypatch.setattr(watch, "BROKEN_OFF", 1.0)  # of this stall alone: a busy machine is as late any time
                monkeypatch.setattr(ways, "STALLED", 3.0)
            if chunk.start == chunk.end:
                until(lambda: states(told)[-1] == "lost", 20)
                monkeypatch.undo()
                station.silent.clear()
            if chunk.end > 10:
                made.stop()
    assert [c for c in chunks if c.start == c.end], "told at once, and not when it is back"
    assert "nothing has come" in next(e for e in told if isinstance(e, SourceState) and e.state == "lost").detail
    assert len([event for event in told if isinstance(event, Gap)]) == 1


def test_a_word_in_which_a_server_breaks_off_is_whole_when_it_is_there_again_at_once(
    noise: Path, tmp_path: Path
) -> None:
    told: list[Event] = []
    chunks: list[Chunk] = []
    with Station(noise, burst=8.0).on_air() as station, recording(station.address, tmp_path, told) as made:
        for chunk in made.chunks(0.0):
            chunks.append(chunk)
            if chunk.end > 10 and states(told) == ["connected"]:
                station.gone.set()
                until(lambda: states(told)[-1] == "lost", 10)
                station.gone.clear()
            if states(told) == ["connected", "lost", "connected"]:
                made.stop()
    assert [chunk for chunk in chunks if chunk.start == chunk.end] == []
    assert [event for event in told if isinstance(event, Gap)] == []


def test_sound_that_comes_before_anyone_has_noticed_is_not_broken_off_again(tmp_path: Path) -> None:
    audio = AudioFile(tmp_path / "audio.s16")
    parts.extend(audio.path, 1.0)

    class Noticing(SystemClock):
        def wait(self, seconds: float) -> None:
            parts.extend(audio.path, 3.0)

    def over() -> bool:
        return audio.recorded > 2

    chunks: list[Chunk] = []
    for chunk in audio.follow(start=0.0, ended=over, clock=Noticing(), broken_off=lambda: not over()):
        chunks.append(chunk)
        if chunk.start == chunk.end == 1:
            parts.extend(audio.path, 2.0)
        assert len(chunks) < 9
    assert [(chunk.start, chunk.end) for chunk in chunks] == [(0, 1), (1, 1), (1, 2), (2, 3)]


def test_what_comes_late_is_neither_cut_where_it_stopped_nor_a_gap_where_the_speaker_paused(
    ffmpeg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BROKEN_OFF", 1.0)
    spoken = ["-f", "lavfi", "-i", "anoisesrc=r=16000:a=0.3:seed=5", "-t", "16"]
    pause = ["-af", "volume=0:enable='between(t,6,10)'", "-c:a", "aac"]
    subprocess.run([ffmpeg, "-v", "error", *spoken, *pause, tmp_path / "clip.mp4"], check=True)
    stream = Stream(cut(ffmpeg, tmp_path / "clip.mp4", tmp_path / "site"), edge=6, window=20)
    told: list[Event] = []
    audio = AudioFile(tmp_path / "s" / "audio.s16")
    (tmp_path / "s").mkdir()
    with (
        publishing(Publisher(tmp_path, {"live.m3u8": stream})) as base,
        recording(f"{base}/live.m3u8", tmp_path / "s", told) as made,
    ):
        heard = spawn(made.chunks(0.0), bound=1000, name="heard")
        until(lambda: audio.recorded > 2.5, 20)
        stalled = SystemClock().up()
        until(lambda: SystemClock().up() > stalled + 2.5, 10)
        stream.edge, stream.ended = len(stream.lines), True
        assert made.outcome.state == "ended"
        assert all(chunk.end > chunk.start for chunk in heard)
    silence = sound(tmp_path / "s")[round(4 * SAMPLE_RATE) : round(6 * SAMPLE_RATE)]
    assert not silence.any()
    assert not [event for event in told if isinstance(event, Gap)]


@pytest.mark.parametrize("gone", [True, False], ids=["the server is gone", "it answers, with nothing new"])
def test_a_stream_that_stands_still_is_there_to_its_last_frame_and_goes_on_without_a_gap(
    ffmpeg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    """Whoever waits for it has all that came, its last word too, and is told that nothing comes."""
    monkeypatch.setattr(follower, "LATE", 1.0)
    out, told = tmp_path / "s", list[Event]()
    out.mkdir()
    stream = Stream(cut(ffmpeg, clip(ffmpeg, tmp_path, 16), tmp_path / "site"), edge=6, window=20)
    publisher = Publisher(tmp_path, {"live.m3u8": stream})
    chunks: list[Chunk] = []

    def hear(made: Recording) -> Iterator[None]:
        for chunk in made.chunks(0.0):
            chunks.append(chunk)
            yield

    def states() -> list[str]:
        return [event.state for event in told if isinstance(event, SourceState)]

    with publishing(publisher) as base, recording(f"{base}/live.m3u8", out, told) as made:
        heard = spawn(hear(made), bound=10_000, name="heard")
        until(lambda: AudioFile(out / "audio.s16").recorded > 2, 20)
        publisher.gone = gone
        until(lambda: (shown := segments(out / parts.ARCHIVE)) and shown[-1].end > 2.9, 20)
        until(lambda: any(chunk.end == chunk.start for chunk in chunks), 20)  # what is open is said
        assert states()[-1] == "lost"
        assert any("for 10 min at most" in event.text for event in told if isinstance(event, Warned))
        publisher.gone, stream.edge, stream.ended = False, 12, True
        assert made.outcome.state == "ended"
        for _ in heard:
            pass
    assert states() == ["connected", "lost", "connected"]
    assert not [event for event in told if isinstance(event, Gap)]
    whole = samples(ffmpeg, tmp_path / "clip.mp4")[3 * SAMPLE_RATE :]
    recorded = sound(out)
    assert len(recorded) == pytest.approx(9 * SAMPLE_RATE, abs=0.1 * SAMPLE_RATE)
    assert abs(offset_ms(recorded, whole, 1.0)) < 50
    assert abs(offset_ms(recorded, whole, 5.0)) < 50


def test_a_live_stream_ends_when_it_was_as_long_as_asked_for(ffmpeg: str, noise: Path, tmp_path: Path) -> None:
    site, out = tmp_path / "site", tmp_path / "out"
    for folder in (site, out):
        folder.mkdir()
    hls = ["-c:a", "aac", "-f", "hls", "-hls_time", "1", "-hls_list_size", "8", str(site / "live.m3u8")]
    with files(site) as base, running(ffmpeg, "-re", "-i", str(noise), *hls):
        until(lambda: len(list(site.glob("*.ts"))) > 4, 20)
        with recording(f"{base}/live.m3u8", out, [], length=4.0) as made:
            until(lambda: made.ended, 30)
            assert made.outcome.state == "ended"
    assert AudioFile(out / "audio.s16").recorded == pytest.approx(4.0, abs=0.3)


def test_a_second_cut_is_healed_like_the_first(noise: Path, tmp_path: Path) -> None:
    told: list[Event] = []
    with Station(noise).on_air() as station, recording(station.address, tmp_path, told, give_up=8.0) as made:
        for cut in (1, 2):
            until(lambda cut=cut: states(told).count("connected") == cut, 20)  # type: ignore[misc]
            recorded = made.chunks(0.0)
            until(lambda recorded=recorded, cut=cut: next(recorded).end > 5 * cut, 30)  # type: ignore[misc]
            station.gone.set()
            until(lambda cut=cut: states(told).count("lost") == cut, 20)  # type: ignore[misc]
            station.gone.clear()
        until(lambda: states(told).count("connected") == 3, 20)
    assert len([event for event in told if isinstance(event, Gap)]) <= 2
    assert not [e for e in told if isinstance(e, SourceState) and e.state == "lost" and not e.detail]


def test_a_clock_that_cannot_be_right_is_not_believed(tmp_path: Path) -> None:
    """An encoder that was restarted counts anew, a backup has another numbering, a server begins at its beginning."""
    before = Anchor(number=1, at=0.0, began=1000.0, clock="programme")

    def place(opening: Opening, last: Anchor | None = before) -> float | None:
        return Connection(opening, SourceSettings(), tmp_path, 2, 1.0).by_source(last, recorded=100.0, latest=130.0)

    address = resolve("lavfi:sine", SourceSettings())
    assert place(Opening(address=address, began=1120.0, clock="programme")) == 120.0
    assert place(Opening(address=address, began=1090.0, clock="programme")) == 90.0
    assert place(Opening(address=address, began=1e9, clock="programme")) is None
    assert place(Opening(address=address, began=3.0, clock="programme")) is None
    assert place(Opening(address=address, began=1120.0, clock="time stamps 2", missing=5.0)) == 105.0
    assert place(Opening(address=address, missing=1.7e9)) is None
    assert place(Opening(address=address), last=None) is None


def test_a_muted_stream_is_no_gap_but_what_udp_did_not_bring_is(tmp_path: Path) -> None:
    sound, filled = tmp_path / "audio.s16", Filled()
    gaps, filter = GapWatch(AudioFile(sound), filled), "[Parsed_aresample_0 @ 0x7f] [SWR @ 0x7a]"

    times = iter(range(1000))

    def grow(seconds: float, level: int) -> list[Gap]:
        """What is found when so much has come within a second."""
        with sound.open("ab") as file:
            file.write(np.full(round(seconds * SAMPLE_RATE), level, "<i2").tobytes())
        return list(gaps.look(next(times)))

    filled.hear(
        "[Parsed_aresample_0 @ 0x7f] [verbose] ch:1 chl:mono fmt:fltp r:44100Hz -> ch:1 chl:mono fmt:s16 r:16000Hz"
    )
    assert [*grow(5.0, 0), *grow(2.0, 500), *grow(3.0, 0), *grow(1.0, 500)] == [], "muted"
    for samples in (*[16384] * 10, 176_400 - 163_840):  # four seconds, as much at once as ffmpeg tells
        filled.hear(f"{filter} [verbose] adding {samples} audio samples of silence")
    assert grow(0.5, 500) == [], "what is told is yet to be written"
    assert grow(4.0, 0) == []
    [gap] = grow(1.0, 500)
    assert (gap.start, gap.end) == pytest.approx((11.5, 15.5), abs=0.001)
    for samples in (2048, 16384, 5666):  # one of 46 ms, one of half a second
        filled.hear(f"{filter} [verbose] adding {samples} audio samples of silence")
    assert grow(0.046, 0) == [], "a crackle"
    assert grow(0.8, 500) == []
    [gap] = [*grow(0.5, 0), *grow(1.0, 500)]
    assert (gap.start, gap.end) == pytest.approx((17.346, 17.846), abs=0.001)
    assert grow(9.0, 500) == []
    assert [*grow(5.0, 0), *grow(0.5, 500)] == [], "what is told of it comes later: another thread reads that"
    for samples in (*[16384] * 13, 220_500 - 212_992):
        filled.hear(f"{filter} [verbose] adding {samples} audio samples of silence")
    [gap] = grow(0.5, 500)
    assert (gap.start, gap.end) == pytest.approx((27.846, 32.846), abs=0.001)


@pytest.mark.parametrize("late", [False, True])
def test_what_a_recording_lacks_by_its_own_clock_is_a_gap(
    late: bool, ffmpeg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a second of packets is gone out of the middle, as the demultiplexer leaves it where datagrams were lost.

    `late`: what ffmpeg says is heard once it is seen to have ended.
    """
    if late:
        gone, hear = threading.Event(), Filled.hear
        ended: Callable[[Ffmpeg], bool] = vars(Ffmpeg)["ended"].fget

        def seen(ffmpeg: Ffmpeg) -> bool:
            over = ended(ffmpeg)
            if over:
                gone.set()
            return over

        monkeypatch.setattr(Ffmpeg, "ended", property(seen))
        monkeypatch.setattr(Filled, "hear", lambda filled, line: gone.wait(60.0) and hear(filled, line))
    torn = tmp_path / "torn.mkv"
    lost = "aselect=not(between(t\\,3\\,3.5))"
    made = ["-f", "lavfi", "-i", "sine=300:sample_rate=48000:duration=8", "-af", lost, "-c:a", "flac", str(torn)]
    subprocess.run([ffmpeg, "-v", "error", *made], check=True)
    told: list[Event] = []
    recording = Recording((str(torn),), SourceSettings(archive=False), tmp_path, SystemClock(), told.append)
    recording.start(resolve(str(torn), SourceSettings()))
    assert recording.outcome.state == "ended"
    [gap] = [event for event in told if isinstance(event, Gap)]
    assert (gap.start, gap.end) == pytest.approx((3.0, 3.5), abs=0.05)


def test_a_mirrored_stream_does_not_break_off_while_its_mirror_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words would be cut in two: what the mirror had fetched follows at once."""
    seen: list[bool] = []

    class Slow:
        """A mirror that takes its time."""

        trouble = ""

        def __init__(self, *_: object, **__: object) -> None:
            seen.append(recorded.mirrored)

        def next_run(self) -> None: ...

        def close(self) -> None: ...

    monkeypatch.setattr("pipeline.source.ways.Mirror", Slow)
    address = "http://127.0.0.1:1/live.m3u8"
    resolved = Address(url=address, shown=address, kind="hls", ends=False)
    monkeypatch.setattr("pipeline.source.ways.resolve", lambda given, settings: resolved)
    recorded = Ways((address,), SourceSettings(), tmp_path, lambda text: None, lambda: 0.0, lambda: None)
    recorded.first(resolved)
    recorded.again(address, 5.0)
    assert seen == [False, True]
