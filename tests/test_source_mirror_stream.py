"""What a live HLS stream may be made of: breaks, gaps, packings and renditions, through the mirror."""

import functools
import itertools
from pathlib import Path

import pytest

from pipeline.source.hls import follower
from pipeline.source.hls import track as source_track
from pipeline.source.hls.ladder import Ladder
from tests.mirrors import Made, closed, pieces, record, room, undisturbed
from tests.publisher import Line, Stream
from tests.recordings import offset_ms, sound
from tests.waiting import until

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
        assert "a piece of" in until(lambda: mirror.trouble, 15)
        assert mirror.trouble.endswith("so the next one is fetched")  # not that the address be checked, which works
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
