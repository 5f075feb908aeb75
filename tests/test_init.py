"""`livesubs init`, and which settings file is in force."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pipeline import cli, settings
from pipeline.commands.init import explanations
from pipeline.errors import SettingsError
from pipeline.settings import Settings, Table


def livesubs(*arguments: str) -> None:
    cli.app([*arguments], standalone_mode=False)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings of every session that would have begun."""
    sessions: list[Settings] = []
    monkeypatch.setattr("pipeline.commands.run.subtitle", lambda source, out, chosen, **_: sessions.append(chosen))
    return sessions


def tables(table: type[Table] = Settings) -> Iterator[type[Table]]:
    yield table
    for field in msgspec.structs.fields(table):
        if isinstance(field.default, Table):
            yield from tables(type(field.default))


def test_what_init_writes_changes_nothing_and_says_the_defaults() -> None:
    livesubs("init")
    file = Path("livesubs.toml")
    text = file.read_text("utf-8")
    assert settings.load(file) == Settings()
    switched_on = re.sub(r"(?m)^#(?=\w)", "", text)
    assert switched_on.count("\n#") > 40, "the explanations are still there"
    file.write_text(switched_on, encoding="utf-8")
    assert settings.load(file) == Settings()
    for table in tables():
        for field in msgspec.structs.fields(table):
            assert re.search(rf"(?m)^(# ?{field.name} = |\[([\w.]+\.)?{field.name}])", text), field.name


@pytest.mark.parametrize("table", [*tables()], ids=lambda table: table.__name__)
def test_every_setting_says_what_it_is(table: type[Table]) -> None:
    plain = {field.name for field in msgspec.structs.fields(table) if not isinstance(field.default, Table)}
    assert plain <= explanations(table).keys()
    assert table.__doc__


def test_what_to_type_next_is_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    livesubs("init", "paris.toml")
    said, example = capsys.readouterr().out.splitlines()
    assert said.endswith("then, for instance:")
    assert "run --settings paris.toml https://example.org/" in example


def test_init_never_writes_over_a_file_unasked() -> None:
    file = Path("livesubs.toml")
    file.write_text("demo = true\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="--force"):
        livesubs("init")
    assert file.read_text("utf-8") == "demo = true\n"
    livesubs("init", "--force")
    assert settings.load(file) == Settings()


def test_a_run_says_which_settings_file_is_in_force(begun: list[Settings], capsys: pytest.CaptureFixture[str]) -> None:
    livesubs("run", "stream", "--demo")
    assert "livesubs.toml" not in capsys.readouterr().out
    livesubs("init")
    capsys.readouterr()
    livesubs("run", "stream", "--demo")
    assert capsys.readouterr().out.count("livesubs.toml") == 1
    livesubs("run", "stream", "--demo", "--json")
    assert not capsys.readouterr().out, "only events"


def test_a_flag_replaces_a_list_and_leaves_the_others(begun: list[Settings]) -> None:
    Path("livesubs.toml").write_text(
        'demo = true\n[translation]\nchain = ["local", "google"]\nto = ["en", "es"]\n', encoding="utf-8"
    )
    livesubs("run", "stream", "--translate", "local")
    assert (begun[0].translation.chain, begun[0].translation.to) == (("local",), ("en", "es"))
