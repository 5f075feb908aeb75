"""The recording as one MP4 without subtitles, joined of its pieces; written in order, for a pipe."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from typing import IO, Any

from pipeline.export import picture, sound
from pipeline.export.reading import Piece, opened
from pipeline.export.recoding import Recoder

_OPTIONS = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "10000000"}
"""What makes an MP4 that needs no seeking back."""

_RATE, _USUAL = 60, 25
"""Pictures a second: more than any stream has, and where none can be told."""


class Film:
    """What is to be written: the pieces, in streams like those of the longest of them."""

    def __init__(self, pieces: Sequence[Piece], length: float) -> None:
        """`length`: seconds that the film lasts, with silence and a held picture where no piece has any."""
        self._pieces, self.length = pieces, length
        self._longest = max(pieces, key=lambda piece: piece.end - piece.start)
        with opened(self._longest) as like:
            self.pictured, self.audible = bool(like.streams.video), bool(like.streams.audio)
            guessed = (self.pictured and like.streams.video[0].guessed_rate) or Fraction(0)
            self.rate = guessed if 1 <= guessed <= _RATE else Fraction(_USUAL)
            """Pictures a second."""

    def write(self, file: IO[bytes], tell: Callable[[float], None]) -> None:
        """Writes it; `tell` is told how many seconds are done. OSError and av.FFmpegError as they come."""
        import av

        with ExitStack() as stack:
            like = stack.enter_context(opened(self._longest))
            out = stack.enter_context(av.open(file, "w", format="mp4", options=_OPTIONS))
            tracks = _Tracks(out, like)
            for piece in self._pieces:
                tracks.add(piece, tell)
            tracks.end(self.length)


class _Tracks:
    """The film's picture and sound as they are written."""

    def __init__(self, out: Any, like: Any) -> None:
        self._out = out
        self._kind = sound.Kind(like.streams.audio[0])
        self._settings = b""
        self._encoder: picture.Encoder | None = None
        if like.streams.video:
            self._add_picture(like.streams.video[0])
        self._sound = out.add_stream("aac", rate=self._kind.rate, layout=self._kind.layout)
        self._sounds = sound.Joiner(self._kind)
        self._decoded = -1
        """The last decoding time stamp of the picture."""

    def _add_picture(self, like: Any) -> None:
        self._settings = like.codec_context.extradata or b""
        self._encoder = picture.Encoder(like)
        self._picture = self._out.add_stream_from_template(like)
        self._picture.codec_context.extradata = self._settings + self._encoder.settings

    def add(self, piece: Piece, tell: Callable[[float], None]) -> None:
        with opened(piece) as container:
            pictures = self._pictures(piece, container)
            heard = next(iter(container.streams.audio), None)
            recoder = None if heard is None or self._kind.fits(heard) else Recoder(self._kind, heard)
            for packet in container.demux():
                if packet.stream is heard:
                    self._hear(piece, recoder.put(packet) if recoder else _as_it_is(packet))
                elif pictures and packet.stream is pictures.stream:
                    self._show(pictures.put(packet))
                    tell(self._decoded / picture.CLOCK)
            if pictures:
                self._show(pictures.end())
            if recoder:
                self._hear(piece, recoder.end())

    def end(self, length: float) -> None:
        self._mux(self._sound, self._sounds.quiet(round(length * self._kind.rate)))

    def _pictures(self, piece: Piece, container: Any) -> picture.Joiner | None:
        if not (container.streams.video and self._encoder):
            return None
        stream = container.streams.video[0]
        copies = stream.codec_context.extradata == self._settings
        return picture.Joiner(piece, self._encoder, stream, copies=copies, fresh=self._decoded < 0)

    def _hear(self, piece: Piece, packets: Iterable[tuple[bytes, float]]) -> None:
        for data, at in packets:
            self._mux(self._sound, self._sounds.put(piece, data, piece.origin + at))

    def _show(self, packets: Iterable[Any]) -> None:
        """Decoding time stamps grow, also where a copy follows on what was encoded anew; none is after its picture.

        The first picture is there from the beginning on. One that comes when it is over is left out.
        """
        for packet in packets:
            if self._decoded < 0:
                packet.pts = 0
            if packet.pts > self._decoded:
                self._decoded = packet.dts = min(packet.pts, max(packet.dts, self._decoded + 1))
                self._mux(self._picture, [packet])

    def _mux(self, stream: Any, packets: Iterable[Any]) -> None:
        for packet in packets:
            packet.stream = stream
            self._out.mux(packet)


def _as_it_is(packet: Any) -> Iterator[tuple[bytes, float]]:
    if packet.pts is not None and packet.size:
        yield sound.bare(packet), float(packet.pts * packet.time_base)
