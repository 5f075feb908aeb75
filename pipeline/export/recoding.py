"""Sound that cannot be copied, encoded as the rest of the film is."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from pipeline.export.sound import SAMPLES, Kind


class Recoder:
    """Encodes the packets of a stream that cannot be copied; gives (data, seconds on the stream's own clock)."""

    def __init__(self, kind: Kind, stream: Any) -> None:
        self._kind, self._decoder = kind, stream.codec_context
        self._from: float | None = None
        """Seconds at which the encoder's sample 0 is."""
        self._due: float | None = None
        """Seconds at which the next frame begins if none is missing."""
        self._begin()

    def put(self, packet: Any) -> Iterator[tuple[bytes, float]]:
        import av

        try:
            frames = self._decoder.decode(packet)
        except av.FFmpegError:  # damaged, so there will be silence
            return
        for frame in frames:
            if frame.pts is None:
                continue
            at = float(frame.pts * frame.time_base)
            if self._due is not None and abs(at - self._due) > SAMPLES / self._kind.rate:
                yield from self.end()
                self._begin()
            self._due = at + frame.samples / frame.sample_rate
            if self._from is None:
                self._from = at
            yield from self._encoded(frame)

    def end(self) -> Iterator[tuple[bytes, float]]:
        yield from self._encoded(None)
        yield from self._timed(self._encoder.encode(None))

    def _begin(self) -> None:
        import av

        kind = self._kind
        self._encoder = kind.encoder()
        self._resampler = av.AudioResampler("fltp", kind.layout, kind.rate, frame_size=SAMPLES)
        self._from = self._due = None
        self._count = 0

    def _encoded(self, frame: Any) -> Iterator[tuple[bytes, float]]:
        for made in self._resampler.resample(frame):
            made.pts, made.time_base = self._count, Fraction(1, self._kind.rate)
            self._count += made.samples
            yield from self._timed(self._encoder.encode(made))

    def _timed(self, packets: list[Any]) -> Iterator[tuple[bytes, float]]:
        for packet in packets:
            if packet.pts is not None:
                yield bytes(packet), (self._from or 0.0) + float(packet.pts * packet.time_base)
