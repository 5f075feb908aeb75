"""HLS playlists as text (pure; RFC 8216)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil

from pipeline.publish.timeline import Piece

_NAMES = {"ar": "العربية", "de": "Deutsch", "en": "English", "es": "Español", "fr": "Français", "it": "Italiano"}
_NAMES |= {"nl": "Nederlands", "pl": "Polski", "pt": "Português", "tr": "Türkçe"}
"""What viewers choose from; others are shown by their code."""


def media(
    pieces: Sequence[Piece],
    uri: Callable[[Piece], str],
    epoch: datetime,
    *,
    ended: bool,
    grows: bool,
    longest: int,
) -> str:
    """The playlist of these pieces, the first of which need not be the first of all.

    `epoch` is the programme date-time of stream time 0; `grows`: nothing is ever taken away at its beginning;
    `longest`: the `target` of all there are.
    """
    first = pieces[0] if pieces else None
    head = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        f"#EXT-X-TARGETDURATION:{longest}",
        f"#EXT-X-MEDIA-SEQUENCE:{first.number if first else 0}",
        *([f"#EXT-X-DISCONTINUITY-SEQUENCE:{first.run}"] if first and first.number else []),
        *(["#EXT-X-PLAYLIST-TYPE:EVENT"] if grows else []),
    ]
    body = [line for piece in pieces for line in _entry(piece, uri(piece), epoch, whole=piece is first)]
    return "\n".join([*head, *body, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def target(lengths: Iterable[float]) -> int:
    """Seconds, whole ones, that no segment is longer than."""
    return max((ceil(round(seconds, 3)) for seconds in lengths), default=2)


def at(epoch: datetime, stream: float) -> str:
    """The programme date-time of a moment of the stream."""
    told = (epoch + timedelta(seconds=stream)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"#EXT-X-PROGRAM-DATE-TIME:{told}"


def _entry(piece: Piece, uri: str, epoch: datetime, *, whole: bool) -> list[str]:
    lines = []
    if piece.begins and not whole:
        lines.append("#EXT-X-DISCONTINUITY")
    if piece.begins or whole:
        lines.append(at(epoch, piece.segment.start))
    return [*lines, f"#EXTINF:{piece.seconds:.6f},", uri]


def master(media: str, bandwidth: int, subtitles: Sequence[tuple[str, str]]) -> str:
    """The playlist of playlists: `subtitles` are languages with their playlists, the one that is shown first."""
    renditions = [
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="{_NAMES.get(lang, lang)}",LANGUAGE="{lang}",'
        f'AUTOSELECT=YES,DEFAULT={"NO" if number else "YES"},FORCED=NO,URI="{uri}"'
        for number, (lang, uri) in enumerate(subtitles)
    ]
    stream = f'#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},SUBTITLES="subtitles"'
    return "\n".join(["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS", *renditions, stream, media, ""])
