"""Sessions for the second pass: of the embedded models, in this process, with holes where there was no time to hear."""

from collections.abc import Sequence
from pathlib import Path

from pipeline import assets, folder, settings
from pipeline.events import Chunk, Cue, Ended, Progress, SessionStarted, Skipped
from pipeline.flow import Inline, SystemClock
from pipeline.journal import Journal, lock
from pipeline.session import subtitles
from pipeline.settings import SAMPLE_RATE, Settings
from pipeline.speech import LocalRecogniser
from pipeline.tracks import TrackFiles
from pipeline.translation.build import build_chains

CHOSEN = settings.override(
    Settings(demo=True),
    speech={"model": str(assets.demo_recogniser()), "window": 0.5, "hotwords": False, "threads": 1},
    translation={"models": (str(assets.demo_translator()),), "chain": ("local",)},
)
"""Of a session on one thread, so that it says the same on every machine."""
STARTED = SessionStarted(
    version="0",
    source="take.wav",
    src_lang="fr",
    tgt_langs=("en",),
    recogniser="whisper-demo-fr on cpu (int8, 1 thread, window 0.5 s)",
    engines=("local",),
    began_at=0.0,
    live=False,
)


def heard(path: Path, sound: bytes, holes: Sequence[tuple[float, float]] = ()) -> Path:
    """The session of a sound (s16) that has ended, but for the holes heard as it comes in."""
    seconds = len(sound) / 2 / SAMPLE_RATE
    path.mkdir()
    folder.write_settings(path, CHOSEN, folder.Begun(source="take.wav"))
    (path / "audio.s16").write_bytes(sound)
    edges = [0.0, *(edge for hole in holes for edge in hole), seconds]
    parts: list[Chunk | Skipped] = [Chunk(start=a, end=b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    for number, (start, end) in enumerate(holes):
        reason = "there was no time to hear it"
        parts.insert(2 * number + 1, Skipped(start=start, end=end, reason=reason, later=True))
    with lock(path), Journal(path, SystemClock()) as journal, LocalRecogniser() as recogniser:
        journal.append(STARTED)
        recogniser.open(path / "audio.s16", CHOSEN.speech)
        chains = build_chains(CHOSEN.translation, CHOSEN.speech.spoken)
        for batch in subtitles(parts, recogniser, chains, CHOSEN, journal, Inline()):
            for cue in batch:
                assert isinstance(cue, Cue)
                journal.append(cue)
        journal.append(Progress(recorded=seconds, heard=seconds, compute=1.0))
        journal.append(Ended(reason="aborted" if holes else "ended", stream=seconds))
        TrackFiles(path, journal).write()
    return path
