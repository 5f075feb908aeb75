"""Sessions for the second pass: of the embedded models, in this process, with holes where there was no time to hear;
and workers that hear again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline import assets, folder, settings
from pipeline.errors import WorkerError
from pipeline.events import Chunk, Cue, Ended, Progress, SessionStarted, Skipped
from pipeline.flow import Inline, SystemClock
from pipeline.journal import Journal, lock
from pipeline.refining import blocks
from pipeline.refining.readings import Block
from pipeline.scale.worker import LocalWorker, Lost, Worker
from pipeline.session import subtitles
from pipeline.settings import SAMPLE_RATE, Settings
from pipeline.speech import LocalRecogniser
from pipeline.speech.messages import Heard
from pipeline.tracks import TrackFiles
from pipeline.translation.build import build_chains
from pipeline.translation.engine import Answer

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


class Counted:
    """A worker that counts what it heard, and may be lost over a block, or fail from one on."""

    heard: list[float]

    def __init__(self, heard: list[float], lost: Sequence[float] = (), fails: float = 1e9, **asked: Any) -> None:
        self.heard, self._lost, self._fails = heard, list(lost), fails
        self._worker: Worker = LocalWorker(CHOSEN, (), **asked)
        self.description = self._worker.description

    def hear(self, block: Block) -> Heard:
        if block.start >= self._fails:
            raise WorkerError("the worker is worn out; give it a rest")
        if self._lost:
            self._lost.pop()
            raise Lost("its machine is gone")
        answer = self._worker.hear(block)
        self.heard.append(block.start)
        return answer

    def translate(self, model: str, text: str, src_lang: str, tgt_lang: str) -> Answer | None:
        return self._worker.translate(model, text, src_lang, tgt_lang)

    def close(self) -> None:
        self._worker.close()


@contextmanager
def small_blocks(least: float, most: float) -> Iterator[None]:
    """Short sound has several blocks, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "LEAST", least)
        patch.setattr(blocks, "MOST", most)
        yield
