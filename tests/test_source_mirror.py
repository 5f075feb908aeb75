"""A live HLS stream through the mirror: its server goes away, refuses, moves, and is gone on with after a cut."""

import time
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import NotMedia, SourceMissing
from pipeline.source.address import Address, media
from pipeline.source.hls import renewal, shelf
from pipeline.source.hls.mirror import Mirror
from pipeline.source.hls.runs import Position
from tests.mirrors import Made, pieces, record, room, undisturbed
from tests.publisher import Stream
from tests.recordings import sound
from tests.servers import silent
from tests.waiting import until


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
