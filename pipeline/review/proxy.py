"""The recording made small for a packed session, on the same clock, and its sound made big again.

ffmpeg encodes a connection at a time, since its packets follow on each other, and cuts where the archive is cut: each
segment has its proxy, of the same name and with the same time stamps, so gaps stay gaps. What is small stays as it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import SessionError
from pipeline.events import MediaSegment, Value
from pipeline.export.mux import fed
from pipeline.settings import SAMPLE_RATE
from pipeline.source import parts
from pipeline.source.archive import segments

MOST = 330_000
"""Bits a second, at most: 446 MB in three hours. That is what ffmpeg makes of pure noise with the options below."""
SOUND = 100_000
"""The same of sound alone."""
HEIGHT = 360
_PICTURE = ("-vf", f"scale=-2:'min({HEIGHT},ceil(ih/2)*2)'", "-c:v", "libx264", "-preset", "veryfast",
            "-crf", "28", "-maxrate", "200k", "-bufsize", "200k", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough",
            "-bf", "0", "-x264-params", "keyint=infinite:scenecut=0")  # fmt: skip
"""No picture waits for a later one: a browser would show all of them so much later. There are no keyframes but those
that are forced, and each begins a segment: where ffmpeg is told times to cut at, it counts from the first picture,
which may come late."""
_SOUND = ("-c:a", "aac", "-b:a", "48k", "-ac", "1")
_CUT = ("-f", "segment", "-segment_format", "mpegts", "-segment_time_delta", "0.05", "-segment_list_type", "csv",
        "-individual_header_trailer", "0", "-avoid_negative_ts", "disabled", "-muxdelay", "0", "-muxpreload", "0",
        "-segment_format_options", "avoid_negative_ts=disabled:mpegts_flags=+initial_discontinuity")  # fmt: skip
"""As the archive itself is cut (`source.command`)."""

_IN_STEP = ("-af", "aresample=async=1:first_pts=0:min_hard_comp=0.03")

_NEVER = "86400000"
_EACH = 6
"""Seconds of a segment of sound alone."""

Tell = Callable[[float], None]


class Connection(Value, frozen=True):
    """What is there of one connection of the recording."""

    segments: tuple[MediaSegment, ...]
    size: int
    """Bytes."""
    mixed: bool = True
    """All its sound was heard, not one channel alone."""

    @property
    def name(self) -> str:
        """What the names of its segments begin with."""
        return self.segments[0].connection

    @property
    def seconds(self) -> float:
        return sum(segment.end - segment.start for segment in self.segments)

    @property
    def small(self) -> bool:
        """It can be packed as it is."""
        return self.mixed and self.size * 8 <= MOST * self.seconds

    @property
    def most(self) -> int:
        """Bytes that it has in the end, at most."""
        return self.size if self.small else round(self.seconds * MOST / 8)


def connections(archive: Path, channel: str = "") -> list[Connection]:
    """Those that a recording has, by time, of which that `channel` was heard; missing segments are left out."""
    found = [segment for segment in segments(archive) if segment.path.is_file()]
    made = []
    for _, group in groupby(found, key=lambda segment: segment.connection):
        mine = tuple(group)
        size = sum(segment.path.stat().st_size for segment in mine)
        made.append(Connection(segments=mine, size=size, mixed=not channel))
    return made


def encode(connection: Connection, folder: Path, ffmpeg: str, channel: str, tell: Tell) -> None:
    """Puts the small segments of a connection and their list into `folder`; `tell` is told how many seconds are done.

    Of the sound the `channel` that was heard, if only one was. SessionError where it cannot be read or written.
    """
    first, rest = connection.segments[0], connection.segments[1:]
    times = ",".join(f"{segment.start - first.origin:.6f}" for segment in rest) or _NEVER
    number = str(int(first.path.stem.rpartition("-")[2]))
    pictured = ("-force_key_frames", times, *_PICTURE, "-segment_time", "0.01")
    command = [
        *(ffmpeg, "-v", "error", "-copyts", "-f", "mpegts", "-i", "pipe:0", "-map", "0:v:0?", "-map", "0:a:0?"),
        *(pictured if _has_picture(first.path) else ("-segment_times", times)),
        *(*_filters(channel), *_SOUND, *_CUT, "-segment_start_number", number),
        *("-segment_list", f"{connection.name}.csv", f"{connection.name}-%05d.ts"),
    ]
    _run(command, folder, _read(connection.segments), tell)


def encode_sound(audio: Path, folder: Path, ffmpeg: str, tell: Tell) -> None:
    """The same of a session that kept no picture and sound to play: one connection, of what was heard."""
    command = [
        *(
            ffmpeg,
            "-v",
            "error",
            "-f",
            "s16le",
            "-ar",
            str(SAMPLE_RATE),
            "-ac",
            "1",
            "-i",
            "pipe:0",
            *_filters(""),
            *_SOUND,
            *_CUT,
        ),
        *("-segment_time", str(_EACH), "-segment_list", "0001.csv", "0001-%05d.ts"),
    ]
    _run(command, folder, _parts_of(audio), tell)


def _has_picture(path: Path) -> bool:
    import av

    try:
        with av.open(str(path), format="mpegts") as opened:
            return bool(opened.streams.video)
    except av.FFmpegError as error:
        raise SessionError(f"{path} cannot be read ({error}); pack the session --without-recording") from error


def sound(folder: Path, ffmpeg: str, tell: Tell) -> None:
    """Makes `audio.s16` of the recording in `folder`, each connection at its place; what is missing is silence.

    SessionError where it cannot be read or written.
    """
    audio, done = folder / parts.AUDIO, 0.0
    for connection in connections(folder / parts.ARCHIVE):
        with TemporaryDirectory(dir=folder) as made:
            heard = Path(made) / parts.AUDIO
            command = [
                *(ffmpeg, "-v", "error", "-copyts", "-f", "mpegts", "-i", "pipe:0", "-map", "0:a:0?", *_IN_STEP),
                *("-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", parts.AUDIO),
            ]
            _run(command, Path(made), _read(connection.segments), after(done, tell))
            origin = connection.segments[0].origin
            parts.extend(audio, origin)
            parts.splice(heard, audio, origin)
        done += connection.seconds


def after(done: float, tell: Tell) -> Tell:
    """For what comes after so many seconds."""
    return lambda seconds: tell(done + seconds)


def _filters(channel: str) -> Sequence[str]:
    """An encoder puts one packet before the first that it is given, so one less is given to it: where sound begins
    before the picture, a browser takes that for the beginning of both."""
    first = "atrim=start_sample=1024"
    return ("-af", f"{first},pan=mono|c0=c{('left', 'right').index(channel)}" if channel else first)


def _read(found: Iterable[MediaSegment]) -> Iterator[tuple[bytes, float]]:
    """What is in each, and how many seconds that is."""
    return ((segment.path.read_bytes(), segment.end - segment.start) for segment in found)


def _parts_of(audio: Path) -> Iterator[tuple[bytes, float]]:
    size = parts.SAMPLE * SAMPLE_RATE
    with audio.open("rb") as file:
        while data := file.read(60 * size):
            yield data, len(data) / size


def _run(command: Sequence[str], folder: Path, given: Iterable[tuple[bytes, float]], tell: Tell) -> None:
    """Feeds an ffmpeg that works in `folder`."""
    done = 0.0
    with fed([*command], folder, folder) as process:
        assert process.stdin
        for data, seconds in given:
            process.stdin.write(data)
            done += seconds
            tell(done)
