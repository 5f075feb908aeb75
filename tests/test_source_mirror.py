"""A live HLS stream through the mirror: cut, refused, moved, and recorded all the same, from a server on loopback."""

import contextlib
import functools
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.audio import AudioFile
from pipeline.errors import NotMedia, SourceMissing
from pipeline.settings import SourceSettings
from pipeline.source.address import Address, media
from pipeline.source.capture import Capture
from pipeline.source.hls import follower, renewal, shelf
from pipeline.source.hls import track as source_track
from pipeline.source.hls.ladder import Ladder
from pipeline.source.hls.mirror import Mirror, Run
from pipeline.source.hls.runs import Position
from tests.publisher import Line, Publisher, Stream, clip, cut, publishing
from tests.recordings import offset_ms, sound
from tests.servers import silent
from tests.waiting import until

SECONDS = 16

APART = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="fr",URI="sound.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=90000,CODECS="avc1.42c00d,mp4a.40.2",AUDIO="a"
picture.m3u8
"""


TWO = """#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"
sound.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=900000,RESOLUTION=160x90,CODECS="avc1.42c00d,mp4a.40.2"
live.m3u8
"""


class Made:
    """The clip as pieces, made once."""

    def __init__(self, ffmpeg: str, folder: Path) -> None:
        self.ffmpeg, self.folder = ffmpeg, folder
        self.clip = clip(ffmpeg, folder, SECONDS)
        key = folder / "secret.key"
        key.write_bytes(bytes(range(16)))
        (folder / "key.txt").write_text(f"secret.key\n{key}\n")
        self.plain = self.cut("plain")
        self.other = self.cut("other", "-output_ts_offset", "5000")
        self.coded = self.cut("coded", "-hls_key_info_file", str(folder / "key.txt"))
        self.sound = self.cut("sound", "-vn")
        self.picture = self.cut("picture", "-an")
        self.ranges = self.cut("ranges", "-hls_flags", "single_file", "-hls_segment_type", "fmp4")

    def cut(self, name: str, *options: str) -> list[Line]:
        return cut(self.ffmpeg, self.clip, self.folder / name, *options)


@pytest.fixture(scope="module")
def made(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(ffmpeg, tmp_path_factory.mktemp("made"))


class Room:
    """A mirror of the publisher's stream, and what became of its runs."""

    def __init__(self, publisher: Publisher, base: str, folder: Path) -> None:
        self.publisher, self.base, self.folder = publisher, base, folder
        self.told: list[str] = []

    @contextlib.contextmanager
    def mirror(
        self,
        name: str = "live.m3u8",
        renew: Callable[[], Address] | None = None,
        after: Position | None = None,
        recorded: Callable[[], float] = lambda: 0.0,
    ) -> Iterator[Mirror]:
        address = media(f"{self.base}/{name}", ends=False, kind="hls")
        mirror = Mirror(
            address, self.folder / "mirror", recorded=recorded, tell=self.told.append, renew=renew, after=after
        )
        try:
            yield mirror
        finally:
            mirror.close()

    def has(self, run: Run, count: int) -> None:
        """Waits until the run has so many pieces on the disk."""
        until(lambda: len(pieces(run)) >= count, 15)


@contextlib.contextmanager
def room(made: Made, folder: Path, **streams: Stream) -> Iterator[Room]:
    publisher = Publisher(made.folder, {f"{name}.m3u8": stream for name, stream in streams.items()})
    with publishing(publisher) as base:
        yield Room(publisher, base, folder)


def pieces(run: Run, track: int = 0) -> list[str]:
    """The files that the run's playlist lists."""
    text = Path(run.address.url.removeprefix("file:")).with_name(f"{track}.m3u8").read_text()
    return [line.rpartition("/")[2] for line in text.splitlines() if line and not line.startswith("#")]


def closed(run: Run) -> bool:
    return "#EXT-X-ENDLIST" in Path(run.address.url.removeprefix("file:")).with_name("0.m3u8").read_text()


def record(run: Run, folder: Path, skip: float = 0.0) -> float:
    """Records a run to its end into `folder`, all but its first `skip` seconds; how many seconds."""
    folder.mkdir()
    skipped = (*run.address.options, ("ss", f"{skip:.3f}")) if skip else run.address.options
    address = msgspec.structs.replace(run.address, options=skipped)
    capture = Capture(address, SourceSettings(archive=False), folder)
    try:
        capture.start()
        assert capture.outcome.state == "ended", capture.outcome.detail
    finally:
        capture.close()
    return AudioFile(folder / "audio.s16").recorded


