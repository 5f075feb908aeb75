"""Session folders as a session leaves them, made without one: an archive of the rally, and a journal of few lines."""

import subprocess
from pathlib import Path

from pipeline.events import Cue, SessionStarted
from pipeline.source.archive import note
from pipeline.source.parts import ARCHIVE, Anchor
from tests.measures import SAMPLES


def archive(
    ffmpeg: str, folder: Path, *parts: tuple[float, float, float], sound_only: bool = False, early: float = 0.0
) -> None:
    """Connections that recorded the rally, which is played again and again, from `parts[n][0]` on for so many seconds,
    placed at that stream time; their time stamps begin `early` seconds below 0. The rally has a keyframe every two
    seconds."""
    for number, (start, length, at) in enumerate(parts, 1):
        note(folder / ARCHIVE, Anchor(number=number, at=at + early))
        stem = folder / ARCHIVE / f"{number:04d}"
        source = ["-stream_loop", "-1", "-ss", str(start), "-t", str(length), "-i", str(SAMPLES / "rally.mp4")]
        kept = ["-map", "0:a", *([] if sound_only else ["-map", "0:v"]), "-c", "copy"]
        cut = ["-f", "segment", "-segment_format", "mpegts", "-segment_time", "2", "-segment_time_delta", "0.05"]
        listed = ["-segment_list", f"{stem}.csv", "-segment_list_type", "csv", "-muxdelay", "0", "-muxpreload", "0"]
        listed += ["-output_ts_offset", str(-early)]
        options = "avoid_negative_ts=disabled:mpegts_flags=+initial_discontinuity"
        stamps = ["-avoid_negative_ts", "disabled", "-segment_format_options", options]
        counted = ["-individual_header_trailer", "0"]
        command = [ffmpeg, "-v", "error", *source, *kept, *cut, *listed, *stamps, *counted, f"{stem}-%05d.ts"]
        subprocess.run(command, check=True)


def begun(*langs: str) -> SessionStarted:
    return SessionStarted(
        version="1", source="https://example.org/the-rally.m3u8", src_lang="fr", tgt_langs=langs or ("en",),
        recogniser="small", engines=(), began_at=1_750_000_000.0,
    )  # fmt: skip


def line(id: str, start: float, end: float, text: str = "", lang: str = "en") -> Cue:
    return Cue(id=id, lang=lang, start=start, end=end, text=text or id, sentences=())
