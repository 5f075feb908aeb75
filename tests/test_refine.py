"""The second pass: holes are filled, what a person touched stays, and a kill at any moment changes nothing."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.json import encode
from msgspec.structs import replace

from pipeline import cli, folder, power, settings
from pipeline.asked import keep
from pipeline.audio import decode
from pipeline.commands.refine import _at_leisure
from pipeline.errors import ModelError, SessionError, SettingsError
from pipeline.events import Action, Cue, Edit, Refined
from pipeline.flow import SystemClock
from pipeline.journal import lock, read
from pipeline.names.live import Names
from pipeline.refining.readings import Block
from pipeline.refining.refine import PLAN, READINGS, Pass
from pipeline.report.folder import write
from pipeline.review.package import MANIFEST, Manifest
from pipeline.scale.workers import Workers
from pipeline.scores.session import References, score
from pipeline.scores.track import read_srt
from pipeline.scores.words import wer
from pipeline.speech import LocalRecogniser
from pipeline.speech.messages import Heard
from pipeline.state import State, fold
from pipeline.system import program
from pipeline.tracks import BEHIND
from pipeline.translation.build import build_chains
from pipeline.watched import WATCHED, leave, watched
from tests.again import CHOSEN, Counted, heard, small_blocks
from tests.measures import SAMPLES

SECONDS = 27.0
HOLES = [(8.0, 17.0)]
SAID = [cue for cue in read_srt((SAMPLES / "noisy.fr.srt").read_text("utf-8"), "", "fr") if cue.start < SECONDS - 2]
Tell = Callable[[float, float], None]


class Killed(BaseException):
    """As kill -9, in this process."""


def refine(path: Path, tell: Tell = lambda done, total: None, workers: Workers | None = None) -> Refined:
    chains = build_chains(CHOSEN.translation, CHOSEN.speech.spoken)
    with workers or Workers(lambda: counted([]), 1) as hearing:
        return Pass(path, CHOSEN, hearing.heard, chains, Names(), SystemClock(), tell).run()


def counted(heard: list[float], **asked: Any) -> Counted:
    """In this process."""
    return Counted(heard, way=0, make=LocalRecogniser, **asked)


def state(path: Path) -> State:
    return fold(entry.event for entry in read(path / "journal.jsonl"))


def texts(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.glob("subtitles.*")}


@pytest.fixture(scope="module", autouse=True)
def short() -> Iterator[None]:
    with small_blocks(6.0, 12.0):
        yield


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session in the crowd that had no time for nine seconds."""
    sound = (32767 * decode(SAMPLES / "noisy.m4a", SECONDS)).astype(np.dtype("<i2")).tobytes()
    return heard(tmp_path_factory.mktemp("noisy") / "s", sound, HOLES)


@pytest.fixture(scope="module")
def whole(noisy: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Refined]:
    """It, after a second pass that nothing disturbed."""
    made = copy(noisy, tmp_path_factory.mktemp("whole") / "s")
    return made, refine(made)