def undisturbed(made: Made, lines: list[Line], folder: Path) -> np.ndarray:
    """The sound of these pieces, recorded from the disk."""
    stream = Stream(lines, edge=len(lines), window=len(lines), ended=True)
    (made.folder / "reference.m3u8").write_text(stream.text())
    address = Address(url=f"file:{made.folder / 'reference.m3u8'}", kind="file", shown="reference", ends=True)
    folder.mkdir()
    capture = Capture(address, SourceSettings(archive=False), folder)
    try:
        capture.start()
        assert capture.outcome.state == "ended"
    finally:
        capture.close()
    return sound(folder)


def test_a_server_that_goes_away_for_a_while_costs_nothing(made: Made, tmp_path: Path) -> None:
    with room(made, tmp_path, live=Stream(made.plain, edge=4)) as here, here.mirror() as mirror:
        run = mirror.next_run()
        assert run
        here.has(run, 3)
        here.publisher.gone = True
        here.publisher.streams["live.m3u8"].edge = 8
        until(lambda: here.publisher.turned >= 2, 15)
        assert mirror.trouble
        here.publisher.gone = False
        here.has(run, 7)
        here.publisher.streams["live.m3u8"].ended = True
        assert mirror.next_run() is None
        record(run, tmp_path / "heard")
    np.testing.assert_array_equal(sound(tmp_path / "heard"), undisturbed(made, made.plain[1:8], tmp_path / "whole"))


@pytest.mark.parametrize("dated", [None, 1_790_000_000.5], ids=["time stamps", "programme date and time"])
def test_only_what_the_playlist_no_longer_holds_is_missing(made: Made, tmp_path: Path, dated: float | None) -> None:
    with room(made, tmp_path, live=Stream(made.plain, edge=4, dated=dated)) as here, here.mirror() as mirror:
        first = mirror.next_run()
        assert first
        here.has(first, 3)
        here.publisher.gone = True
        here.publisher.streams["live.m3u8"].edge = 14
        until(lambda: here.publisher.turned >= 2, 15)
        here.publisher.gone = False
        second = mirror.next_run()
        assert second
        here.has(second, 5)
        here.publisher.streams["live.m3u8"].ended = True
        assert mirror.next_run() is None
        recorded = record(first, tmp_path / "first")
        record(second, tmp_path / "second")
    assert first.began is not None
    assert second.began is not None
    assert first.clock == second.clock
    gap = second.began - (first.began + recorded)
    assert gap == pytest.approx(sum(line.seconds for line in made.plain[4:9]), abs=0.1)
    assert second.missing == pytest.approx(gap, abs=0.2)
    assert "no longer" in second.reason
    np.testing.assert_array_equal(sound(tmp_path / "second"), undisturbed(made, made.plain[9:14], tmp_path / "whole"))


def test_an_address_that_is_refused_is_found_anew(made: Made, tmp_path: Path) -> None:
    with room(made, tmp_path, live=Stream(made.plain, edge=4)) as here:
        asked: list[str] = []

        def renew() -> Address:
            asked.append("page")
            return media(f"{here.base}/live.m3u8?key=new", ends=False, kind="hls")

        with here.mirror("live.m3u8?key=old", renew=renew) as mirror:
            run = mirror.next_run()
            assert run
            here.has(run, 3)
            here.publisher.refuses["key=old"] = 403
            here.publisher.streams["live.m3u8"].edge = 7
            here.has(run, 6)
            until(lambda: not mirror.trouble, 15)
    assert asked == ["page"]
    assert pieces(run) == [f"0-{number}.ts" for number in range(1, 7)]


def test_a_page_that_still_names_the_refused_address_is_asked_again(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "_FIRST", 0.1)
    with room(made, tmp_path, live=Stream(made.plain, edge=4)) as here:
        named = iter(["old", "old"])

        def renew() -> Address:
            return media(f"{here.base}/live.m3u8?key={next(named, 'new')}", ends=False, kind="hls")

        with here.mirror("live.m3u8?key=old", renew=renew) as mirror:
            run = mirror.next_run()
            assert run
            here.publisher.refuses["key=old"] = 403
            here.publisher.streams["live.m3u8"].edge = 7
            here.has(run, 6)


def test_an_address_that_expires_soon_is_found_anew_before(made: Made, tmp_path: Path) -> None:
    with room(made, tmp_path, live=Stream(made.plain, edge=4)) as here:
        soon = int(time.time()) + 1

        def renew() -> Address:
            return media(f"{here.base}/live.m3u8?expire={soon + 20_000}", ends=False, kind="hls")

        with here.mirror(f"live.m3u8?expire={soon}", renew=renew) as mirror:
            assert mirror.next_run()
            until(lambda: f"expire={soon + 20_000}" in here.publisher.asked[-1], 15)
    assert here.publisher.turned == 0


