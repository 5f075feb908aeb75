"""`livesubs models measure`: how short a window a model bears, and that sessions use it."""

import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import assets, cli, settings, windows
from pipeline.audio import decode
from pipeline.commands import equipped, options
from pipeline.errors import LivesubsError, ModelError, SessionError, SettingsError, SourceError
from pipeline.measure import WINDOWS, shortest_safe
from pipeline.settings import SAMPLE_RATE
from pipeline.windows import Trial
from tests.measures import SAMPLES

DEMO = assets.demo_recogniser()


def trials(*rates: float) -> list[Trial]:
    return [Trial(window=window, wer=wer, compute=1.0) for window, wer in zip(WINDOWS, rates, strict=False)]


def test_a_window_is_safe_only_if_every_longer_one_is() -> None:
    assert shortest_safe(trials(0.1)) == 30
    assert shortest_safe(trials(0.1, 0.1, 0.105, 0.09)) == 8
    assert shortest_safe(trials(0.1, 0.1, 0.106, 0.05, 0.05)) == 20
    assert shortest_safe(trials(0.1, 0.2)) == 30


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where the demo recogniser was copied to, without the note it ships with."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))  # where other systems keep data
    monkeypatch.setenv("LIVESUBS_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(DEMO, tmp_path / "models" / "tiny", ignore=shutil.ignore_patterns(windows.BESIDE))
    return tmp_path


def measure(*arguments: str) -> str:
    done = CliRunner().invoke(cli.app, ["models", "measure", "tiny", *arguments])
    if done.exception:
        raise done.exception
    return done.output


def in_force(**speech: object) -> float | None:
    return equipped.with_recogniser(settings.override(options.load(None), speech=speech)).speech.window


def test_a_session_uses_what_was_measured_until_somebody_says_otherwise(home: Path, ffmpeg: str) -> None:
    assert in_force() == 30
    clip = home / "clip.wav"
    cut = ["-loglevel", "error", "-i", str(SAMPLES / "rally.mp4"), "-t", "14", "-ac", "1", str(clip)]
    subprocess.run([ffmpeg, *cut], check=True)
    said = measure("--on", "clip.wav", "--ref-fr", str(SAMPLES / "rally.fr.srt"))
    assert [f"{window:g} s" in said for window in WINDOWS] == [True] * len(WINDOWS)
    assert [line for line in said.splitlines() if " more)" in line] == [said.splitlines()[2]], "after the first"
    assert "The shortest safe window: 0.5 s" in said
    assert in_force() == 0.5
    (home / "models" / "tiny").rename(home / "models" / "small")
    assert in_force() == 0.5, "a model is known by what is in it"
    (home / "livesubs.toml").write_text("[speech]\nwindow = 12.0\n")
    assert in_force() == 12
    (home / "livesubs.toml").unlink()
    with (home / "models" / "small" / "model.bin").open("ab") as weights:
        weights.write(b"another model")
    assert in_force() == 30


def test_a_recording_begins_where_it_begins_whatever_its_clock_says(tmp_path: Path, ffmpeg: str) -> None:
    late = tmp_path / "late.ts"
    cut = ["-loglevel", "error", "-i", str(SAMPLES / "rally.mp4"), "-t", "7", "-c", "copy", "-output_ts_offset", "1000"]
    subprocess.run([ffmpeg, *cut, str(late)], check=True)
    assert len(decode(late, 5.0)) == 5 * SAMPLE_RATE
    assert len(decode(late, 600.0)) == pytest.approx(7 * SAMPLE_RATE, abs=1024)  # a packet more or less


def test_the_demo_model_ships_measured(home: Path) -> None:
    measured = windows.find(DEMO, home)
    assert measured, "models/demo/whisper-demo-fr was replaced: measure it again (models/demo/README.md)"
    assert measured.window == shortest_safe(measured.trials) == 0.5
    assert "synthetic" in measured.sound
    (home / f"{measured.model}.json").write_text("{ damaged")
    assert windows.find(DEMO, home) == measured
    with pytest.raises(SessionError, match="cannot write"):
        windows.keep(measured, home / f"{measured.model}.json" / "windows")


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["--ref-fr", "rally.fr.srt"], SettingsError),
        (["--on", "nowhere.wav"], SourceError),
        (["--on", "livesubs.txt"], SourceError),
        (["--on", str(SAMPLES / "rally.mp4"), "--ref-fr", "nowhere.srt"], SettingsError),
        (["--on", str(SAMPLES / "rally.mp4"), "--ref-fr", "livesubs.txt"], SettingsError),
        (["--on", str(next(SAMPLES.glob("silence.m*")))], SourceError),
    ],
)
def test_what_cannot_be_measured_on(arguments: list[str], kind: type[LivesubsError], home: Path) -> None:
    (home / "livesubs.txt").write_text("Only words.")
    with pytest.raises(kind) as caught:
        measure(*arguments)
    assert ";" in str(caught.value)


def test_a_model_that_is_not_here_cannot_be_measured(home: Path) -> None:
    with pytest.raises(ModelError, match="pull it first"):
        CliRunner().invoke(cli.app, ["models", "measure", "nobody/nothing"], catch_exceptions=False)


def test_a_folder_that_is_no_speech_model_is_told_before_anything_else(home: Path) -> None:
    for folder, lacks in {DEMO.parent: "config.json", assets.demo_translator(): "tokenizer.json"}.items():
        done = CliRunner().invoke(cli.app, ["models", "measure", str(folder)])
        assert not done.output
        assert f"{folder} is no speech model: it has no {lacks}; name" in str(done.exception)
