"""Whole runs through the command line on the samples, with the real demo models: what lands in the folder, and when."""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from shutil import copytree, rmtree
from statistics import median
from typing import Any

import psutil
import pytest

from pipeline import assets
from pipeline.events import Cue, Ended, SessionStarted
from pipeline.journal import read
from pipeline.settings import CueRules
from pipeline.state import fold
from pipeline.subtitles.quality import faults
from tests.measures import PATIENT, SAMPLES, bleu, cues, in_time_errors, wer
from tests.waiting import ended, until

pytestmark = pytest.mark.slow


def start(source: str, out: Path, *more: str, demo: bool = True, **options: Any) -> "subprocess.Popen[bytes]":
    models = ["--demo"] if demo else ["--mt-model", str(assets.demo_translator()), "--offline"]
    command = [sys.executable, "-m", "pipeline", "run", source, *models, "--settings", str(PATIENT), "--out", str(out)]
    return subprocess.Popen([*command, *more], stdout=subprocess.DEVNULL, **options)


def finish(session: "subprocess.Popen[bytes]", seconds: float = 240) -> int:
    with session:
        return session.wait(seconds)


@pytest.fixture(scope="module")
def runs(rally: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every sample, read as fast as it can."""
    folder = tmp_path_factory.mktemp("runs")
    others = ("noisy", "silence", "applause")
    for name in others:
        assert finish(start(str(SAMPLES / f"{name}.m4a"), folder / name, "--pace", "max")) == 0
    return {"rally": rally, **{name: folder / name for name in others}}


def test_the_rally_is_heard_and_translated(runs: dict[str, Path]) -> None:
    assert wer(SAMPLES / "rally.fr.srt", runs["rally"] / "subtitles.fr.srt") <= 0.03
    assert bleu(SAMPLES / "rally.en.srt", runs["rally"] / "subtitles.en.srt") >= 99
    assert wer(SAMPLES / "noisy.fr.srt", runs["noisy"] / "subtitles.fr.srt") <= 0.128


def test_cues_start_with_their_words(runs: dict[str, Path]) -> None:
    errors = sorted(in_time_errors(SAMPLES / "rally.words.json", runs["rally"] / "subtitles.fr.srt"))
    assert median(errors) <= 0.1
    assert errors[int(0.95 * len(errors))] <= 0.3


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("sample", ["rally", "noisy", "silence", "applause"])
def test_cue_rules_hold_and_every_excess_is_flagged(runs: dict[str, Path], sample: str, lang: str) -> None:
    rules = CueRules()
    track = fold(entry.event for entry in read(runs[sample] / "journal.jsonl")).track(lang)
    found = [fault for fault in faults(track, rules) if fault.rule != "cps"]
    assert not found
    fast = {fault.cue for fault in faults(track, rules) if fault.rule == "cps"}
    assert fast == {cue.id for cue in track if "fast" in cue.flags}


def test_files_are_what_the_journal_says(runs: dict[str, Path]) -> None:
    state = fold(entry.event for entry in read(runs["rally"] / "journal.jsonl"))
    for lang in ("fr", "en"):
        on_disk = [(c.start.total_seconds(), c.end.total_seconds(), c.content) for c in cues(_srt(runs["rally"], lang))]
        assert on_disk == [(c.start, c.end, c.text) for c in state.track(lang)]
    assert len(cues(_srt(runs["rally"], "fr-en"))) >= len(state.track("en"))


def test_the_journal_tells_the_whole_story(runs: dict[str, Path]) -> None:
    entries = list(read(runs["rally"] / "journal.jsonl"))
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert isinstance(entries[0].event, SessionStarted)
    ended = entries[-1].event
    assert isinstance(ended, Ended)
    assert ended.reason == "ended"
    assert abs(ended.stream - 73.1) < 0.3
    for line in (runs["rally"] / "journal.jsonl").read_text().splitlines():
        event = json.loads(line)
        if event["kind"] == "cue":
            assert {"id", "start", "end", "text", "lang"} <= event.keys()


def test_every_recorded_second_is_in_the_folder(runs: dict[str, Path]) -> None:
    assert abs((runs["rally"] / "audio.s16").stat().st_size / 32_000 - 73.1) < 0.3
    assert list((runs["rally"] / "archive").glob("*.ts"))
    assert (runs["rally"] / "private.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("sample", ["silence", "applause"])
def test_nobody_speaks_gives_a_valid_empty_file(runs: dict[str, Path], sample: str) -> None:
    assert _srt(runs[sample], "en").read_bytes() == b""
    assert (runs[sample] / "subtitles.en.vtt").read_text().strip() == "WEBVTT"


def test_several_tracks_from_one_recognition(tmp_path: Path) -> None:
    assert (
        finish(start(str(SAMPLES / "rally.mp4"), tmp_path / "s", "--to", "en,fr", "--end", "9", "--pace", "max")) == 0
    )
    assert next(c.content for c in cues(_srt(tmp_path / "s", "en"))) == "Good evening, everyone."


def test_ctrl_c_stops_the_capture_and_finishes_what_was_said(tmp_path: Path) -> None:
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "4")
    until(lambda: _count(out, "sentence") >= 3, 60)
    session.send_signal(signal.SIGINT)
    assert finish(session) == 0
    state = fold(entry.event for entry in read(out / "journal.jsonl"))
    assert state.ended
    assert state.ended.reason == "stopped"
    shown = {sentence for cue in state.track("en") for sentence in cue.sentences}
    assert shown == set(state.sentences)
    assert abs((out / "audio.s16").stat().st_size / 32_000 - state.ended.stream) < 0.1


@pytest.mark.parametrize("whole_tree", [False, True])
def test_a_polite_kill_loses_nothing(tmp_path: Path, whole_tree: bool) -> None:
    """To the session alone, or to all its processes, as a service manager does."""
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "4")
    until(lambda: _count(out, "sentence") >= 2, 60)
    for process in psutil.Process(session.pid).children(recursive=True) if whole_tree else []:
        process.terminate()
    session.terminate()
    assert finish(session) == 0
    state = fold(entry.event for entry in read(out / "journal.jsonl"))
    assert len(cues(_srt(out, "en"))) >= 2
    assert {sentence for cue in state.track("en") for sentence in cue.sentences} == set(state.sentences)


def test_a_recogniser_that_hangs_costs_the_capture_nothing(tmp_path: Path) -> None:
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "8")
    until(lambda: _count(out, "sentence") >= 1, 60)
    worker = _worker(session)
    worker.suspend()
    try:
        until(lambda: (out / "audio.s16").stat().st_size / 32_000 > 73, 60)
        heard_meanwhile = _count(out, "sentence")
    finally:
        worker.resume()
    assert finish(session) == 0
    assert heard_meanwhile < 15
    assert wer(SAMPLES / "rally.fr.srt", _srt(out, "fr")) <= 0.03
    state = fold(entry.event for entry in read(out / "journal.jsonl"))
    assert not state.skipped
    for lang in ("fr", "en"):
        found = faults(state.track(lang), CueRules())
        assert not [fault for fault in found if fault.rule not in ("cps", "bridge")]
        assert len(cues(_srt(out, lang))) == len(state.track(lang))


def test_a_dead_recogniser_costs_nothing(runs: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "8")
    for deaths in (1, 2):
        until(lambda deaths=deaths: _count(out, "sentence") >= 5 * deaths, 60)  # type: ignore[misc]
        _worker(session).kill()
        until(lambda deaths=deaths: (out / "journal.jsonl").read_text().count("hears again") == deaths, 30)  # type: ignore[misc]
    assert finish(session) == 0
    for lang in ("fr", "en"):
        assert [c.content for c in cues(_srt(out, lang))] == [c.content for c in cues(_srt(runs["rally"], lang))]


def test_when_no_recogniser_can_be_had_any_more_the_recording_goes_on(tmp_path: Path) -> None:
    out, model = tmp_path / "s", tmp_path / "model"
    copytree(assets.demo_recogniser(), model)
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "2", "--model", str(model), demo=False)
    until(lambda: _count(out, "sentence") >= 1, 60)
    rmtree(model)
    _worker(session).kill()
    until(lambda: "goes on without subtitles" in (out / "journal.jsonl").read_text(), 60)
    then = (out / "audio.s16").stat().st_size
    until(lambda: (out / "audio.s16").stat().st_size > then + 32_000 * 2, 30)
    session.send_signal(signal.SIGINT)
    assert finish(session) == 7
    ended = list(read(out / "journal.jsonl"))[-1].event
    assert isinstance(ended, Ended)
    assert ended.reason == "failed"
    assert "<h1>The session failed" in (out / "report.html").read_text(encoding="utf-8")


def _worker(session: "subprocess.Popen[bytes]") -> psutil.Process:
    def found() -> psutil.Process | None:
        for process in psutil.Process(session.pid).children(recursive=True):
            with suppress(psutil.Error):  # it ended while it was looked at
                if "pipeline.speech.worker" in process.cmdline():
                    return process
        return None

    worker = until(found, 20)
    assert worker
    return worker


def test_a_kill_at_any_moment_leaves_what_an_uninterrupted_run_has(runs: dict[str, Path], tmp_path: Path) -> None:
    """A kill leaves what is on the disk at that moment: all is stopped ten times to copy that, and killed at last."""
    whole = {lang: [(c.start, c.end, c.content) for c in cues(_srt(runs["rally"], lang))] for lang in ("fr", "en")}
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "4")
    for moment in range(1, 11):
        until(lambda moment=moment: _count(out, "sentence") >= moment, 60)  # type: ignore[misc]
        tree = _stopped(session)
        left = copytree(out, tmp_path / str(moment))
        for process in tree:
            process.resume() if moment < 10 else process.kill()
        state = fold(entry.event for entry in read(left / "journal.jsonl"))
        for lang, expected in whole.items():
            found = [(c.start, c.end, c.content) for c in cues(_srt(left, lang))]
            assert found == expected[: len(found)]
            assert len(state.track(lang)) - len(found) <= 2
    finish(session)
    _, alive = psutil.wait_procs(tree, timeout=60)
    assert all(ended(process) for process in alive)
    assert list(read(out / "journal.jsonl")) == list(read(left / "journal.jsonl"))


def _stopped(session: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """All processes of a session, who stand still."""
    tree = list[psutil.Process]()
    for process in [psutil.Process(session.pid), *psutil.Process(session.pid).children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # it ended while it was looked at
            process.suspend()
            until(lambda process=process: _still(process), 30)  # type: ignore[misc]
            tree.append(process)
    return tree


def _still(process: psutil.Process) -> bool:
    """Every thread has come to its halt: on a busy machine one may write on for a moment."""
    return all(psutil.Process(thread.id).status() == psutil.STATUS_STOPPED for thread in process.threads())


def test_nothing_of_ours_outlives_a_killed_session(tmp_path: Path) -> None:
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "4")
    until(lambda: _count(out, "sentence") >= 1, 60)
    children = psutil.Process(session.pid).children(recursive=True)
    assert children
    session.kill()
    finish(session)
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive


def test_the_command_line_and_the_stages_give_the_same_text(runs: dict[str, Path], tmp_path: Path) -> None:
    """The pipeline expression in one thread, without processes, is the product."""
    from pipeline.events import Chunk
    from pipeline.flow import Inline, SystemClock
    from pipeline.journal import Journal
    from pipeline.session import subtitles
    from pipeline.settings import Settings, override
    from pipeline.speech.local import LocalRecogniser
    from pipeline.translation.build import build_chains
    from tests.hearing import DEMO_WINDOW

    settings = override(
        Settings(),
        speech={"model": str(assets.demo_recogniser()), "window": DEMO_WINDOW},
        translation={"models": (str(assets.demo_translator()),), "chain": ("local",)},
    )
    recogniser = LocalRecogniser()
    recogniser.open(runs["rally"] / "audio.s16", settings.speech)
    chains = build_chains(settings.translation, ("fr",))
    chunks = [Chunk(start=t / 2, end=(t + 1) / 2) for t in range(148)]
    with Journal(tmp_path, SystemClock()) as journal:
        made = [
            event
            for batch in subtitles(chunks, recogniser, chains, settings, journal, Inline())
            for event in batch
            if isinstance(event, Cue)
        ]
    whole = fold(entry.event for entry in read(runs["rally"] / "journal.jsonl"))
    for lang in ("fr", "en"):
        assert [c.text for c in made if c.lang == lang] == [c.text for c in whole.track(lang)]


def _srt(folder: Path, lang: str) -> Path:
    return folder / f"subtitles.{lang}.srt"


def _count(folder: Path, kind: str) -> int:
    path = folder / "journal.jsonl"
    return path.read_bytes().count(f'"kind":"{kind}"'.encode()) if path.exists() else 0
