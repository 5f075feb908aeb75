"""HLS playlists as values: the ways to receive a stream, and its pieces. Pure; imports `events`.

Names are those of RFC 8216. m3u8 is imported when first used.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from pipeline.events import Value
from pipeline.source.hls.shortened import DATE, dated, shortened


class NoPlaylist(ValueError):
    """It cannot be read as one."""


class Variant(Value, frozen=True):
    """One way to receive the stream: a media playlist, and those of its separate sound renditions."""

    main: str
    sounds: tuple[str, ...] = ()
    bandwidth: int = 0
    """Bits a second, as the playlist says; 0 where it does not."""
    lines: int = 0
    """Height of the picture; 0 where nothing is said."""
    picture: bool = True

    @property
    def playlists(self) -> tuple[str, ...]:
        return (self.main, *self.sounds)

    def __str__(self) -> str:
        if not self.picture:
            return "sound only"
        return f"{self.lines} lines" if self.lines else f"{self.bandwidth / 1e6:.1f} Mbit/s"


class Key(Value, frozen=True):
    """How a piece is encrypted; `url` is where the key lies."""

    method: str
    url: str
    iv: str = ""


class Part(Value, frozen=True):
    """A file, or bytes `part` of it (`FIRST-LAST`, as HTTP has them)."""

    url: str
    part: str = ""


class Piece(Value, frozen=True):
    """A media segment of the stream."""

    sequence: int
    url: str
    seconds: float
    part: str = ""
    programme_at: float | None = None
    """EXT-X-PROGRAM-DATE-TIME, told or counted on, as Unix seconds."""
    discontinuity: bool = False
    """Its clock or its codecs are not those of the piece before it."""
    gone: bool = False
    """EXT-X-GAP: it is only counted."""
    key: Key | None = None
    head: Part | None = None
    """EXT-X-MAP."""
    broken: str = ""
    """Why it does not go on from the piece before it; empty when it does. `missing` is how much lies between, seconds;
    None where nothing tells."""
    missing: float | None = 0.0

    @property
    def name(self) -> str:
        """What it is called, without folders and query: those change with a session's address."""
        return urlsplit(self.url).path.rpartition("/")[2] + (f"#{self.part}" if self.part else "")

    @property
    def over_at(self) -> float | None:
        """Where it ends on the programme's clock."""
        return None if self.programme_at is None else self.programme_at + self.seconds


class Listed(Value, frozen=True):
    """A media playlist."""

    pieces: tuple[Piece, ...]
    target: float
    """Seconds that no piece exceeds."""
    ended: bool


def _load(text: str, since: int | None = 0) -> Any:
    import m3u8

    try:
        return m3u8.loads(shortened(text, since), custom_tags_parser=_leniently)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NoPlaylist(f"Invalid data found in the playlist ({error})") from error


def _leniently(line: str, number: int, data: dict[str, Any], state: dict[str, Any]) -> bool:
    """Whether m3u8 is to leave a tag out: it would refuse a whole playlist for a time or a length like no other."""
    if line.startswith("#EXT-X-TARGETDURATION:"):
        data["targetduration"] = float(line.partition(":")[2])
    return line.startswith(("#EXT-X-TARGETDURATION", "#EXT-X-VERSION")) or (line.startswith(DATE) and not dated(line))


def variants(text: str, url: str) -> list[Variant]:
    """Every way to receive the stream, the best first, sound alone last; none for a media playlist."""
    playlist = _load(text)
    if not playlist.is_variant:
        return []
    try:
        seen = [_variant(said, url) for said in playlist.playlists]
    except (ValueError, TypeError, AttributeError) as error:
        raise NoPlaylist(f"Invalid data found in the playlist ({error})") from error
    pictures = sorted((v for v in seen if v.picture), key=lambda v: (v.lines, v.bandwidth), reverse=True)
    sounds = sorted((v for v in seen if not v.picture), key=lambda v: v.bandwidth, reverse=True)
    if pictures and not sounds and (apart := pictures[-1].sounds):
        sounds = [Variant(main=apart[0], sounds=apart[1:], picture=False)]
    if not pictures + sounds:
        raise NoPlaylist("Invalid data found: the playlist names no stream")
    return list({variant.main: variant for variant in pictures + sounds}.values())


def _variant(said: Any, url: str) -> Variant:
    info = said.stream_info
    apart = [media.uri for media in said.media if media.type == "AUDIO" and media.uri]
    coded = [codec.strip() for codec in (info.codecs or "").split(",") if codec.strip()]
    main = urljoin(url, said.uri)
    return Variant(
        main=main,
        sounds=tuple(found for uri in apart if (found := urljoin(url, uri)) != main),
        bandwidth=info.bandwidth or 0,
        lines=info.resolution[1] if info.resolution else 0,
        picture=bool(info.resolution or not coded or not all(_is_sound(codec) for codec in coded)),
    )


def _is_sound(codec: str) -> bool:
    return codec.lower().startswith(("mp4a", "ac-3", "ec-3", "opus", "flac", "mp3"))


def listed(text: str, url: str, since: int | None = 0) -> Listed:
    """What a media playlist lists, of a long one only from number `since` on (None: its end); NoPlaylist for none."""
    playlist = _load(text, since)
    if playlist.is_variant:
        raise NoPlaylist("Invalid data found: a playlist of playlists")
    try:
        pieces = tuple(_pieces([segment for segment in playlist.segments if segment.uri], url))
    except (ValueError, TypeError, AttributeError) as error:
        raise NoPlaylist(f"Invalid data found in the playlist ({error})") from error
    longest = max((piece.seconds for piece in pieces), default=1.0)
    return Listed(pieces=pieces, target=float(playlist.target_duration or longest), ended=bool(playlist.is_endlist))


def _pieces(segments: list[Any], url: str) -> list[Piece]:
    pieces: list[Piece] = []
    for segment in segments:
        where = urljoin(url, segment.uri)
        before = pieces[-1] if pieces else None
        part = _range(segment.byterange or "", before.part if before and before.url == where else "")
        pieces.append(
            Piece(
                sequence=segment.media_sequence,
                url=where,
                seconds=segment.duration or 0.0,
                part=part,
                programme_at=_unix(segment.current_program_date_time),
                discontinuity=bool(segment.discontinuity),
                gone=bool(segment.gap_tag),
                key=_key(segment.key, url),
                head=_head(segment.init_section, url),
            )
        )
    return pieces


def _range(said: str, before: str) -> str:
    """`LENGTH[@OFFSET]` as `FIRST-LAST`; without an offset it follows the bytes `before`."""
    length, _, offset = said.partition("@")
    if not length:
        return ""
    first = int(offset) if offset else (int(before.partition("-")[2]) + 1 if before else 0)
    return f"{first}-{first + int(length) - 1}"


def _unix(when: datetime | None) -> float | None:
    """Unix seconds; a date without a zone is taken for UTC."""
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() if when else None


def _key(said: Any, url: str) -> Key | None:
    if not said or not said.method or said.method == "NONE" or not said.uri:
        return None
    return Key(method=said.method, url=urljoin(url, said.uri), iv=said.iv or "")


def _head(said: Any, url: str) -> Part | None:
    return Part(url=urljoin(url, said.uri), part=_range(said.byterange or "", "")) if said and said.uri else None


def joined(piece: Piece, why: str, missing: float | None) -> Piece:
    """The piece, as one that does not go on from the piece before it."""
    return msgspec.structs.replace(piece, broken=why, missing=missing)
