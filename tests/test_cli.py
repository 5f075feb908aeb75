"""Flags, settings file and folder names, up to where the session begins; what is printed on any terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from pipeline import __version__, assets, cli, settings
from pipeline.commands import options
from pipeline.errors import SettingsError
from pipeline.settings import Settings
from tests.measures import SAMPLES


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings of every session that would have begun."""
    sessions: list[Settings] = []

    def subtitle(source: str, out: Path | None, chosen: Settings, **_: object) -> tuple[Path, int]:
        sessions.append(chosen)
        return Path("s"), 0

    monkeypatch.setattr("pipeline.commands.run.subtitle", subtitle)
    return sessions


def run(*arguments: str) -> None:
    cli.app(["run", "stream", *arguments], standalone_mode=False)


def test_a_settings_file_holds_until_a_flag_says_otherwise(tmp_path: Path, begun: list[Settings]) -> None:
    file = tmp_path / "livesubs.toml"
    file.write_text('demo = true\n[translation]\nto = ["fr", "en"]\n[source]\npace = 2.0\n[cues]\ncpl = 37\n')
    run("--settings", str(file))
    run("--settings", str(file), "--to", "en", "--pace", "max")
    assert [(s.translation.to, s.source.pace, s.cues.cpl) for s in begun] == [
        (("fr", "en"), 2.0, 37),
        (("en",), None, 37),
    ]


def test_the_settings_of_a_session_begin_the_same_session_elsewhere(
    tmp_path: Path, begun: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(assets.demo_recogniser().parent)
    run("--model", "whisper-demo-fr", "--mt-model", "nmt-demo-fr-en", "--end", "9")
    written = tmp_path / "settings.toml"
    written.write_bytes(settings.dump(begun[0]))
    monkeypatch.chdir(tmp_path)
    run("--settings", str(written))
    assert begun[1] == begun[0]
    assert Path(begun[0].speech.model).is_absolute()


def test_what_is_spoken_is_not_translated_into_itself(begun: list[Settings]) -> None:
    with pytest.raises(SettingsError, match=r"--to fr is what is spoken, .*; name another language, or .* none"):
        run("--demo", "--to", "fr")
    run("--demo", "--to", "en,fr")
    assert [s.translation.to for s in begun] == [("en", "fr")]


def test_no_option_is_proposed_that_help_does_not_tell_of(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.app(["refine", "s", "--demo"])
    told = capsys.readouterr().err
    assert "--model" in told
    assert "--under" not in told


def test_the_demo_brings_its_own_models(begun: list[Settings]) -> None:
    with pytest.raises(SettingsError, match="--model"):
        run("--demo", "--model", "small")


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.app(["--version"], standalone_mode=False) == 0
    assert capsys.readouterr().out == f"livesubs {__version__}\n"


def test_no_time_at_all_is_refused(begun: list[Settings]) -> None:
    """ffmpeg would take it for no limit."""
    with pytest.raises(SettingsError, match="--for must be a number above 0"):
        run("--demo", "--for", "0")


def test_two_sessions_of_one_second_have_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.strftime", lambda form: "2026-01-01_20-00-00")
    for name in ("2026-01-01_20-00-00_rally", "2026-01-01_20-00-00_rally-2", "2026-01-01_20-00-00_rally-3"):
        folder = options.session_folder("https://example.org/rally.m3u8")
        assert folder.name == name
        folder.mkdir(parents=True)


def test_the_settings_file_of_the_working_folder_holds_by_itself(
    tmp_path: Path, begun: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "livesubs.toml").write_text("demo = true\n[cues]\ncpl = 37\n")
    run()
    assert begun[0].cues.cpl == 37


def test_a_terminal_that_knows_no_accents_still_shows_every_line(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "run",
        str(SAMPLES / "rally.mp4"),
        "--demo",
        "--start",
        "8",
        "--end",
        "20",
    ]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "s")], capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert done.returncode == 0
    assert b"? vingt villes" in done.stdout
    assert b"cues in" in done.stdout


def test_the_line_of_the_show_can_be_pasted_behind_check() -> None:
    commands = get_command(cli.app).commands  # type: ignore[attr-defined]
    run, check = ({option.name for option in commands[name].params} for name in ("run", "check"))
    assert run - check == {"pace", "resume", "go_on", "alone", "under"}
