"""The sound of the film: copied where it is plain AAC, else encoded; silence where there is none.

Packets keep their times. Each lasts some 20 ms, so at a join the sound is off by nothing, but a packet is left out
where two would overlap, and a silent one is put in where one is missing.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from pipeline.export.reading import Piece

SAMPLES = 1024
"""Of a packet."""
_SLACK = 0.75
"""Of a packet: by so much the next may come early or late and is still the next."""


class Kind:
    """What the sound of the film is; like the stream that is copied, or CD-like where that is no plain AAC."""

    def __init__(self, like: Any) -> None:
        codec = like.codec_context
        self.copies = plain(like)
        self.rate = codec.sample_rate if self.copies else 48_000
        self.layout = codec.layout.name if self.copies else "stereo"

    def fits(self, stream: Any) -> bool:
        """Whether its packets can be copied into the film."""
        codec = stream.codec_context
        return plain(stream) and (codec.sample_rate, codec.layout.name) == (self.rate, self.layout)

    def encoder(self) -> Any:
        import av

        made: Any = av.CodecContext.create("aac", "w")
        made.rate, made.layout, made.format, made.bit_rate = self.rate, self.layout, "fltp", 160_000
        made.time_base = Fraction(1, self.rate)
        made.flags |= av.codec.context.Flags.global_header
        made.open()
        return made


def plain(stream: Any) -> bool:
    codec = stream.codec_context
    return codec.name == "aac" and codec.profile == "LC" and codec.extradata is None


class Joiner:
    """The sound of the whole film, piece after piece."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._silence = _silence(kind)
        self._next = 0
        """Samples that are there."""

    def put(self, piece: Piece, data: bytes, at: float) -> Iterator[Any]:
        """A packet that begins at that stream time, after the silence that is missing before it."""
        if not piece.start - SAMPLES / self._kind.rate / 2 <= at < piece.end:
            return
        place = round((piece.at + at - piece.start) * self._kind.rate)
        if place < self._next - _SLACK * SAMPLES:
            return
        yield from self.quiet(place)
        place = max(place, 0) if self._next else 0
        yield self._packet(data, place)
        self._next = place + SAMPLES

    def quiet(self, until: int) -> Iterator[Any]:
        """Silence up to that sample, if there is room for any."""
        while until - self._next > _SLACK * SAMPLES:
            yield self._packet(self._silence, self._next)
            self._next += SAMPLES

    def _packet(self, data: bytes, place: int) -> Any:
        import av

        packet = av.Packet(data)
        packet.time_base, packet.pts, packet.dts = Fraction(1, self._kind.rate), place, place
        packet.duration = SAMPLES
        packet.is_keyframe = True
        return packet


def bare(packet: Any) -> bytes:
    """An AAC packet without the header that MPEG-TS has before each (ADTS: seven bytes, nine with a checksum)."""
    data = bytes(packet)
    if len(data) > 7 and data[0] == 0xFF and data[1] & 0xF0 == 0xF0:
        return data[7 if data[1] & 1 else 9 :]
    return data


def _silence(kind: Kind) -> bytes:
    """A packet without sound; not the first, in which an encoder begins."""
    import av
    import numpy as np

    encoder, made = kind.encoder(), []
    for number in range(4):
        quiet = np.zeros((encoder.channels, SAMPLES), dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(quiet, "fltp", kind.layout)
        frame.rate, frame.pts, frame.time_base = kind.rate, number * SAMPLES, Fraction(1, kind.rate)
        made += [bytes(packet) for packet in encoder.encode(frame)]
    return made[-1]
