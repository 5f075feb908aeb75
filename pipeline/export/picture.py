"""The picture of the film: copied, and encoded anew only from a cut to the next keyframe.

A copy can only begin at a keyframe, and ends well only before one. What a cut leaves before and after is decoded and
encoded again, in the same size. H.264 tells a decoder its settings in numbered parameter sets: ours have a number that
no encoder uses by itself, so both kinds stand in one track, whose header has the sets of both.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import inf
from typing import Any

from pipeline.export.reading import Piece

CLOCK = 90_000
"""Time stamps a second."""
_NEAR = 0.001
"""Seconds that the archive's list may differ from the time stamps by."""
_EARLY = 1.0
"""Seconds by which pictures may be shown before those that they come after."""
_SET = 31
"""The number of our parameter sets, the highest there is."""
_OPTIONS = {"preset": "veryfast", "crf": "18", "bf": "0", "x264-params": f"sps-id={_SET}"}


class Encoder:
    """Makes frames that fit between copied ones; `like` is the PyAV picture stream that is copied."""

    def __init__(self, like: Any) -> None:
        self._like = like.codec_context
        self._width, self._height, self._pixels = self._like.width, self._like.height, self._like.pix_fmt
        self._rate = like.guessed_rate or 25
        self._codec, self._empty = self._made(), True
        self.settings: bytes = self._codec.extradata
        """Its parameter sets, for the header of the track."""

    def encode(self, frame: Any, at: float) -> Iterator[Any]:
        """Takes a frame that is shown at `at` seconds of the film; gives the packets that are ready."""
        import av

        fitting = frame.reformat(width=self._width, height=self._height, format=self._pixels)
        fitting.pts, fitting.time_base = round(at * CLOCK), Fraction(1, CLOCK)
        fitting.pict_type = av.video.frame.PictureType.NONE  # whatever it was, that is for the encoder to choose now
        self._empty = False
        yield from self._codec.encode(fitting)

    def flush(self) -> Iterator[Any]:
        """The last packets; what comes after begins with a keyframe."""
        if not self._empty:
            yield from self._codec.encode(None)
            self._codec, self._empty = self._made(), True

    def _made(self) -> Any:
        import av

        made: Any = av.CodecContext.create("libx264", "w")
        made.width, made.height, made.pix_fmt = self._width, self._height, self._pixels
        made.time_base, made.framerate = Fraction(1, CLOCK), self._rate
        made.sample_aspect_ratio = self._like.sample_aspect_ratio or Fraction(0)
        made.options = dict(_OPTIONS)
        made.flags |= av.codec.context.Flags.global_header
        made.open()
        return made


class Joiner:
    """The picture of one piece: gets its packets in order, gives those of the film."""

    def __init__(self, piece: Piece, encoder: Encoder, stream: Any, *, copies: bool, fresh: bool) -> None:
        """Of a PyAV stream; without `copies` all is encoded anew, since the piece has other settings.

        `fresh`: there is nothing of the film before it.
        """
        self.stream = stream
        self._piece, self._encoder, self._decoder = piece, encoder, stream.codec_context
        self._fresh = fresh and piece.from_start
        self._copied = copied(piece) if copies else (inf, inf)
        self._warm = max((s.start for s in piece.segments if s.start < self._copied[1] - _NEAR), default=inf)
        """From there on all is decoded: what comes after the copy may need it."""
        self._first = inf
        """Of the copied frames: what is shown before it and comes after, cannot be decoded without what was cut off."""
        self._last = -inf
        self._copying = self._reached = False

    def put(self, packet: Any) -> Iterator[Any]:
        """The packets of the film that a packet of the archive makes, with time stamps of the film."""
        if packet.pts is None:
            return
        at = self._time(packet.pts * packet.time_base)
        if at < self._piece.segments[0].start - _EARLY:
            return
        self._reached |= packet.is_keyframe and at >= self._copied[0] - _NEAR
        if self._first == inf and at >= self._copied[0] - _NEAR and self._may_begin(packet):
            self._copying, self._first = True, at
            yield from self._flushed()
        if self._copying and packet.is_keyframe and at >= self._copied[1] - _NEAR:
            self._copying = False
        copies = self._copying and at >= self._first and (self._piece.to_end or at < self._piece.end - _NEAR)
        if copies:
            self._last = max(self._last, at)
        if not self._copying or (self._copied[1] < inf and at >= self._warm - _NEAR):
            yield from self._encoded(packet)
        if copies:
            yield self._moved(packet)

    def _may_begin(self, packet: Any) -> bool:
        """Whether nothing after that packet needs anything before it; a keyframe alone does not say so."""
        return bool(packet.is_keyframe) and (self._fresh or _resets(bytes(packet)))

    def end(self) -> Iterator[Any]:
        """What decoder and encoder still hold, when all packets were put."""
        yield from self._flushed()

    def _flushed(self) -> Iterator[Any]:
        yield from self._encoded(None)
        yield from self._encoder.flush()
        self._decoder.flush_buffers()

    def _encoded(self, packet: Any) -> Iterator[Any]:
        """Of the frames that a packet ends, or all that are left: those in the piece that are not copied, encoded."""
        for frame in self._decoded(packet):
            if frame.pts is not None:
                at = self._time(frame.pts * self.stream.time_base)  # a frame that was held back has none of its own
                if self._piece.start - _NEAR <= at < self._piece.end - _NEAR and not self._is_copied(at):
                    yield from self._encoder.encode(frame, self._shown(at))

    def _is_copied(self, at: float) -> bool:
        """Also one that comes before the keyframe and says that it is shown after it: that is damaged."""
        if not self._reached:
            return at >= self._copied[0] - _NEAR
        return at >= self._first - _NEAR and (self._copying or at <= self._last + _NEAR)

    def _decoded(self, packet: Any) -> list[Any]:
        import av

        try:
            return list(self._decoder.decode(packet))
        except av.FFmpegError:  # a damaged one is left out
            return []

    def _moved(self, packet: Any) -> Any:
        base = Fraction(1, CLOCK)
        decoded = packet.dts if packet.dts is not None else packet.pts
        shift = round((self._piece.at - self._piece.start + self._piece.origin) * CLOCK)
        pts, dts = (round(stamp * packet.time_base / base) + shift for stamp in (packet.pts, decoded))
        packet.time_base, packet.pts, packet.dts = base, pts, dts
        return packet

    def _time(self, stamp: Fraction) -> float:
        return self._piece.origin + float(stamp)

    def _shown(self, stream: float) -> float:
        return self._piece.at + stream - self._piece.start


def _resets(data: bytes) -> bool:
    """Whether an H.264 packet (Annex B) is a picture after which none needs one before it: its slices are of type 5."""
    at = data.find(_MARK)
    while 0 <= at < len(data) - 3:
        kind = data[at + 3] & 31
        if 1 <= kind <= 5:
            return kind == 5
        at = data.find(_MARK, at + 3)
    return False


_MARK = b"\x00\x00\x01"
"""Before each part of a packet."""


def copied(piece: Piece) -> tuple[float, float]:
    """Stream time from which and up to which the picture of a piece can be copied: that of two keyframes."""
    starts = [segment.start for segment in piece.segments]
    first = -inf if piece.from_start else min((at for at in starts if at >= piece.start - _NEAR), default=inf)
    last = inf if piece.to_end else max(at for at in starts if at <= piece.end + _NEAR)
    return (first, last) if first < last else (inf, inf)
