"""What a source holds, asked of PyAV: the bundled ffmpeg comes without ffprobe. PyAV is imported when first used."""

from typing import Any, Protocol

from pipeline.errors import NoAudio, NotMedia
from pipeline.events import Value
from pipeline.source.failures import explain

PATIENCE = 10.0
"""Seconds a server has to answer, and then between two answers."""


_TEXT = {"ansi", "bintext", "idf", "xbin"}
"""Text art, which libav takes any `.bin` or `.ans` file for."""


class Readable(Protocol):
    def read(self, size: int = -1) -> bytes: ...


class Track(Value, frozen=True):
    """A sound track; `index` counts all streams of the source, as ffmpeg's `-map 0:INDEX` does."""

    index: int
    codec: str
    channels: int
    described: bool = True
    """The container tells the decoder's settings once; AAC in MPEG-TS repeats them in every packet instead."""
    language: str = ""
    title: str = ""

    def __str__(self) -> str:
        layout = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels} channels")
        return " ".join(filter(None, (self.codec, layout, self.language, self.title)))


class Picture(Value, frozen=True):
    index: int
    codec: str
    width: int
    height: int
    pixels: str
    """ffmpeg's pixel format: browsers play 8-bit 4:2:0 only."""

    def __str__(self) -> str:
        return f"{self.codec} {self.width}x{self.height}"


class Media(Value, frozen=True):
    tracks: tuple[Track, ...]
    """In the order of `--audio N`."""
    picture: Picture | None
    duration: float | None
    """Seconds; None for a live stream."""

    def __str__(self) -> str:
        return ", ".join(str(part) for part in (self.picture, *self.tracks) if part)

    def track(self, number: int, source: str) -> Track:
        """Sound track `number`, counted from 1; NoAudio when there is none or not so many."""
        if not self.tracks:
            raise NoAudio(f"{source} has no sound track; choose another source")
        if number > len(self.tracks):
            have = "; ".join(f"{n} is {track}" for n, track in enumerate(self.tracks, 1))
            raise NoAudio(f"{source} has no sound track {number} ({have}); choose one of these with --audio")
        return self.tracks[number - 1]


def probe(
    source: str | Readable, shown: str, *, container: str | None = None, options: dict[str, str] | None = None
) -> Media:
    """What `source` (path, URL, or a pipe that is read as far as needed) holds; a SourceError when it is no media."""
    import av

    patience = (PATIENCE, PATIENCE) if isinstance(source, str) else None
    try:
        with av.open(source, format=container, options=options or {}, timeout=patience) as opened:
            media = _described(opened)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise explain(str(error), shown) from error
    if media.picture and media.picture.codec in _TEXT:
        raise NotMedia(f"{shown} is neither sound nor picture; check that it is the right file")
    return media


def _described(opened: Any) -> Media:
    """The media of an open PyAV container; of an adaptive stream the best variant only, its sound with it."""
    moving = [s for s in opened.streams.video if not s.disposition & s.disposition.attached_pic]
    best = max(moving, key=lambda s: s.codec_context.width * s.codec_context.height, default=None)
    picture = None
    if best:
        codec = best.codec_context
        picture = Picture(
            index=best.index, codec=codec.name, width=codec.width, height=codec.height, pixels=codec.pix_fmt or ""
        )
    variant = best.metadata.get("variant_bitrate") if best else None
    tracks = tuple(
        Track(
            index=s.index,
            codec=s.codec_context.name,
            channels=s.codec_context.channels,
            described=bool(s.codec_context.extradata),
            language=s.language if s.language and s.language != "und" else "",
            title=s.metadata.get("title", s.metadata.get("comment", "")),
        )
        for s in opened.streams.audio
        if s.codec_context and (not variant or s.metadata.get("variant_bitrate", variant) == variant)
    )
    return Media(tracks=tracks, picture=picture, duration=opened.duration / 1e6 if opened.duration else None)
