"""A session that dies goes on by itself; one that dies again and again is left to a person."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.audio import AudioFile
from pipeline.events import Gap, Resumed, Warned
from pipeline.flow import SystemClock
from pipeline.journal import read
from pipeline.session import Session
from pipeline.settings import Settings, override
from pipeline.speech.messages import Heard
from tests.measures import SAMPLES, wer
from tests.test_session_waiting import Deaf, Nobody
from tests.waiting import until


@pytest.fixture
def show(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A session in `s` that has made two sentences."""
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--pace", "4"]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "s")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as started:
        until(lambda: _journal(tmp_path / "s").count(b'"kind":"sentence"') >= 2, 60)
        yield started
        started.kill()


def _journal(folder: Path) -> bytes:
    path = folder / "journal.jsonl"
    return path.read_bytes() if path.exists() else b""


def _session(show: "subprocess.Popen[str]", *, but: int = 0) -> int:
    """The number of the session's process, once there is one (other than `but`)."""

    def found() -> int:
        pids = [child.pid for child in psutil.Process(show.pid).children()]
        return next((pid for pid in pids if pid != but), 0)

    return int(until(found, 20))


def test_a_session_that_is_killed_goes_on_by_itself(show: "subprocess.Popen[str]", tmp_path: Path) -> None:
    psutil.Process(_session(show)).kill()
    _, said = show.communicate(timeout=120)
    assert show.returncode == 0
    assert "the session was killed (SIGKILL); it goes on by itself" in said
    events = [entry.event for entry in read(tmp_path / "s" / "journal.jsonl")]
    assert len([event for event in events if isinstance(event, Resumed)]) == 1
    assert not [event for event in events if isinstance(event, Gap)]  # of a file nothing is missing
    assert wer(SAMPLES / "rally.fr.srt", tmp_path / "s" / "subtitles.fr.srt") <= 0.03


def test_one_that_dies_again_and_again_is_left_to_a_person(show: "subprocess.Popen[str]", tmp_path: Path) -> None:
    dead = 0
    for _ in range(3):
        dead = _session(show, but=dead)
        psutil.Process(dead).kill()
    _, said = show.communicate(timeout=30)
    assert show.returncode == 128 + signal.SIGKILL
    assert said.splitlines()[-1].endswith(f"run --resume {tmp_path / 's'}")
    assert "Traceback" not in said


def test_one_that_was_asked_to_stop_does_not_begin_anew(show: "subprocess.Popen[str]") -> None:
    session = psutil.Process(_session(show))
    session.suspend()  # so that it cannot end in order
    until(lambda: session.status() == psutil.STATUS_STOPPED, 10)  # or a thread of it takes the signal yet
    show.send_signal(signal.SIGINT)
    until(lambda: signal.SIGINT in _pending(session.pid), 10)
    session.kill()
    _, said = show.communicate(timeout=30)
    assert show.returncode == 128 + signal.SIGKILL
    assert "to go on: " in said


def _pending(pid: int) -> set[int]:
    """The signals that a process was sent and has not seen (Linux)."""
    [mask] = [line.split()[1] for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "ShdPnd" in line]
    return {number for number in range(1, 65) if int(mask, 16) >> (number - 1) & 1}


class Broken(Deaf):
    """It has a fault of ours from the third question on."""

    def __init__(self) -> None:
        super().__init__(lambda: None)
        self._asked = 0

    def hear(self, start: float, end: float) -> Heard:
        self._asked += 1
        if self._asked > 2:
            raise ValueError("a fault")
        return super().hear(start, end)


@pytest.mark.parametrize(("soon", "recorded_on"), [(0.0, False), (60.0, True)])
def test_a_fault_of_ours_ends_the_session_only_where_to_begin_anew_would_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soon: float, recorded_on: bool
) -> None:
    monkeypatch.setattr("pipeline.session.SOON", soon)
    settings = override(Settings(), source={"pace": 16.0})
    session = Session(str(SAMPLES / "rally.mp4"), tmp_path / "s", settings, Broken(), {}, SystemClock(), watched=True)
    with pytest.raises(ValueError, match="a fault"):
        session.run(Nobody())
    events = [entry.event for entry in read(tmp_path / "s" / "journal.jsonl")]
    warned = [event.text for event in events if isinstance(event, Warned)]
    assert any("the recording goes on without subtitles" in text for text in warned) == recorded_on
    assert (AudioFile(tmp_path / "s" / "audio.s16").recorded > 70) == recorded_on
