"""The session folder: nothing of anyone else's is ever removed, and a refusal leaves nothing behind."""

from pathlib import Path
from typing import Literal

import pytest

from pipeline import cli, folder
from pipeline.errors import SessionError
from pipeline.events import Ended, Progress
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
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


COMMANDS = [
    ["export"], ["qc"], ["score"], ["report"], ["pack"], ["refine"], ["learn"], ["review", "--no-browser"],
    ["compare", "other.srt"], ["import", "other.srt"], ["fit", "other.mp4"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_of_a_journal_without_a_session_every_command_says_what_is_true_and_what_to_do(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nGood evening.\n")
    Path("other.mp4").touch()
    path = Path("tonight")
    path.mkdir()
    (path / "journal.jsonl").touch()

    def refused() -> str:
        with pytest.raises(SessionError) as told:
            cli.app([command[0], str(path), *command[1:]], standalone_mode=False)
        return str(told.value)

    assert refused() == "there is no session in tonight, its journal.jsonl is empty; name another folder"
    folder.write_settings(path, Settings(), folder.Begun(source="https://example.org/live.m3u8"))
    assert refused().startswith("the session in tonight was cut off before its stream was connected, and has nothing;")
    assert refused().endswith("run --resume tonight")
    if command[0] != "review":  # which waits for it
        with lock(path):
            assert refused() == "the session in tonight has not begun yet; try again once its stream is connected"
    with Journal(path, SystemClock()) as journal:
        journal.append(Progress(recorded=60.0, heard=60.0, compute=1.0))
    assert refused() == "no journal.jsonl in tonight says what session it was; restore it from a copy"
