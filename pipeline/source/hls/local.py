"""The playlist of ours, which ffmpeg reads: what of a stream is on this disk. Pure; imports `playlist`.

Files are named whole in it: ffmpeg would take a `?` or `#` in a folder's name for a query.
"""

from collections.abc import Sequence

from pipeline.events import Value
from pipeline.source.hls.playlist import Key


class Stored(Value, frozen=True):
    """A piece on this disk, all of it; nothing of it is secret but the key's file."""

    sequence: int
    seconds: float
    name: str
    file: str
    programme_at: float | None = None
    key: Key | None = None
    """Its `url` is the file."""
    head: str = ""


def rendered(pieces: Sequence[Stored], folder: str, ended: bool) -> str:
    """The playlist of what is on disk in `folder`.

    Its target duration is the least there can be: ffmpeg looks for more after half of it.
    """
    first = pieces[0].sequence if pieces else 0
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
    key, head = None, ""
    for piece in pieces:
        if piece.key != key:
            key = piece.key
            lines.append(_said(key, folder) if key else "#EXT-X-KEY:METHOD=NONE")
        if piece.head and piece.head != head:
            head = piece.head
            lines.append(f'#EXT-X-MAP:URI="file:{folder}/{head}"')
        lines += [f"#EXTINF:{piece.seconds:.6f},", f"file:{folder}/{piece.file}"]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else []), ""])


def _said(key: Key, folder: str) -> str:
    iv = f",IV={key.iv}" if key.iv else ""
    return f'#EXT-X-KEY:METHOD={key.method},URI="file:{folder}/{key.url}"{iv}'


def master(main: str, sounds: Sequence[str], folder: str) -> str:
    """The playlist of playlists for a stream whose sound comes apart, each by its file's name in `folder`."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:6"]
    for number, sound in enumerate(sounds, 1):
        lines.append(f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="{number}",URI="file:{folder}/{sound}"')
    return "\n".join([*lines, '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="sound"', f"file:{folder}/{main}", ""])
