"""A session folder with two connections and a gap between them, made of the sample without recognising anything."""

import shutil
import subprocess
from pathlib import Path

import srt

from pipeline.events import Cue, Ended, Gap, Progress, SessionStarted
from pipeline.flow import Clock, SystemClock
from pipeline.journal import Journal
from pipeline.source import archive, parts
from pipeline.source.parts import Anchor
from tests.measures import SAMPLES, cues

FIRST, GAP, SECOND = 20.0, 7.0, 14.0
"""Seconds of the sample in the first connection, that are missing then, and in the second."""
BEGAN_AT = 1_795_000_000.0


def recording(folder: Path, ffmpeg: str, first: float = FIRST, gap: float = GAP, second: float = SECOND) -> Path:
    """The archive of the sample's first seconds, and of those after the gap, each at its time."""
    made = folder / parts.ARCHIVE
    for number, (start, length) in enumerate([(0.0, first), (first + gap, second)], 1):
        archive.note(made, Anchor(number=number, at=start))
        _record(ffmpeg, made, number, start, length)
    return made


def session(folder: Path, recorded: Path, *, ended: bool = True, live: bool = True) -> Path:
    """... with cues as in the references."""
    made = folder / "session"
    shutil.copytree(recorded, made / parts.ARCHIVE)
    with Journal(made, SystemClock()) as journal:
        journal.append(started(live=live))
        journal.append(Gap(start=FIRST, end=FIRST + GAP, reason="cut"))
        for lang in ("fr", "en"):
            for cue in track(lang):
                journal.append(cue)
        if ended:
            journal.append(Ended(reason="ended", stream=FIRST + GAP + SECOND))
    return made


def started(*, live: bool = True) -> SessionStarted:
    return SessionStarted(
        version="0",
        source="rally.mp4",
        src_lang="fr",
        tgt_langs=("en",),
        recogniser="",
        engines=(),
        began_at=BEGAN_AT,
        live=live,
    )


def progress(clock: Clock, live_at: float) -> Progress:
    """The session is at stream time `live_at` now."""
    up = clock.up()
    return Progress(recorded=live_at, heard=live_at, compute=0.0, up=up, boot=clock.boot(), origin=up - live_at)


def track(lang: str) -> list[Cue]:
    """The cues of the reference, by stream time, without those that fall into the gap."""
    found = [_cue(lang, n, c) for n, c in enumerate(cues(SAMPLES / f"rally.{lang}.srt"), 1)]
    return [c for c in found if c.end <= FIRST or (c.start >= FIRST + GAP and c.end < FIRST + GAP + SECOND)]


def _cue(lang: str, number: int, cue: srt.Subtitle) -> Cue:
    start, end = cue.start.total_seconds(), cue.end.total_seconds()
    return Cue(id=f"s{number:06}.{lang}.1", lang=lang, start=start, end=end, text=cue.content, sentences=())


def _record(ffmpeg: str, folder: Path, number: int, start: float, length: float) -> None:
    source = ["-ss", str(start), "-t", str(length), "-i", str(SAMPLES / "rally.mp4"), "-c", "copy"]
    cut = "-f segment -segment_format mpegts -segment_time 2 -segment_time_delta 0.05 -segment_list_type csv"
    kept = "-individual_header_trailer 0 -avoid_negative_ts disabled -muxdelay 0 -muxpreload 0 -copypriorss 0"
    stem = archive.stem(folder, number)
    options = "avoid_negative_ts=disabled:mpegts_flags=+initial_discontinuity"
    list_ = ["-segment_format_options", options, "-segment_list", f"{stem}.csv"]
    command = [ffmpeg, "-v", "error", *source, *cut.split(), *kept.split(), *list_, f"{stem}-%05d.ts"]
    subprocess.run(command, check=True)
