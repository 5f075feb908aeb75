"""The session folder: nothing of anyone else's is ever removed, and a refusal leaves nothing behind."""

from pathlib import Path

import pytest

from pipeline import folder
from pipeline.errors import SessionError


def test_what_others_put_there_meanwhile_is_theirs(tmp_path: Path) -> None:
    out = tmp_path / "s"
    with folder.new(out):
        for name in ("audio.s16", "ffmpeg.log", "journal.jsonl", "subtitles.en.srt", ".subtitles.en.srt.part"):
            (out / name).touch()
        (out / "archive").mkdir()
        (out / "archive" / "0001-00000.ts").touch()
        (out / "names.txt").write_text("a glossary")
        (out / "slides").mkdir()
        folder.empty(out)
    assert sorted(entry.name for entry in out.iterdir() if entry.name != ".lock") == ["names.txt", "slides"]


def test_a_folder_that_was_made_for_nothing_goes_and_one_that_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for name in ("new", "old"):
        with folder.new(tmp_path / name):
            (tmp_path / name / "journal.jsonl").touch()
            folder.empty(tmp_path / name)
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "old").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    for impossible in (Path("/proc/none/s"), tmp_path / ("n" * 300)):
        with pytest.raises(SessionError, match="cannot write"), folder.new(impossible):
            pass