def test_a_discontinuity_begins_a_run_where_the_one_before_ended(made: Made, tmp_path: Path) -> None:
    first, *others = made.other
    lines = [*made.plain[:5], Line(first.file, ("#EXT-X-DISCONTINUITY", *first.tags)), *others]
    with room(made, tmp_path, live=Stream(lines, edge=4)) as here, here.mirror() as mirror:
        before = mirror.next_run()
        here.publisher.streams["live.m3u8"].edge = 8
        after = mirror.next_run()
        assert before
        assert after
        assert closed(before)
        recorded = record(before, tmp_path / "before")
    assert (len(pieces(before)), after.missing) == (4, 0.0)
    assert before.began is not None
    assert after.began == pytest.approx(before.began + recorded, abs=0.15)


def test_an_encoder_that_was_restarted_is_not_heard_twice(made: Made, tmp_path: Path) -> None:
    stream = Stream(made.plain, edge=10, first=500)
    with room(made, tmp_path, live=stream) as here, here.mirror() as mirror:
        before = mirror.next_run()
        assert before
        here.has(before, 3)
        here.publisher.streams["live.m3u8"] = Stream(made.other, edge=2, target=1.0)
        after = mirror.next_run()
        assert after
        here.has(after, 2)
    assert pieces(before) == ["0-507.ts", "0-508.ts", "0-509.ts"]
    assert (pieces(after), after.missing) == (["0-0.ts", "0-1.ts"], None)
    assert after.clock != before.clock


def test_what_is_no_piece_of_the_stream_is_not_kept(made: Made, tmp_path: Path) -> None:
    """A page to sign in instead of everything, and a piece that breaks off in the middle, twice."""
    with room(made, tmp_path, live=Stream(made.plain, edge=4)) as here, here.mirror() as mirror:
        run = mirror.next_run()
        assert run
        here.publisher.breaks["all5.ts"] = 2
        here.publisher.portal = True
        here.publisher.streams["live.m3u8"].edge = 6
        until(lambda: here.publisher.turned >= 2, 15)
        here.publisher.portal = False
        here.has(run, 5)
        assert here.publisher.breaks["all5.ts"] == 0
        folder = Path(run.address.url.removeprefix("file:")).parent
        for file in pieces(run):
            whole = made.folder / "plain" / f"all{file.removesuffix('.ts').partition('-')[2]}.ts"
            assert (folder / file).read_bytes() == whole.read_bytes()


def test_a_piece_that_the_server_does_not_have_is_a_gap(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_track, "TRIES", 3)
    with room(made, tmp_path, live=Stream(made.plain, edge=4)) as here, here.mirror() as mirror:
        before = mirror.next_run()
        here.publisher.refuses["all5.ts"] = 404
        here.publisher.streams["live.m3u8"].edge = 8
        after = mirror.next_run()
        assert before
        assert after
        here.has(after, 2)
    assert pieces(before)[-1] == "0-4.ts"
    assert pieces(after) == ["0-6.ts", "0-7.ts"]
    assert after.missing == pytest.approx(1.0)
    assert after.began == pytest.approx((before.began or 0) + 5, abs=0.1)


@pytest.mark.parametrize("kind", ["coded", "ranges", "apart"])
def test_however_a_stream_is_packed_its_sound_is_the_same(made: Made, tmp_path: Path, kind: str) -> None:
    """Encrypted, as ranges of one MP4, with the sound in a playlist of its own."""
    streams = {kind: Stream(made.coded if kind == "coded" else made.ranges, edge=6)}
    if kind == "apart":
        streams = {"picture": Stream(made.picture, edge=6), "sound": Stream(made.sound, edge=6)}
    with room(made, tmp_path, **streams) as here:
        here.publisher.texts["apart.m3u8"] = APART
        with here.mirror(f"{kind}.m3u8") as mirror:
            run = mirror.next_run()
            for stream in here.publisher.streams.values():
                stream.ended = True
            assert run
            assert mirror.next_run() is None
            recorded = record(run, tmp_path / "heard")
    undisturbed(made, made.plain[3:6], tmp_path / "whole")
    sooner = 64 if kind == "apart" else 0  # milliseconds by which its pieces of sound begin before those of the picture
    assert recorded == pytest.approx(3.0, abs=0.15)
    if kind != "ranges":  # an MP4 has time stamps of its own
        assert run.began == pytest.approx(14.4 - sooner / 1000 + 0.0, abs=0.02)
    assert abs(offset_ms(sound(tmp_path / "heard"), sound(tmp_path / "whole"), 1.0) + sooner) < 30


def test_a_gap_in_the_sound_is_one_in_the_picture_too(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_track, "TRIES", 3)
    streams = {"picture": Stream(made.picture, edge=4), "sound": Stream(made.sound, edge=4)}
    with room(made, tmp_path, **streams) as here:
        here.publisher.texts["apart.m3u8"] = APART
        here.publisher.refuses["sound/all4.ts"] = 404
        with here.mirror("apart.m3u8") as mirror:
            before = mirror.next_run()
            for stream in here.publisher.streams.values():
                stream.edge = 7
            after = mirror.next_run()
            assert before
            assert after
            here.has(after, 2)
    assert pieces(after, track=0)[:1] == ["0-5.ts"]
    assert pieces(after, track=1)[:1] == ["1-5.ts"]
    assert pieces(before, track=1)[-1:] == ["1-3.ts"]


