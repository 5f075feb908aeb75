"""What there is and what fits: the table, its JSON, and which models a session would take."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from pipeline import assets, catalogue, cli
from pipeline.catalogue import CORES, MB, SPARE, TRANSLATORS, WHISPER
from pipeline.commands import shelf
from pipeline.settings import Settings, SpeechSettings


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv("LIVESUBS_MODELS", str(folder))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return folder


def said(*arguments: str) -> str:
    done = CliRunner().invoke(cli.app, ["models", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def listed() -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in msgspec.json.decode(said("list", "--json"))}


def test_the_table_names_every_model_on_80_columns(models: Path) -> None:
    table = said("list")
    for name in (*WHISPER, *TRANSLATORS):
        assert f" {name} " in table
    assert table.index("to hear with") < table.index(" tiny ") < table.index("to translate with") < table.index("opus")
    assert "Nothing is pulled yet: `" in table
    assert "models pull small`" in table
    assert max(map(len, table.splitlines())) <= 80
    assert not any(row["pulled"] or row["used"] for row in listed().values())


def test_where(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("where").startswith(f"{models} (from $LIVESUBS_MODELS)")
    monkeypatch.delenv("LIVESUBS_MODELS")
    assert "checkout" in said("where")


def test_only_whole_folders_are_models_and_what_run_would_use_is_marked(models: Path) -> None:
    shutil.copytree(assets.demo_recogniser(), models / "tiny")
    shutil.copytree(assets.demo_recogniser(), models / "small")
    shutil.copytree(assets.demo_recogniser(), models / ".base.partial")
    shutil.copytree(assets.demo_translator(), models / "opus-mt-fr-en")
    shutil.copytree(assets.demo_translator(), models / "opus-mt-fr-es")
    shutil.copytree(assets.demo_translator(), models / "somebody--opus-mt-fr-en")
    shutil.copytree(assets.demo_recogniser(), models / "medium", ignore=shutil.ignore_patterns("tokenizer.json"))
    shutil.copytree(assets.demo_translator(), models / "opus-mt-it-en", ignore=shutil.ignore_patterns("target.spm"))
    rows = listed()
    pulled = {"tiny", "small", "opus-mt-fr-en", "opus-mt-fr-es", "somebody--opus-mt-fr-en"}
    assert {name for name, row in rows.items() if row["pulled"]} == pulled
    assert {name for name, row in rows.items() if row["used"]} == {"small", "opus-mt-fr-en"}
    assert rows["somebody--opus-mt-fr-en"]["kind"] == "translation"
    assert "* what `run` would use." in said("list")
    (models.parent / "livesubs.toml").write_text('[speech]\nmodel = "tiny"\n[translation]\nto = ["es"]\n')
    assert {name for name, row in listed().items() if row["used"]} == {"tiny", "opus-mt-fr-es"}
    assert [line.split()[1] for line in said("list").splitlines() if line.startswith("*  ")] == [
        "tiny",
        "opus-mt-fr-es",
    ]


def test_what_fits() -> None:
    small = WHISPER["small"]
    enough = int(small.memory / SPARE) + MB
    assert catalogue.fits(small, enough)
    assert catalogue.obstacle(small, enough - 2 * MB) == "memory"
    assert catalogue.obstacle(small, enough, cores=CORES) == ""
    assert catalogue.obstacle(small, enough, cores=CORES / 2) == "cores"
    costs = [size.cost for size in WHISPER.values()]
    assert costs == sorted(costs), "of several that were pulled the last is used"


def test_what_fits_only_a_gpu_is_left_open(tmp_path: Path) -> None:
    def fits(gpus: int) -> dict[str, bool | None]:
        return {row.name: row.fits for row in shelf.rows(tmp_path, Settings(), shelf.Machine(1200 * MB, 8, gpus))}

    assert [fits(0)[name] for name in ("small", "large-v3", "opus-mt-fr-en", "nllb-1.3B")] == [True, False, True, False]
    assert [fits(1)[name] for name in ("small", "large-v3", "opus-mt-fr-en", "nllb-1.3B")] == [True, None, True, False]
    machine = shelf.Machine(1200 * MB, 8, 1)
    with (console := Console(width=80)).capture() as shown:
        console.print(shelf.table(shelf.rows(tmp_path, Settings(), machine), machine))
    assert "GPU 4.5 GB?" in shown.get()
    assert max(map(len, shown.get().splitlines())) <= 80


def test_names_and_repositories() -> None:
    assert catalogue.repository("tiny") == "Systran/faster-whisper-tiny"
    assert catalogue.repository("opus-mt-nl-en") == "gaudi/opus-mt-nl-en-ctranslate2"
    assert catalogue.repository("somebody/something") == "somebody/something"


def test_a_terminal_sees_a_bar_and_a_pipe_sees_lines(capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.commands.downloads import progress

    with progress("tiny") as show:
        for done in range(101):
            show(done * MB, 100 * MB)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "tiny: 0 of 100 MB"
    assert lines[-1] == "tiny: 100 of 100 MB"
    assert len(lines) == 11


def test_a_gpu_that_fails_leaves_a_model_that_the_processor_bears(tmp_path: Path) -> None:
    for name in ("base", "small", "large-v3"):
        folder = tmp_path / name
        folder.mkdir()
        for file in ("config.json", "model.bin", "tokenizer.json", "vocabulary.json"):
            (folder / file).write_text("{}")
    chosen = SpeechSettings(model=str(tmp_path / "large-v3"), device="auto", compute_type="float16", window=12.0)
    machine = shelf.Machine(memory=8 * 10**9, cores=4, gpus=1)
    [spare] = shelf.spares(tmp_path, chosen, machine)
    assert (spare.device, spare.compute_type, spare.model, spare.window) == (
        "cpu",
        "default",
        str(tmp_path / "small"),
        None,
    )
    assert shelf.spares(tmp_path, chosen, shelf.Machine(memory=8 * 10**9, cores=4, gpus=0)) == []
