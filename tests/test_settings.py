"""A settings file or a flag that is wrong: which line, which name, what is meant."""

from pathlib import Path
from typing import Any

import pytest

from pipeline import settings
from pipeline.errors import SettingsError
from pipeline.settings import Settings


def refusal(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        settings.load(file)
    return str(caught.value).removeprefix(str(file))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[speech]\nengpoint = 1\n", ', line 2: there is no setting "engpoint" in [speech]; did you mean "endpoint"?'),
        ("\n[speach]\nbeam = 1\n", ", line 2: there is no table [speach]; did you mean [speech]?"),
        ("[source]\nbeam = 3\n", ', line 2: there is no setting "beam" in [source]; it belongs below [speech]'),
        ("threads = 2\n", "above the first table; it belongs below [speech] or below [translation]"),
        ("[cues]\ndemo = true\n", ', line 2: there is no setting "demo" in [cues]; it belongs above the first table'),
        ("[source]\nmodell = 1\n", 'in [source]; did you mean "model", which belongs below [speech]?'),
        ("[source]\nfor = 3\n", 'in [source]; did you mean "length"?'),
        ("[translation]\nengines = []\n", 'in [translation]; did you mean "chain"?'),
        ("[translation]\nmt-model = []\n", 'in [translation]; did you mean "models"?'),
        ("[translation]\nmodel = []\n", 'in [translation]; did you mean "models"?'),
        ("[speech]\ntranslate = []\n", 'did you mean "chain", which belongs below [translation]?'),
        ("[translation]\nlings = 1\n", "in [translation]; there are to, chain, "),
        ("[sentences]\nxyz = 1\n", "in [sentences]; there are pause, longest, alone"),
        ('[translation.urls]\nlibra = ""\n', ', line 2: there is no setting "libra" in [translation.urls]; did you'),
        ('[translation]\nlibre = "http://127.0.0.1"\n', "in [translation]; it belongs below [translation.urls]"),
    ],
)
def test_a_wrong_name_is_told_with_the_right_one(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path / "livesubs.toml", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[speech]\nbeam = "five"\n', ', line 2: [speech] beam must be a whole number, 1 or more; it is "five"'),
        ("[speech]\n# a line\nwindow = 99\n", ", line 3: [speech] window must be a number above 0 and at most 30; it "),
        ("[speech]\nlongest = 2\n", "must be a number from 3 to 25; it is 2"),
        ("[source]\nlength = 0\n", "must be a number above 0; it is 0"),
        ('[source]\narchive = "no"\n', 'must be true or false; it is "no"'),
        ('[translation]\nto = "en"\n', '[translation] to must be a list of texts in brackets; it is "en"'),
        ('[translation]\nto = ["en", 3]\n', 'it is ["en",3]'),
        ("translation.urls.libre = 4\n", ", line 1: [translation.urls] libre must be a text in quotes; it is 4"),
        ("demo = 1\n", ", line 1: demo must be true or false; it is 1"),
        ("speech = 3\n", ", line 1: speech must be a table; write a line [speech]"),
    ],
)
def test_a_wrong_value_is_told_in_words(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path / "livesubs.toml", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[speech]\nbeam = five\n", "line 2"),
        ("[speech]\nbeam = 1\nbeam = 2\n\n[cues]\n", "line 3"),
        ('[translation]\nto = ["en"\n', "brackets"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path / "livesubs.toml", text)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "livesubs.toml"
    file.write_bytes("[speech]\n# à\n".encode("latin-1"))
    for path, said in {file: "UTF-8", tmp_path: "check the path", tmp_path / "none": "check the path"}.items():
        with pytest.raises(SettingsError, match=said):
            settings.load(path)


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / "livesubs.toml"
    file.write_bytes("\ufeff[cues]\r\ncpl = 37\r\n".encode())
    assert settings.load(file).cues.cpl == 37


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"source": {"audio": 0}}, "--audio must be a whole number, 1 or more; it is 0"),
        ({"source": {"length": 0.0}}, "--for must be a number above 0; it is 0.0"),
    ],
)
def test_a_flag_is_refused_by_its_name(tables: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.override(Settings(), **tables)
    assert str(caught.value) == f"{said} (`livesubs run --help` says what is allowed)"
