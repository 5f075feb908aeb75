"""The second pass: holes are filled, what a person touched stays, and a kill at any moment changes nothing."""

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline.asked import keep
from pipeline.audio import decode
from pipeline.events import Action, Cue, Edit, Refined
from pipeline.flow import SystemClock
from pipeline.journal import read
from pipeline.names.live import Names
from pipeline.refining.refine import PLAN, READINGS, Pass
from pipeline.scores.track import read_srt
from pipeline.scores.words import wer
from pipeline.speech import LocalRecogniser
from pipeline.state import State, fold
from pipeline.tracks import BEHIND
from pipeline.translation.build import build_chains
from tests.again import CHOSEN, heard
from tests.measures import SAMPLES

SECONDS = 27.0
HOLES = [(8.0, 17.0)]
Tell = Callable[[float, float], None]


class Killed(BaseException):
    """As kill -9, in this process."""


def refine(folder: Path, tell: Tell = lambda done, total: None) -> Refined:
    chains = build_chains(CHOSEN.translation, CHOSEN.speech.spoken)
    return Pass(folder, CHOSEN, LocalRecogniser, chains, Names(), SystemClock(), tell).run()


def state(folder: Path) -> State:
    return fold(entry.event for entry in read(folder / "journal.jsonl"))


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("subtitles.*")}


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session in the crowd that had no time for nine seconds."""
    sound = (32767 * decode(SAMPLES / "noisy.m4a", SECONDS)).astype(np.dtype("<i2")).tobytes()
    return heard(tmp_path_factory.mktemp("noisy") / "s", sound, HOLES)


@pytest.fixture(scope="module")
def whole(noisy: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Refined]:
    """It, after a second pass that nothing disturbed."""
    folder = copy(noisy, tmp_path_factory.mktemp("whole") / "s")
    return folder, refine(folder)


@pytest.fixture(scope="module")
def planned(noisy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It, killed before anything was changed: once while it was heard, once as all was planned."""
    folder = copy(noisy, tmp_path_factory.mktemp("planned") / "s")

    def kill(done: float, total: float) -> None:
        if done > total / 2:
            raise Killed

    def kill_again(self: Pass, *_: object) -> Refined:
        raise Killed

    with pytest.raises(Killed):
        refine(folder, kill)
    assert (folder / READINGS).exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pass, "_change", kill_again)
        with pytest.raises(Killed):
            refine(folder)
    assert (folder / PLAN).exists()
    assert texts(folder) == texts(noisy)
    return folder


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


def test_holes_are_filled_and_the_rest_is_no_worse(noisy: Path, whole: tuple[Path, Refined]) -> None:
    folder, done = whole
    assert wer_of(folder) < wer_of(noisy) - 0.1
    assert done.added >= 2
    after = state(folder)
    assert not after.skipped
    assert after.refined == done
    assert any(HOLES[0][0] < cue.start < HOLES[0][1] for cue in after.track("en"))
    for lang in ("fr", "en"):
        track = after.track(lang)
        assert all(one.end <= two.start for one, two in pairwise(track))
        assert {id for cue in track for id in cue.sentences} == set(after.sentences)
    assert not any((folder / name).exists() for name in (PLAN, READINGS))
    journal = (folder / "journal.jsonl").read_bytes()
    assert b'"pass":2' in journal
    assert refine(folder) == done, "there is nothing new to hear"
    assert (folder / "journal.jsonl").read_bytes() == journal


def wer_of(folder: Path) -> float:
    """Of what was said in the first `SECONDS`."""
    said = [cue for cue in read_srt((SAMPLES / "noisy.fr.srt").read_text(), "", "fr") if cue.start < SECONDS - 2]
    return wer(said, state(folder).track("fr"))


def test_what_a_person_touches_stays_also_meanwhile(noisy: Path, tmp_path: Path) -> None:
    folder = copy(noisy, tmp_path / "s")
    track = state(folder).track("en")
    changed, killed, accepted, *_, later, last = track
    keep(folder, Edit(id="e1", did="text", before=((changed.id, 1),), after=(with_text(changed),)))
    keep(folder, Action(id="a1", do="kill", cue=killed.id))
    keep(folder, Edit(id="e2", did="accept", before=((accepted.id, 1),)))

    def touch(done: float, total: float) -> None:
        if done > total / 2:
            keep(folder, Edit(id="e3", did="text", before=((later.id, 1),), after=(with_text(later),)))
            keep(folder, Action(id="a2", do="edit", cue=last.id, text="Said by a person."))

    refine(folder, touch)
    after = state(folder)
    assert [after.cues[cue.id].text for cue in (changed, later)] == ["Put right."] * 2
    assert killed.id not in after.cues
    assert after.cues[accepted.id].text == accepted.text
    assert "accepted" in after.cues[accepted.id].flags
    assert after.cues[last.id].text == "Said by a person."
    for cue in (changed, accepted, later, last):
        assert (after.cues[cue.id].start, after.cues[cue.id].end) == (cue.start, cue.end)
    assert not [edit for edit in after.edits.values() if edit.refused]


def with_text(cue: Cue) -> Cue:
    return Cue(id=cue.id, lang=cue.lang, start=cue.start, end=cue.end, text="Put right.", sentences=cue.sentences)


def test_killed_at_any_line_it_comes_to_the_same(whole: tuple[Path, Refined], planned: Path, tmp_path: Path) -> None:
    resumed = copy(planned, tmp_path / "resumed")
    refine(resumed)
    assert texts(resumed) == texts(whole[0])
    before = len((planned / "journal.jsonl").read_bytes().splitlines())
    lines = (resumed / "journal.jsonl").read_bytes().splitlines(keepends=True)
    for cut in range(before, len(lines), max(1, (len(lines) - before) // 4)):
        folder = copy(planned, tmp_path / str(cut))
        (folder / "journal.jsonl").write_bytes(b"".join(lines[:cut]) + lines[cut][:20])
        (folder / BEHIND).touch()
        refine(folder)
        assert texts(folder) == texts(whole[0]), cut
