"""The session folder: nothing of anyone else's is ever removed, and a refusal leaves nothing behind."""

from pathlib import Path
from typing import Literal

import pytest

from pipeline import folder
from pipeline.errors import SessionError
from pipeline.events import Ended, Progress
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from pipeline.settings import Settings


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


@pytest.mark.parametrize(
    ("reason", "cut_off"),
    [("ended", False), ("stopped", False), ("aborted", False), ("failed", True), (None, True)],
)
def test_what_was_cut_off_is_told_from_what_is_over(
    tmp_path: Path, reason: Literal["ended", "stopped", "aborted", "failed"] | None, cut_off: bool
) -> None:
    assert not folder.cut_off(tmp_path)
    folder.write_settings(tmp_path, Settings(), folder.Begun(source="https://example.org/live.m3u8"))
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(Progress(recorded=60.0, heard=60.0, compute=1.0, origin=0.0, origin_at=1000.0))
        if reason:
            journal.append(Ended(reason=reason, stream=60.0))
    assert folder.cut_off(tmp_path) == cut_off
    assert folder.over(tmp_path) == (not cut_off)
    folder.write_settings(tmp_path, Settings(), folder.Begun(record=False))
    assert folder.over(tmp_path)
    assert folder.cut_off(tmp_path) == cut_off
