"""A disk that is full for a while, a folder that somebody removes: the subtitles go on and nothing is missing after."""

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.audio import AudioFile
from pipeline.doctor import examine
from pipeline.events import Gap, Removed, Sentence, Warned
from pipeline.flow import SystemClock
from pipeline.journal import Journal, read
from pipeline.lines import clock_time
from pipeline.state import fold
from tests.measures import SAMPLES, cues, wer
from tests.servers import free_port
from tests.test_session import _count, _srt, finish, start
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not shutil.which("mount"):
        pytest.skip("needs `mount` to make a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk (root, as in CI)")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return filler


def test_a_journal_keeps_in_memory_what_the_disk_does_not_take(small_disk: Path) -> None:
    heard: list[str] = []
    with Journal(small_disk, SystemClock()) as journal:
        journal.listeners.append(lambda entry: heard.append(getattr(entry.event, "text", "")))
        journal.append(Warned(text="one"))
        filler = fill(small_disk)
        for number in range(300):
            journal.append(Warned(text=f"{number} {'x' * 200}"))
        assert any("is full" in text for text in heard)
        filler.unlink()
        journal.append(Warned(text="last"))
    texts = [entry.event.text for entry in read(small_disk / "journal.jsonl") if isinstance(entry.event, Warned)]
    assert texts == heard
    assert [entry.seq for entry in read(small_disk / "journal.jsonl")] == list(range(1, len(heard) + 1))
    assert sum("is full" in text for text in texts) == sum("written again" in text for text in texts) == 1


def test_a_full_disk_costs_no_sentence_when_there_is_room_again(small_disk: Path) -> None:
    out = small_disk / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "8")
    until(lambda: AudioFile(out / "audio.s16").recorded > 8, 60)
    filler = fill(small_disk)
    until(lambda: not _alive_ffmpeg(session), 60)
    filler.unlink()
    assert finish(session) == 0
    events = [entry.event for entry in read(out / "journal.jsonl")]
    assert any("full" in event.text for event in events if isinstance(event, Warned))
    state = fold(events)
    assert not state.gaps
    assert wer(SAMPLES / "rally.fr.srt", _srt(out, "fr")) <= 0.03
    assert len(cues(_srt(out, "en"))) == len(state.track("en"))


def test_ctrl_c_on_a_full_disk_waits_for_room(small_disk: Path, tmp_path: Path) -> None:
    out, said = small_disk / "s", tmp_path / "said.jsonl"
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--pace", "4", "--json"]
    with (
        said.open("wb") as screen,
        subprocess.Popen([*command, "--out", str(out)], stdout=screen) as session,
        contextlib.ExitStack() as stack,
    ):
        stack.callback(session.kill)  # or a failure would wait for its end
        until(lambda: _count(out, "sentence") >= 3, 60)
        filler = fill(small_disk)
        until(lambda: b"subtitles go on" in said.read_bytes(), 60)
        session.send_signal(signal.SIGINT)
        until(lambda: b"not all is written yet" in said.read_bytes(), 60)
        filler.unlink()
        assert session.wait(240) == 0
    state = fold(entry.event for entry in read(out / "journal.jsonl"))
    assert state.ended
    assert len(cues(_srt(out, "en"))) == len(state.track("en")) >= 3


def _alive_ffmpeg(session: "subprocess.Popen[bytes]") -> bool:
    import psutil

    try:
        return any("ffmpeg" in child.name() for child in psutil.Process(session.pid).children(recursive=True))
    except psutil.NoSuchProcess:  # it ended while it was looked at
        return True


def test_a_folder_that_is_removed_comes_back_with_all_that_was_in_its_journal(tmp_path: Path) -> None:
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "2")
    until(lambda: _count(out, "sentence") >= 3, 60)
    out.rename(tmp_path / "moved")  # in one step, while it is written to
    shutil.rmtree(tmp_path / "moved")
    until(lambda: _count(out, "sentence") >= 3, 30)
    until(lambda: len(cues(_srt(out, "en"))) >= 2 if _srt(out, "en").exists() else False, 30)
    until(lambda: (out / "archive").is_dir(), 30)
    session.send_signal(signal.SIGINT)
    finish(session)
    entries = list(read(out / "journal.jsonl"))
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    [removed] = [entry.event for entry in entries if isinstance(entry.event, Removed)]
    rows = {row.row: row for row in examine(out)}
    assert removed.stream > 5
    assert not rows["sound"].ok
    assert not rows["archive"].ok
    assert f"up to {clock_time(removed.stream)} is gone" in rows["sound"].say
    assert len([entry for entry in entries if isinstance(entry.event, Sentence)]) >= 3
    assert not [entry for entry in entries if isinstance(entry.event, Gap)]


def test_a_session_that_recorded_nothing_leaves_no_folder(tmp_path: Path) -> None:
    assert finish(start(f"http://127.0.0.1:{free_port()}/live.mp3", tmp_path / "s")) == 3
    assert not (tmp_path / "s").exists()
