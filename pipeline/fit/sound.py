"""The sound of an upload on this disk, as the session's own is: 16 kHz mono, from the zero of its players' clock."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from pipeline.audio import AudioFile
from pipeline.errors import unwritable
from pipeline.settings import SAMPLE_RATE
from pipeline.source.failures import explain
from pipeline.source.probe import probe

_BYTES = 1 << 20


def decode(video: Path, track: int, to: Path, ffmpeg: str, tell: Callable[[float, float], None]) -> AudioFile:
    """Writes its sound track of that number to `to`; `tell` is told how many seconds are done, of how many.

    SourceError where there is no such file, or no sound in it; SessionError where it cannot be written.
    """
    media = probe(str(video), str(video))
    index = media.track(track, str(video)).index
    picture = [media.picture.index] if media.picture else []
    said = to.with_suffix(".log")
    command = _command(ffmpeg, video, index, picture)
    try:
        with (
            said.open("wb") as log,
            to.open("wb") as sound,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as process,
        ):
            assert process.stdout
            while data := process.stdout.read(_BYTES):
                sound.write(data)
                seconds = sound.tell() / 2 / SAMPLE_RATE
                tell(seconds, max(seconds, media.duration or seconds))
    except OSError as error:
        raise unwritable(to, error) from error
    if process.returncode or not to.stat().st_size:
        raise explain(said.read_text("utf-8", "replace"), str(video))
    return AudioFile(to)


def _command(ffmpeg: str, video: Path, index: int, picture: list[int]) -> list[str]:
    """Silence up to the first sample, where that comes later than the picture; holes are filled as long as they are.

    The picture goes nowhere, but is read: else ffmpeg takes MPEG-TS to begin with its sound.
    """
    read = [ffmpeg, "-v", "error", "-nostdin", "-i", str(video), "-map", f"0:{index}"]
    unseen = [word for number in picture for word in ("-map", f"0:{number}", "-c", "copy", "-f", "null", "-")]
    in_step = "aresample=async=1:min_hard_comp=0.03:first_pts=0"
    return [*read, "-af", in_step, "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1", *unseen]