def test_a_slow_line_gives_the_sound_alone_until_it_bears_more(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "Ladder", functools.partial(Ladder, patience=1.5))
    streams = {"live": Stream(made.plain, edge=4), "sound": Stream(made.sound, edge=4)}
    with room(made, tmp_path, **streams) as here:
        here.publisher.texts["all.m3u8"] = TWO
        here.publisher.delays["plain"] = 1.3
        with here.mirror("all.m3u8") as mirror:
            run = mirror.next_run()
            until(lambda: here.told, 15)
            here.publisher.delays.clear()
            for stream in here.publisher.streams.values():
                stream.edge = 8
                stream.ended = True
            runs, recorded = [], []
            while run:
                runs.append(run)
                recorded.append(record(run, tmp_path / str(len(runs))))
                run = mirror.next_run()
    assert [round(seconds) for seconds in recorded] == [3, 2, 2]
    assert sum(recorded) == pytest.approx(7.0, abs=0.25)
    for (before, after), lasted in zip(itertools.pairwise(runs), recorded, strict=False):
        assert after.began == pytest.approx((before.began or 0) + lasted, abs=0.15)
    down, up = here.told
    assert "sound only" in down
    assert "90 lines" in up


def test_a_rendition_that_the_server_gives_up_is_left(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "REFUSALS", 3)
    streams = {"live": Stream(made.plain, edge=4), "sound": Stream(made.sound, edge=4)}
    with room(made, tmp_path, **streams) as here:
        here.publisher.texts["all.m3u8"] = TWO
        with here.mirror("all.m3u8") as mirror:
            run = mirror.next_run()
            assert run
            here.has(run, 3)
            here.publisher.refuses["live.m3u8"] = 404
            here.publisher.streams["sound.m3u8"].edge = 6
            alone = mirror.next_run()
            assert alone
            here.has(alone, 2)
    assert pieces(alone) == ["0-4.ts", "0-5.ts"]
    assert "does not give 90 lines" in here.told[0]


def test_a_resume_goes_on_where_the_recording_was(made: Made, tmp_path: Path) -> None:
    """What was fetched and not yet recorded is on the disk still; the rest is fetched, and nothing twice."""
    with room(made, tmp_path, live=Stream(made.plain, edge=4)) as here:
        with here.mirror() as mirror:
            run = mirror.next_run()
            assert run
            here.has(run, 3)
        here.publisher.asked.clear()
        here.publisher.streams["live.m3u8"].edge = 7
        assert run.began is not None
        with here.mirror(after=Position(clock=run.clock, at=run.began + 1.5)) as mirror:
            again = mirror.next_run()
            assert again
            here.has(again, 5)
            here.publisher.streams["live.m3u8"].ended = True
            assert mirror.next_run() is None
            recorded = record(again, tmp_path / "heard", skip=0.5)
    assert recorded == pytest.approx(4.5, abs=0.15)
    assert again.began == pytest.approx(run.began + 1.0, abs=0.05)
    assert pieces(again) == [f"0-{number}.ts" for number in range(2, 7)]
    assert [path for path in here.publisher.asked if ".ts" in path] == [f"/plain/all{n}.ts" for n in (4, 5, 6)]


def test_what_was_recorded_long_ago_goes_from_the_disk(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "KEPT", 1.5)
    with room(made, tmp_path, live=Stream(made.plain, edge=6)) as here, here.mirror(recorded=lambda: 3.0) as mirror:
        run = mirror.next_run()
        assert run
        folder = Path(run.address.url.removeprefix("file:")).parent
        until(lambda: pieces(run)[0] == "0-4.ts", 15)
        until(lambda: not (folder / "0-3.ts").exists(), 15)


@pytest.mark.parametrize(("status", "kind"), [(404, SourceMissing), (200, NotMedia)])
def test_a_stream_that_was_never_there_is_refused(
    made: Made, tmp_path: Path, status: int, kind: type[Exception]
) -> None:
    with room(made, tmp_path) as here:
        here.publisher.refuses["live"] = status
        here.publisher.portal = status == 200
        with here.mirror() as mirror, pytest.raises(kind):
            mirror.next_run()


def test_a_mirror_that_is_closed_gives_no_more_runs(tmp_path: Path) -> None:
    with silent() as port:
        address = media(f"http://127.0.0.1:{port}/live.m3u8", ends=False, kind="hls")
        mirror = Mirror(address, tmp_path / "mirror", recorded=lambda: 0.0, tell=print)
        mirror.close()
        assert mirror.next_run() is None
