"""A mirror of a live HLS stream that is published on loopback, and what comes out of it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from pipeline.audio import AudioFile
from pipeline.settings import SourceSettings
from pipeline.source.address import Address, media
from pipeline.source.capture import Capture
from pipeline.source.hls.mirror import Mirror, Run
from pipeline.source.hls.runs import Position
from tests.publisher import Line, Publisher, Stream, clip, cut, publishing
from tests.recordings import sound
from tests.waiting import until

SECONDS = 16


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
