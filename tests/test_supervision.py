"""A session that dies goes on by itself; one that dies again and again is left to a person."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from pipeline import supervision
from pipeline.audio import AudioFile
from pipeline.events import Gap, Resumed, Warned
from pipeline.flow import SystemClock
from pipeline.journal import read
from pipeline.session import Session
from pipeline.settings import Settings, override
from pipeline.speech.messages import Heard
from pipeline.supervision import Supervised
from pipeline.system import STOP_SIGNALS
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


@pytest.fixture
def own_signals() -> Iterator[None]:
    """The signal handlers of the tests, back after one in which others were set."""
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Children:
    """What is started in the place of livesubs: Python programs in the order of `programs`, the last one ever after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *programs: str, started: Callable[[], None] = lambda: None):
        monkeypatch.setattr(supervision, "_start", self._start)
        monkeypatch.setattr(supervision, "_PAUSES", (0.2, 0.2, 0.2))
        self._programs, self._started = programs, started
        self.words: list[Sequence[str]] = []

    def _start(self, words: Sequence[str]) -> "subprocess.Popen[bytes]":
        self.words.append(words)
        program = self._programs[min(len(self.words), len(self._programs)) - 1]
        # A SIGTERM waits until the program looks for it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        child = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        self._started()
        return child


KILLED = "import os; os.kill(os.getpid(), 9)"
OBEYS = "import signal, sys; sys.exit(signal.sigwait({15}) - 15)"


@pytest.mark.usefixtures("own_signals")
def test_one_that_dies_again_and_again_is_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    children, said = Children(monkeypatch, KILLED), list[str]()
    supervised = Supervised(["run"], ["run", "--resume", "my show"], lambda: True)
    assert supervised.run(said.append) == 128 + signal.SIGKILL
    assert children.words == [["run"], *[["run", "--resume", "my show"]] * 3]
    assert said[-1].endswith("run --resume 'my show'")


@pytest.mark.usefixtures("own_signals")
def test_one_that_is_asked_to_stop_before_it_goes_on_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    children, said = Children(monkeypatch, KILLED), list[str]()

    def tell(text: str) -> None:
        said.append(text)
        os.kill(os.getpid(), signal.SIGTERM)

    assert Supervised(["run"], ["again"], lambda: True).run(tell) == 128 + signal.SIGKILL
    assert children.words == [["run"]]
    assert "to go on: " in said[-1]


@pytest.mark.usefixtures("own_signals")
def test_a_ctrl_c_while_it_is_being_started_reaches_it_once_and_politely(monkeypatch: pytest.MonkeyPatch) -> None:
    Children(monkeypatch, OBEYS, started=lambda: os.kill(os.getpid(), signal.SIGINT))
    assert Supervised(["run"], ["again"], lambda: True).run(pytest.fail) == 0


@pytest.mark.usefixtures("own_signals")
def test_what_had_ended_and_what_is_somebody_else_s_does_not_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    children = Children(monkeypatch, KILLED, "")
    assert Supervised(["run"], ["again"], lambda: False).run(lambda text: None) == 0
    assert children.words == [["run"], ["run"]]  # as it was typed: so it is refused, or begins


@pytest.mark.usefixtures("own_signals")
def test_a_refusal_is_final_at_first_and_may_pass_later(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = "import sys; sys.exit(6)"
    children = Children(monkeypatch, refused)
    assert Supervised(["run"], ["again"], lambda: True).run(pytest.fail) == 6
    children = Children(monkeypatch, KILLED, refused, "")
    assert Supervised(["run"], ["again"], lambda: True).run(lambda text: None) == 0
    assert children.words == [["run"], ["again"], ["again"]]


@pytest.mark.usefixtures("own_signals")
def test_a_terminal_that_is_gone_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(text: str) -> None:
        raise BrokenPipeError

    children = Children(monkeypatch, KILLED, "")
    assert Supervised(["run"], ["again"], lambda: True).run(gone) == 0
    assert len(children.words) == 2


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


@pytest.mark.parametrize(("long", "recorded_on"), [(0.0, False), (60.0, True)])
def test_a_fault_of_ours_ends_the_session_only_where_to_begin_anew_would_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: float, recorded_on: bool
) -> None:
    monkeypatch.setattr("pipeline.session.LONG", long)
    settings = override(Settings(), source={"pace": 16.0})
    session = Session(str(SAMPLES / "rally.mp4"), tmp_path / "s", settings, Broken(), {}, SystemClock(), watched=True)
    with pytest.raises(ValueError, match="a fault"):
        session.run(Nobody())
    events = [entry.event for entry in read(tmp_path / "s" / "journal.jsonl")]
    warned = [event.text for event in events if isinstance(event, Warned)]
    assert any("the recording goes on without subtitles" in text for text in warned) == recorded_on
    assert (AudioFile(tmp_path / "s" / "audio.s16").recorded > 70) == recorded_on


@pytest.mark.usefixtures("own_signals")
def test_what_runs_beside_it_is_left_when_it_is_done_and_begins_anew_when_it_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beside, said = {"the publisher": ["publish"]}, list[str]()
    children = Children(monkeypatch, "", "import time; time.sleep(1)")
    assert Supervised(["run"], ["again"], lambda: True, lambda: True, beside).run(said.append) == 0
    assert children.words == [["publish"], ["run"]]
    children = Children(monkeypatch, f"import time; time.sleep(1); {KILLED}", "")
    assert Supervised(["run"], ["again"], lambda: True, lambda: True, beside).run(said.append) == 0
    assert children.words == [["publish"], ["run"], ["publish"]]
    assert said[-1] == "the publisher died (SIGKILL); it is started again"
