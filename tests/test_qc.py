"""`livesubs qc` as it is used: exit codes, table, JSON, CSV, profiles, session folders, mending."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from pipeline import cli
from pipeline.drafts import Draft
from pipeline.errors import SettingsError
from pipeline.review import file as files
from pipeline.review import texts
from pipeline.review.profile import PROFILES, Profile, find
from pipeline.subtitles import quality
from pipeline.web.drafts import Drafts
from tests.test_layout import HEAVY

SOUND = "1\n00:00:01,000 --> 00:00:03,000\nGood evening.\n\n2\n00:00:04,000 --> 00:00:06,000\nThank you.\n\n"
FAULTY = SOUND.replace("Thank you.", "Thank  you...").replace("04,000", "02,900")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.srt").write_text(FAULTY)
    return tmp_path / "a.srt"


def qc(*arguments: object) -> int:
    return int(cli.app(["qc", *map(str, arguments)], standalone_mode=False) or 0)


def test_what_is_sound_passes_and_what_is_not_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert qc(file) == 1
    told = capsys.readouterr().out
    assert re.search(r"2 00:00:02,900 +overlap +0\.1 \(0\) +Thank", told)
    assert f"{file}: 3 faults in 2 cues by netflix-en" in told
    assert "Not checked: shot changes" in told
    file.write_text(SOUND)
    assert qc(file) == 0
    assert "2 cues, nothing wrong" in capsys.readouterr().out


def test_a_speed_that_is_hardly_over_looks_over(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """59 characters in 2.949 seconds are 20.007 a second, which every checker takes for more than 20."""
    text = "Good evening, and thank you\nso very much for coming tonight."
    file.write_text(f"1\n00:00:01,000 --> 00:00:03,949\n{text}\n\n")
    assert qc(file) == 1
    assert re.search(r"cps +20\.1 \(20\)", capsys.readouterr().out)
    assert qc(file, "--json") == 1
    assert {fault["found"] for fault in json.loads(capsys.readouterr().out) if fault["rule"] == "cps"} == {20.007}


def test_json_and_csv_say_the_same_for_programs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert qc(file, "--json") == 1
    faults = json.loads(capsys.readouterr().out)
    assert [(fault["cue"], fault["start"], fault["rule"]) for fault in faults] == [
        (2, 2.9, "ellipsis"),
        (2, 2.9, "overlap"),
        (2, 2.9, "spaces"),
    ]
    overlap = faults[1]
    assert (overlap["file"], overlap["line"], overlap["found"], overlap["allowed"]) == (str(file), 6, 0.1, 0)
    assert qc(file, "--csv") == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [{key: str(fault[key]) for key in row} for fault, row in zip(faults, rows, strict=True)] == rows


def test_what_cannot_be_read_is_told_beside_the_rest(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file.parent / "film.srt").write_bytes(bytes(range(256)) * 9)
    assert qc(file, file.parent / "none.srt", file.parent / "film.srt", "--json") == 2
    faults = json.loads(capsys.readouterr().out)
    assert {fault["rule"] for fault in faults} == {"ellipsis", "overlap", "spaces", "unreadable", "not-text"}


def test_of_a_session_folder_it_takes_the_track_in_the_language_of_the_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("en.srt", "fr.srt", "fr-en.srt", "en.vtt", "en.fixed.srt"):
        (tmp_path / f"subtitles.{name}").write_text(SOUND)
    assert qc(tmp_path) == qc(tmp_path, "--profile", "netflix-fr") == 0
    told = capsys.readouterr().out
    assert re.findall(r"subtitles\.(\S+):", told) == ["en.srt", "fr.srt"]
    (tmp_path / "subtitles.en.srt").unlink()
    with pytest.raises(SettingsError, match="only in fr"):
        qc(tmp_path)
    with pytest.raises(SettingsError, match="no subtitles; name"):
        qc(tmp_path.parent)


def test_a_line_of_a_session_that_is_being_written_at_the_desk_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "subtitles.en.srt").write_text(SOUND)
    assert qc(tmp_path, "--json") == 0
    assert not capsys.readouterr().err
    Drafts(tmp_path, lambda *told: None).keep("s1.en.1", Draft(lang="en", text="Half a", start=0.0, end=1.0, rev=1))
    assert qc(tmp_path, "--json") == 0
    told = capsys.readouterr()
    assert "1 line begun at the desk is not finished, and not in it" in told.err
    assert json.loads(told.out) == []


def test_mending_writes_a_file_beside_shows_what_changed_and_leaves_the_original(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert qc(file, "--fix") == 0
    told = capsys.readouterr().out
    assert "-Thank  you...\n+Thank you…\n" in told
    assert "-00:00:01,000 --> 00:00:03,000\n+00:00:01,000 --> 00:00:02,817\n" in told
    assert file.read_text() == FAULTY
    fixed = file.with_name("a.fixed.srt")
    assert qc(fixed) == qc(file, "--fix") == 0
    fixed.write_text("mine")
    assert qc(file, "--fix") == 2
    assert fixed.read_text() == "mine"
    assert qc(file, "--fix", "--out", file) == 0
    assert file.read_text() != FAULTY
    with pytest.raises(SettingsError, match="--out"):
        qc(file, fixed, "--fix", "--out", file)


def test_mending_never_loses_text_that_belongs_to_no_cue(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(f"By nobody\n\n{SOUND}")
    assert qc(file, "--fix") == 2
    assert "line 1: this text belongs to no cue" in capsys.readouterr().out
    assert not file.with_name("a.fixed.srt").exists()


def test_a_profile_of_your_own_goes_by_another_and_changes_what_it_says(file: Path) -> None:
    own = file.with_name("own.toml")
    own.write_text('base = "netflix-en"\nellipsis = "..."\ngap = 0\ncpl = 37\n')
    assert find(str(own)) == replace(find("netflix-en"), base="netflix-en", ellipsis="...", gap=0, cpl=37)
    file.write_text(FAULTY.replace("  ", " ").replace("02,900", "03,000"))
    assert qc(file, "--profile", own) == 0
    own.write_text("lines = 1\n")
    assert find(str(own)) == Profile(lines=1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shortst = 1", 'line 1: there is no setting "shortst"; did you mean "shortest"?'),
        ('\ncpl = "42"', "line 2: cpl must be a whole number, 0 or more; it is"),
        ('base = "netflix"', "did you mean netflix-"),
        ("cpl = ", "mend it there"),
        ('ellipsis = "…."', "must be one of"),
    ],
)
def test_what_is_wrong_with_a_profile_is_told_in_a_sentence(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(SettingsError, match=re.escape(told)):
        find(str(tmp_path / "own.toml"))
    with pytest.raises(SettingsError, match="did you mean ted"):
        find("tedd")


def test_frames_are_those_of_the_picture(file: Path) -> None:
    """Two frames: 80 ms at 25 a second, 83 at 24."""
    file.write_text(SOUND.replace("00:00:03,000", "00:00:03,920"))
    assert (qc(file), qc(file, "--fps", "25")) == (1, 0)


def test_every_rule_and_profile_is_in_the_docs() -> None:
    page = (Path(__file__).parent.parent / "docs" / "qc.md").read_text(encoding="utf-8")
    rules = {*get_args(files.Rule), *get_args(quality.Rule), *texts.RULES, "unreadable"}
    assert {rule for rule in rules if f"| `{rule}` |" not in page} == set()
    assert {name for name in PROFILES if name not in page} == set()


def test_it_starts_at_once(file: Path) -> None:
    code = f"import sys, pipeline.cli as c; c.app(['qc', {str(file)!r}], standalone_mode=False); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {name.split(".")[0] for name in told.split("\n")[-2].split()} & (HEAVY | {"numpy", "starlette"})
