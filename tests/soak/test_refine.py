"""The second pass on ten noisy takes: what it hears better, what it leaves alone, and what a kill -9 changes of it."""

import logging
import shutil
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace

from bench import takes
from pipeline.afterwards import answer
from pipeline.asked import keep
from pipeline.events import Action, Edit
from pipeline.journal import read
from pipeline.refining.refine import READINGS
from pipeline.scores.translation import bleu
from pipeline.scores.words import text_wer
from pipeline.state import State, fold
from tests.again import heard
from tests.waiting import until

NOISES = (
    ("crowd", 12.0), ("crowd", 9.0), ("crowd", 6.0), ("crowd", 4.0), ("crowd", 3.0), ("white", 9.0), ("white", 6.0),
    ("pink", 8.0), ("pink", 4.0), ("pink", 2.0),
)  # fmt: skip
SECONDS = 120.0
HOLES = ((30.0, 50.0), (80.0, 92.0))
WITH_HOLES = (1, 4, 7)
WORSE_WER, WORSE_BLEU = 0.003, 0.5


def state(folder: Path) -> State:
    return fold(entry.event for entry in read(folder / "journal.jsonl"))


def begin(folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pipeline", "refine", str(folder), "--json"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def copy(folder: Path, name: str) -> Path:
    return Path(shutil.copytree(folder, folder.with_name(f"{folder.name}-{name}")))


def scores(folder: Path, fr: Sequence[takes.Said], en: Sequence[takes.Said]) -> tuple[float, float]:
    """(WER, BLEU)"""
    now = state(folder)
    said = " ".join(cue.text for cue in now.track("fr"))
    return text_wer(" ".join(word.text for word in fr), said), bleu(takes.sentences(en), now.track("en")) or 0.0


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("subtitles.*.srt")}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("takes")


@pytest.mark.timeout(1800)
def test_ten_noisy_takes(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takes, "SECONDS", SECONDS)
    log = logging.getLogger(__name__)
    better: list[tuple[float, float]] = []
    for number, noise in enumerate(NOISES):
        sound = session / f"{number}.wav"
        fr, en = takes.recorded(sound, 1700 + number, [noise], takes.Composed())
        with wave.open(str(sound)) as file:
            pcm = file.readframes(file.getnframes())
        live = heard(session / f"s{number}", pcm, HOLES if number in WITH_HOLES else ())
        refined = copy(live, "refined")
        assert begin(refined).wait(300) == 0
        (wer, score), (wer_live, score_live) = scores(refined, fr, en), scores(live, fr, en)
        log.info("%s: WER %.4f live, %.4f; BLEU %.2f live, %.2f", noise, wer_live, wer, score_live, score)
        better.append((wer_live - wer, score - score_live))
        after = state(refined)
        assert not after.skipped
        for start, end in HOLES if number in WITH_HOLES else ():
            assert sum(one.end - one.start for one in after.sentences.values() if start <= one.start < end) > 5
        check_kill(copy(live, "killed"), refined, number)
        check_touched(copy(live, "touched"))
    whole = [gain for number, gain in enumerate(better) if number not in WITH_HOLES]
    log.info(
        "mean gain without holes: WER %.4f, BLEU %.2f", *(sum(part) / len(whole) for part in zip(*whole, strict=True))
    )
    assert min(gain for gain, _ in better) >= -WORSE_WER
    assert min(gain for _, gain in better) >= -WORSE_BLEU
    assert sum(gain for gain, _ in whole) > 0
    assert sum(gain for _, gain in whole) > 0


def check_kill(folder: Path, whole: Path, number: int) -> None:
    """Killed after so many blocks, or while it changes the session, it comes to the same."""
    size = (folder / "journal.jsonl").stat().st_size
    process = begin(folder)

    def far() -> bool:
        notes = folder / READINGS
        blocks = notes.read_bytes().count(b"\n") if notes.exists() else 0
        return blocks > number or (folder / "journal.jsonl").stat().st_size > size or process.poll() is not None

    until(far, 300)
    if process.poll() is None:
        tree = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for one in tree:
            one.kill()
    process.wait()
    assert begin(folder).wait(300) == 0
    assert texts(folder) == texts(whole)


def check_touched(folder: Path) -> None:
    """Four cues, each in another way, the last while it is heard again."""
    one, two, *_, three = state(folder).track("en")[2:]
    keep(folder, Edit(id="e1", did="text", before=((one.id, one.rev),), after=(replace(one, text="Put right."),)))
    keep(folder, Edit(id="e2", did="accept", before=((two.id, two.rev),)))
    killed = state(folder).track("fr")[8]
    keep(folder, Action(id="a1", do="kill", cue=killed.id))
    answer(folder)
    before = state(folder)
    process = begin(folder)
    until(lambda: (folder / READINGS).exists(), 300)
    changed = replace(three, text="Meanwhile.")
    keep(folder, Edit(id="e3", did="text", before=((three.id, three.rev),), after=(changed,)))
    assert process.wait(300) == 0
    after = state(folder)
    assert not any(edit.refused for edit in after.edits.values())
    for id in (one.id, two.id):
        assert after.cues[id] == before.cues[id]
    assert after.cues[three.id] == after.edits["e3"].after[0]
    assert killed.id not in after.cues
