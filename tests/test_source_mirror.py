"""A live HLS stream through the mirror: cut, refused, moved, and recorded all the same, from a server on loopback."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.audio import AudioFile
from pipeline.settings import SourceSettings
from pipeline.source.address import Address, media
from pipeline.source.capture import Capture
from pipeline.source.mirror import Mirror, Run
from pipeline.source.runs import Position
from tests.publisher import Line, Publisher, Stream, clip, cut, publishing
from tests.recordings import sound
from tests.waiting import until

SECONDS = 16


class Made:
    """The clip as pieces, made once."""

    def __init__(self, ffmpeg: str, folder: Path) -> None:
        self.ffmpeg, self.folder = ffmpeg, folder
        self.clip = clip(ffmpeg, folder, SECONDS)
        self.plain = [Line(f"plain/{line.file}", line.tags) for line in cut(ffmpeg, self.clip, folder / "plain")]


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


def pieces(run: Run) -> list[str]:
    """The files that the run's playlist lists."""
    text = Path(run.address.url.removeprefix("file:")).read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def closed(run: Run) -> bool:
    return "#EXT-X-ENDLIST" in Path(run.address.url.removeprefix("file:")).with_name("0.m3u8").read_text()


def record(run: Run, folder: Path) -> float:
    """Records a run to its end into `folder`; how many seconds."""
    folder.mkdir()
    capture = Capture(run.address, SourceSettings(archive=False), folder)
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
        until(lambda: here.publisher.turned >= 3, 15)
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
