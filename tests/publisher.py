"""A live HLS stream on loopback whose edge and whose faults a test moves by hand."""

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.servers import web

SOUND = "anoisesrc=r=16000:a=0.3:seed=5"


def clip(ffmpeg: str, folder: Path, seconds: int) -> Path:
    """Noise with a small picture, a keyframe each second."""
    path = folder / "clip.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc=s=160x90:r=10", "-f", "lavfi", "-i", SOUND, "-t", str(seconds)]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-c:a", "aac", "-b:a", "64k"]
    subprocess.run([ffmpeg, "-v", "error", *inputs, *codecs, str(path)], check=True)
    return path


def cut(ffmpeg: str, source: Path, folder: Path, *options: str) -> list["Line"]:
    """The clip as pieces of one second in `folder`; what their playlist says of each."""
    folder.mkdir()
    stamps = ["-output_ts_offset", "10"]  # none is negative, or ffmpeg would shift sound and picture apart
    hls = [*stamps, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "0", *options]
    subprocess.run([ffmpeg, "-v", "error", "-i", str(source), *hls, str(folder / "all.m3u8")], check=True)
    lines: list[Line] = []
    tags: list[str] = []
    name = folder.name
    for text in (folder / "all.m3u8").read_text().splitlines():
        if text.startswith(("#EXTINF", "#EXT-X-KEY", "#EXT-X-MAP", "#EXT-X-BYTERANGE")):
            tags.append(re.sub(r'URI="(init|all)', rf'URI="{name}/\1', text))
        elif text and not text.startswith("#"):
            lines.append(Line(f"{name}/{text}", tuple(tags)))
            tags = [tag for tag in tags if tag.startswith(("#EXT-X-KEY", "#EXT-X-MAP"))]
    return lines


@dataclass
class Line:
    """A piece in a playlist, with its tags."""

    file: str
    tags: tuple[str, ...]

    @property
    def seconds(self) -> float:
        return float(next(tag for tag in self.tags if tag.startswith("#EXTINF")).split(":")[1].rstrip(","))


@dataclass
class Stream:
    """What one playlist shows: `window` pieces up to, and without, the one at `edge`."""

    lines: list[Line]
    edge: int
    window: int = 5
    first: int = 0
    """The media sequence of the first line."""
    dated: float | None = None
    """When the first line was, Unix seconds."""
    ended: bool = False
    target: float = 0.3
    """Not true, so that it is looked at often."""

    def text(self) -> str:
        start = max(0, self.edge - self.window)
        head = [
            "#EXTM3U",
            "#EXT-X-VERSION:6",
            f"#EXT-X-TARGETDURATION:{self.target}",
            f"#EXT-X-MEDIA-SEQUENCE:{self.first + start}",
        ]
        for line in self.lines[start : self.edge]:
            if self.dated is not None and line is self.lines[start]:
                at = self.dated + sum(before.seconds for before in self.lines[:start])
                head.append(f"#EXT-X-PROGRAM-DATE-TIME:{datetime.fromtimestamp(at, UTC).isoformat()}")
            head += [*line.tags, line.file]
        return "\n".join([*head, *(["#EXT-X-ENDLIST"] if self.ended else []), ""])


@dataclass
class Publisher:
    """Answers for the playlists in `streams` and the files in `folder`."""

    folder: Path
    streams: dict[str, Stream] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    gone: bool = False
    """Every connection is closed without a word."""
    portal: bool = False
    """Everything is a page to sign in."""
    refuses: dict[str, int] = field(default_factory=dict)
    """Parts of a path, and the status that it is answered with."""
    breaks: dict[str, int] = field(default_factory=dict)
    """Parts of a path, and how often its file breaks off in the middle."""
    delays: dict[str, float] = field(default_factory=dict)
    """Parts of a path, and how many seconds its file takes."""
    turned: int = 0
    """How many requests had no good answer."""
    asked: list[str] = field(default_factory=list)


@contextlib.contextmanager
def publishing(publisher: Publisher) -> Iterator[str]:
    """The server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].lstrip("/")
            publisher.asked.append(self.path)
            status = next((code for part, code in publisher.refuses.items() if part in self.path), 200)
            if publisher.gone:
                publisher.turned += 1
            elif publisher.portal:
                publisher.turned += 1
                self.answer(b"<!DOCTYPE html><html>Sign in, please</html>", kind="text/html")
            elif status != 200:
                publisher.turned += 1
                self.send_error(status)
            else:
                self.serve(path)

        def serve(self, path: str) -> None:
            if path in publisher.pages:
                self.answer(publisher.pages[path].encode(), kind="text/html")
                return
            text = publisher.streams[path].text() if path in publisher.streams else publisher.texts.get(path)
            if text is not None:
                self.answer(text.encode(), kind="application/vnd.apple.mpegurl")
                return
            data = (publisher.folder / path).read_bytes()
            time.sleep(next((seconds for part, seconds in publisher.delays.items() if part in path), 0.0))
            part = next((part for part, left in publisher.breaks.items() if part in path and left), None)
            if part:
                publisher.breaks[part] -= 1
                publisher.turned += 1
            if said := self.headers.get("Range"):
                first, last = said.removeprefix("bytes=").split("-")
                data = data[int(first) : int(last) + 1 if last else None]
            self.answer(data, cut=len(data) // 2 if part else None, status=206 if said else 200)

        def answer(self, data: bytes, *, kind: str = "video/mp2t", cut: int | None = None, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            with contextlib.suppress(OSError):  # who asked has gone
                self.end_headers()
                self.wfile.write(data[:cut])

        def log_message(self, format: str, *args: object) -> None: ...

    with web(Handler) as base:
        yield base
