"""The recording, decoded as it is played: a picture and sound for every moment, also where nothing was recorded.

The segments of one connection are decoded as one stream: a decoder that began anew with each would click.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache, partial
from math import inf
from typing import TYPE_CHECKING, Any

from pipeline.events import MediaSegment
from pipeline.publish.letters import HEIGHT, WIDTH

if TYPE_CHECKING:
    import av
    import numpy as np

    Plane = np.ndarray[Any, Any]

HERTZ = 48_000
"""Samples of sound a second, left and right."""
_CLOCK = 90_000
"""Time stamps a second in MPEG-TS."""
_JITTER = HERTZ // 20
"""Samples by which sound may seem to come early or late and still follows on what was before."""
_DARK = (24, 132, 125)
"""Where there is no picture."""


class Reel:
    """Plays forward from a moment of the stream on."""

    def __init__(self, start: float) -> None:
        self._opened = start
        """Stream time up to which segments were opened."""
        self._frames: Iterator[tuple[float, Any]] = iter(())
        self._connection = ""
        self._decoders: dict[str, Any] = {}
        self._seen: dict[str, float] = {}
        """By the kind of track, stream time of the last frame."""
        self._pictures: deque[tuple[float, Callable[[int], Plane]]] = deque()
        self._sound = Sound()
        self._fitted: Callable[[int], Plane] = lambda high: _blank()
        """The picture that is seen, in the uppermost rows of all."""

    def picture(self, found: Sequence[MediaSegment], at: float, high: int = HEIGHT) -> "Plane":
        """What is seen at `at`, in the upper `high` rows, as planes one below the other; the last picture there was,
        where nothing is recorded. `found` are the segments around that time."""
        self._fill(found, at)
        while self._pictures and self._pictures[0][0] <= at:
            self._fitted = self._pictures.popleft()[1]
        return self._fitted(high)

    def sound(self, found: Sequence[MediaSegment], start: float, samples: int) -> "Plane":
        """What is heard from `start` on, a row each sample; silence where nothing is recorded."""
        self._fill(found, start + samples / HERTZ)
        return self._sound.take(round(start * HERTZ), samples)

    def _fill(self, found: Sequence[MediaSegment], upto: float) -> None:
        while not self._seen or min(self._seen.values()) <= upto:
            frame = next(self._frames, None)
            if frame:
                self._take(*frame)
                continue
            segment = next((s for s in found if s.end > self._opened and s.start <= upto), None)
            if segment is None:
                return
            self._opened, self._seen, self._frames = segment.end, {}, self._decoded(segment)

    def _decoded(self, segment: MediaSegment) -> Iterator[tuple[float, Any]]:
        import av

        with suppress(OSError, av.error.FFmpegError), av.open(str(segment.path), format="mpegts") as opened:
            tracks = (*opened.streams.video[:1], *opened.streams.audio[:1])
            self._seen = {track.type: -inf for track in tracks}
            if segment.connection != self._connection or set(self._seen) != set(self._decoders):
                self._connection, self._sound.follows = segment.connection, False
                self._decoders = {track.type: _decoder(track) for track in tracks}
            for packet in opened.demux(tracks):
                for frame in self._of_packet(packet):
                    if frame.pts is not None:
                        yield segment.origin + frame.pts / _CLOCK, frame

    def _of_packet(self, packet: "av.Packet[Any]") -> Sequence[Any]:
        import av

        with suppress(av.error.FFmpegError):  # it was damaged on its way
            if packet.size:
                return list(self._decoders[packet.stream.type].decode(packet))
        return ()

    def _take(self, at: float, frame: Any) -> None:
        import av

        kind = "video" if isinstance(frame, av.VideoFrame) else "audio"
        self._seen[kind] = at
        if kind == "video":
            shape = self._decoders[kind].sample_aspect_ratio
            self._pictures.append((at, lru_cache(1)(partial(_fitted, frame, shape))))
        else:
            self._sound.add(at, frame)


class Sound:
    """Samples by their place in the stream."""

    def __init__(self) -> None:
        self.follows = False
        """What comes next goes on where the last one ended."""
        self._next = 0
        self._pieces: deque[tuple[int, Plane]] = deque()
        self._resampler: Any = None

    def add(self, at: float, frame: "av.AudioFrame") -> None:
        place = round(at * HERTZ)
        if not self.follows or abs(place - self._next) > _JITTER:
            self._next, self.follows, self._resampler = place, True, _resampler()
        for samples in self._resampled(frame):
            self._pieces.append((self._next, samples))
            self._next += len(samples)

    def take(self, start: int, count: int) -> "Plane":
        """`count` of them; what lies before is forgotten."""
        import numpy as np

        made = np.zeros((count, 2), np.int16)
        while self._pieces and self._pieces[0][0] + len(self._pieces[0][1]) <= start:
            self._pieces.popleft()
        for place, samples in self._pieces:
            first, end = max(place, start), min(place + len(samples), start + count)
            if first < end:
                made[first - start : end - start] = samples[first - place : end - place]
        return made

    def _resampled(self, frame: "av.AudioFrame") -> "list[Plane]":
        frame.pts = None  # what it would do about gaps is done here
        try:
            made = self._resampler.resample(frame)
        except ValueError:  # from here on it has other channels, or another rate
            self._resampler = _resampler()
            made = self._resampler.resample(frame)
        return [part.to_ndarray().reshape(-1, 2) for part in made]


def _resampler() -> Any:
    import av

    return av.AudioResampler("s16", "stereo", HERTZ)


def rate(segment: MediaSegment | None) -> int:
    """Pictures a second that suit a segment's own: 30 for 30 and 60, else 25."""
    import av

    if segment:
        with suppress(OSError, av.error.FFmpegError), av.open(str(segment.path), format="mpegts") as opened:
            for track in opened.streams.video:
                if track.average_rate and round(track.average_rate) % 30 == 0:
                    return 30
    return 25


def _decoder(track: Any) -> Any:
    import av

    made: Any = av.CodecContext.create(track.codec_context.name, "r")
    if track.codec_context.extradata:
        made.extradata = track.codec_context.extradata
    return made


def _blank() -> "Plane":
    import numpy as np

    light, blue, red = _DARK
    planes = [np.full((HEIGHT, WIDTH), light), np.full((HEIGHT // 4, WIDTH), blue), np.full((HEIGHT // 4, WIDTH), red)]
    return np.concatenate(planes).astype(np.uint8)


def _fitted(frame: "av.VideoFrame", shape: Fraction | None, high: int) -> "Plane":
    """The whole frame in the middle of the upper `high` rows, as large as it can be; `shape` is that of its pixels,
    where it says so."""
    wide = frame.width * float(shape or 1)
    scale = min(WIDTH / wide, high / frame.height)
    width, height = (max(2, round(side * scale / 2) * 2) for side in (wide, frame.height))
    planes = frame.reformat(width=width, height=height, format="yuv420p").to_ndarray()
    if (width, height) == (WIDTH, HEIGHT):
        return planes
    made = _blank()
    left, top = (WIDTH - width) // 4 * 2, (high - height) // 4 * 2
    made[top : top + height, left : left + width] = planes[:height]
    for number in (0, 1):
        source = planes[height + number * height // 4 :].reshape(-1)[: width * height // 4]
        place = made[HEIGHT + number * HEIGHT // 4 :][: HEIGHT // 4].reshape(HEIGHT // 2, WIDTH // 2)
        place[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2] = source.reshape(height // 2, width // 2)
    return made
