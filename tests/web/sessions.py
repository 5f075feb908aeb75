"""Session folders as a session would leave them, or leaves them just now."""

from pathlib import Path

from pipeline.events import Cue, Ended, Progress, SessionStarted
from pipeline.flow import SystemClock
from pipeline.journal import Journal

STARTED = SessionStarted(
    version="1", source="file.mp4", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=("local",), began_at=0.0
)


def cue(number: int, text: str, lang: str = "en", seconds: float = 1.0) -> Cue:
    """A cue that begins at the second of its number."""
    start = float(number)
    return Cue(id=f"{number}.{lang}", lang=lang, start=start, end=start + seconds, text=text, sentences=())


def finished(folder: Path, cues: list[Cue], stream: float = 60.0) -> Path:
    """A session that has ended."""
    with Journal(folder, SystemClock()) as journal:
        for event in (STARTED, *cues, Ended(reason="ended", stream=stream)):
            journal.append(event)
    return folder


def progress(clock: SystemClock, at: float) -> Progress:
    """So much of the stream has come by now, as it comes."""
    up = clock.up()
    return Progress(recorded=at, heard=at, compute=0.0, up=up, origin=up - at)