@pytest.fixture(scope="module")
def planned(noisy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It, killed before anything was changed: once while it was heard, once as all was planned."""
    made = copy(noisy, tmp_path_factory.mktemp("planned") / "s")

    def kill(done: float, total: float) -> None:
        if done > total / 2:
            raise Killed

    def kill_again(self: Pass, *_: object) -> Refined:
        raise Killed

    with pytest.raises(Killed):
        refine(made, kill)
    assert (made / READINGS).exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pass, "_change", kill_again)
        with pytest.raises(Killed):
            refine(made)
    assert (made / PLAN).exists()
    assert texts(made) == texts(noisy)
    return made


def copy(path: Path, to: Path) -> Path:
    return Path(shutil.copytree(path, to))


def test_holes_are_filled_and_the_rest_is_no_worse(noisy: Path, whole: tuple[Path, Refined]) -> None:
    made, done = whole
    assert wer_of(made) < wer_of(noisy) - 0.1
    assert done.added >= 2
    after = state(made)
    assert folder.over(made)
    assert not after.skipped
    assert after.refined == done
    assert any(HOLES[0][0] < cue.start < HOLES[0][1] for cue in after.track("en"))
    for lang in ("fr", "en"):
        track = after.track(lang)
        assert all(one.end <= two.start for one, two in pairwise(track))
        assert {id for cue in track for id in cue.sentences} == set(after.sentences)
    assert not any((made / name).exists() for name in (PLAN, READINGS))
    journal = (made / "journal.jsonl").read_bytes()
    assert b'"pass":2' in journal
    assert "Heard again" in write(made).read_text("utf-8")
    true = References(said=SAID)
    found = score(after.track("fr"), after.track("en"), "en", list(read(made / "journal.jsonl")), true)
    assert (found.wer_live, found.wer) == (wer_of(noisy), wer_of(made))
    assert refine(made) == done, "there is nothing new to hear"
    assert (made / "journal.jsonl").read_bytes() == journal


def wer_of(path: Path) -> float:
    return wer(SAID, state(path).track("fr"))


def test_what_a_person_touches_stays_also_meanwhile(noisy: Path, tmp_path: Path) -> None:
    made = copy(noisy, tmp_path / "s")
    track = state(made).track("en")
    changed, killed, accepted, *_, later, last = track
    keep(made, Edit(id="e1", did="text", before=((changed.id, 1),), after=(with_text(changed),)))
    keep(made, Action(id="a1", do="kill", cue=killed.id))
    keep(made, Edit(id="e2", did="accept", before=((accepted.id, 1),)))

    def touch(done: float, total: float) -> None:
        if done > total / 2:
            keep(made, Edit(id="e3", did="text", before=((later.id, 1),), after=(with_text(later),)))
            keep(made, Action(id="a2", do="edit", cue=last.id, text="Said by a person."))

    refine(made, touch)
    after = state(made)
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


def test_killed_while_it_hears_it_hears_only_what_was_not_heard(noisy: Path, tmp_path: Path) -> None:
    made = copy(noisy, tmp_path / "s")
    first: list[float] = []
    second: list[float] = []

    def kill(done: float, total: float) -> None:
        if done > total / 2:
            raise Killed

    with pytest.raises(Killed):
        refine(made, kill, Workers(lambda: counted(first), 1))
    kept = (made / READINGS).read_bytes().count(b"\n")
    refine(made, workers=Workers(lambda: counted(second), 1))
    assert kept > 1
    assert len(second) == 3 * len({*first, *second}) - kept


def test_killed_at_any_line_it_comes_to_the_same(whole: tuple[Path, Refined], planned: Path, tmp_path: Path) -> None:
    resumed = copy(planned, tmp_path / "resumed")
    refine(resumed)
    assert texts(resumed) == texts(whole[0])
    before = len((planned / "journal.jsonl").read_bytes().splitlines())
    lines = (resumed / "journal.jsonl").read_bytes().splitlines(keepends=True)
    for cut in range(before, len(lines), max(1, (len(lines) - before) // 4)):
        made = copy(planned, tmp_path / str(cut))
        (made / "journal.jsonl").write_bytes(b"".join(lines[:cut]) + lines[cut][:20])
        (made / BEHIND).touch()
        refine(made)
        assert texts(made) == texts(whole[0]), cut


def test_by_two_workers_one_of_which_is_lost_it_comes_to_the_same(
    noisy: Path, whole: tuple[Path, Refined], tmp_path: Path
) -> None:
    made = copy(noisy, tmp_path / "s")
    first: list[float] = []
    second: list[float] = []
    lost = [[0.0], []]

    def worker() -> Counted:
        return counted(first, lost=lost.pop()) if lost else counted(second)

    assert refine(made, workers=Workers(worker, 2)) == whole[1]
    assert texts(made) == texts(whole[0])
    assert first
    assert second
    assert len(first) + len(second) == 3 * len({*first, *second})


def test_the_long_stretches_alone_are_told_what_was_said_before(noisy: Path, tmp_path: Path) -> None:
    asked: list[Block] = []

    def hears(blocks: Iterable[Block]) -> Iterator[Heard]:
        asked.extend(blocks)
        raise Killed

    made, bearing = copy(noisy, tmp_path / "s"), settings.override(CHOSEN, speech={"hotwords": None})
    with pytest.raises(Killed):
        Pass(made, bearing, hears, {}, Names(), SystemClock()).run()
    told = [[name for block in asked if block.way == way for name in block.names] for way in range(3)]
    assert told[1:] == [[], []]
    assert told[0]
    said = " ".join(sentence.text for sentence in state(made).sentences.values())
    assert all(text in said for text in told[0])


def test_it_is_refused_in_a_sentence(noisy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_HANDOVER", 0.0)
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    with pytest.raises(SettingsError, match=r"set RAY_AUTH_MODE=token here and on every node"):
        typed(noisy, "--address", "ray://127.0.0.1:10001")
    with pytest.raises(SettingsError, match=r"--gpu is the share of a cluster's GPU; leave it out"):
        typed(noisy, "--gpu", "0.5")
    with lock(noisy), pytest.raises(SessionError, match="in use by another livesubs; stop that one first"):
        refine(noisy)
    with pytest.raises(SessionError, match=r"there is no session in .*; name a session folder"):
        typed(tmp_path)
    without = copy(noisy, tmp_path / "without")
    (without / "audio.s16").unlink()
    with pytest.raises(SessionError, match=r"there is no sound in .*; name another folder"):
        typed(without)
    with pytest.raises(SettingsError, match=r"the demo brings its own models, .*; leave out --model"):
        typed(noisy, "--model", "/no/such/folder")
    other = copy(noisy, tmp_path / "other")
    folder.write_settings(other, replace(CHOSEN, demo=False), folder.begun(other))
    with pytest.raises(ModelError, match="the speech model large-v3 has not been pulled yet"):
        typed(other, "--model", "large-v3")
    packed = copy(noisy, tmp_path / "packed")
    (packed / MANIFEST).write_bytes(
        encode(Manifest(format=1, version="0", name="s", session="x", packed_at=0.0, id="y"))
    )
    with pytest.raises(SessionError, match="a copy that was packed; refine the session where it was recorded"):
        typed(packed)


def test_what_was_refined_already_is_told_and_not_counted_again(
    whole: tuple[Path, Refined], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy(whole[0], tmp_path / "s")
    before = (path / "journal.jsonl").read_bytes()
    typed(path)
    assert f"{path} was refined already, with {whole[1].recogniser}; nothing was done\n" in capsys.readouterr().out
    assert (path / "journal.jsonl").read_bytes() == before


def test_what_became_of_it_is_told_also_where_only_the_lines_are_others(
    noisy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy(noisy, tmp_path / "s")
    typed(path)
    told, now = capsys.readouterr().out, state(path)
    assert now.refined
    assert f"{now.refined.added} new; " in told
    for lang in ("fr", "en"):
        lines, had = (len(one.track(lang)) for one in (now, state(noisy)))
        assert lines != had
        assert f"{lang} is cut into {lines} lines ({had} before)" in told


def test_what_was_said_where_the_sound_is_missing_stays_and_how_much_is_missing_is_told(
    noisy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy(noisy, tmp_path / "s")
    sound, journal = path / "audio.s16", path / "journal.jsonl"
    sound.write_bytes(sound.read_bytes()[: 32_000 * 18])
    journal.write_text(journal.read_text().replace("whisper-demo-fr on", "another on"))
    typed(path)
    assert "of the sound are missing at its end; what was said there stays as it was" in capsys.readouterr().out
    late = [[cue for cue in state(one).track("fr") if cue.start >= 18.0] for one in (noisy, path)]
    assert late[0]
    assert late[0] == late[1]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is POSIX's")
def test_ctrl_c_says_that_it_goes_on_where_it_was(noisy: Path, tmp_path: Path) -> None:
    path = copy(noisy, tmp_path / "s")
    command = [sys.executable, "-m", "pipeline", "refine", str(path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr
        assert "%" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        told = running.stderr.read()
    assert "livesubs: stopped; typed again, it goes on where it was; until all is heard, the files stay" in told
    assert running.returncode == 130
    assert texts(path) == texts(noisy)


@pytest.mark.parametrize("gone", [False, True])
def test_a_journal_that_tells_of_no_session_is_one_sentence_and_nothing_is_written(
    gone: bool, noisy: Path, tmp_path: Path
) -> None:
    path = copy(noisy, tmp_path / "s")
    journal = path / "journal.jsonl"
    journal.write_bytes(b"")
    if gone:
        journal.unlink()
    before = sorted((file.name, file.stat().st_size) for file in path.iterdir())
    with pytest.raises(
        SessionError, match=r"no journal.jsonl in .* from a copy, or hear all of it again: .* --resume "
    ):
        typed(path)
    assert sorted((file.name, file.stat().st_size) for file in path.iterdir()) == before


def test_unasked_it_never_hears_the_demo_again_nor_anything_on_battery(
    noisy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (noisy / "journal.jsonl").read_bytes()
    typed(noisy, "--under", str(os.getppid()))
    assert capsys.readouterr() == ("", "")
    real = copy(noisy, tmp_path / "real")
    folder.write_settings(real, replace(CHOSEN, demo=False), folder.begun(real))
    monkeypatch.setattr(power, "battery", lambda: power.Battery(percent=90.0, plugged=False, minutes_left=None))
    typed(real, "--under", str(os.getppid()))
    assert f"once plugged in: {program()} refine {real}" in capsys.readouterr().err
    assert all((path / "journal.jsonl").read_bytes() == before for path in (noisy, real))


def test_unasked_it_waits_while_a_page_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    leave(tmp_path)
    monkeypatch.setattr("time.sleep", lambda seconds: (tmp_path / WATCHED).unlink())
    _at_leisure(tmp_path, lambda done, total: told.append(done))(1.0, 2.0)
    assert told == [1.0]
    assert not watched(tmp_path)


def typed(*words: object) -> None:
    cli.app(["refine", *map(str, words)], standalone_mode=False)
