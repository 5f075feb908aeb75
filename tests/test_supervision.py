"""A session that dies goes on by itself; one that dies again and again is left to a person."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline import supervision
from pipeline.audio import AudioFile
from pipeline.commands import run
from pipeline.companion import at_work
from pipeline.events import Cue, Gap, Progress, Resumed, Warned
from pipeline.flow import SystemClock
from pipeline.folder import Begun, held, write_settings
from pipeline.journal import Entry, encode, read
from pipeline.session import Session
from pipeline.settings import Settings, override
from pipeline.speech.messages import Heard
from pipeline.supervision import Supervised
from pipeline.system import STOP_SIGNALS, program
from tests.measures import PATIENT, SAMPLES, cues, wer
from tests.reported import BEGAN, begun, said
from tests.screen import Screen, on_screen
from tests.test_session_waiting import Deaf, Nobody
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Screen]:
    """A session in `s`, in a terminal, that has made two sentences."""
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--pace", "4"]
    command += ["--settings", str(PATIENT), "--out", str(tmp_path / "s")]
    with on_screen(*command, rows=70) as screen:
        until(lambda: _journal(tmp_path / "s").count(b'"kind":"sentence"') >= 2, 60)
        yield screen


def _journal(folder: Path) -> bytes:
    path = folder / "journal.jsonl"
    return path.read_bytes() if path.exists() else b""


def test_a_session_that_is_killed_goes_on_by_itself(show: Screen, tmp_path: Path) -> None:
    [session] = psutil.Process(show.process.pid).children()
    session.kill()
    # On a line of its own, below the picture that the killed one was drawing.
    until(lambda: "livesubs: the session was killed (SIGKILL); it goes on by itself" in show.lines, 20)
    assert show.process.wait(120) == 0
    written = [entry.event for entry in read(tmp_path / "s" / "journal.jsonl")]
    count = len([event for event in written if isinstance(event, Cue) and (event.lang, event.rev) == ("en", 1)])
    until(lambda: [line for line in show.lines if line.endswith(f"cues {count}")], 5)  # also those from before
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
        monkeypatch.setattr(supervision, "_PAUSES", (0.05, 0.05, 0.05))
        self._programs, self._started = programs, started
        self.words: list[Sequence[str]] = []
        self.processes: list[subprocess.Popen[bytes]] = []

    def _start(self, words: Sequence[str], **how: Any) -> "subprocess.Popen[bytes]":
        self.words.append(words)
        program = self._programs[min(len(self.words), len(self._programs)) - 1]
        # A SIGTERM waits until the program looks for it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        child = subprocess.Popen([sys.executable, "-c", program, *words], start_new_session=True, **how)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        self.processes.append(child)
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
@pytest.mark.parametrize(("program", "follows"), [("pass", True), (KILLED, False)])
def test_what_is_to_follow_follows_on_one_that_ended_well(
    monkeypatch: pytest.MonkeyPatch, program: str, follows: bool
) -> None:
    children = Children(monkeypatch, program)
    Supervised(["run"], ["run", "--resume", "s"], lambda: True, then=["refine", "s"]).run(list[str]().append)
    assert (["refine", "s"] in children.words) == follows


def _watched(folder: Path) -> int:
    return run._watched(["run", "stream", "--demo"], folder, {}, resumed=False, as_json=False)


@pytest.mark.usefixtures("own_signals")
def test_one_that_is_left_to_a_person_leaves_files_and_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def died() -> None:
        if not (tmp_path / "journal.jsonl").exists():
            write_settings(tmp_path, Settings(), Begun(source="stream"))
            events = [begun("en"), *said(1, 4.0), Progress(recorded=20.0, heard=20.0, compute=1.0)]
            lines = [encode(Entry(number, BEGAN + number, event)) for number, event in enumerate(events, 1)]
            (tmp_path / "journal.jsonl").write_bytes(b"\n".join([*lines, b""]))
            (tmp_path / "subtitles.en.srt").write_text("")

    Children(monkeypatch, KILLED, started=died)
    assert _watched(tmp_path) == 128 + signal.SIGKILL
    *_, report, last = capfd.readouterr().err.splitlines()
    assert report.endswith(f"in a browser: {tmp_path / 'report.html'}")
    assert "https://example.org/live.m3u8" in (tmp_path / "report.html").read_text()
    assert cues(tmp_path / "subtitles.en.srt")[0].content == "We hold."
    assert last.endswith(f"to go on: {program()} run --resume {tmp_path}")


FAULTY = """
import os, sys
from pipeline import cli
from pipeline.commands import run
def subtitle(*_, **__):
    raise ValueError("no such thing")
run.subtitle = subtitle
sys.argv[2:2] = ["--under", str(os.getppid())]
cli.main()
"""


@pytest.mark.usefixtures("own_signals")
def test_a_fault_that_comes_again_before_anything_is_recorded_is_told_in_a_sentence_and_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    children, log = Children(monkeypatch, FAULTY), tmp_path / "s" / "fault.log"
    assert _watched(tmp_path / "s") == 1
    fault = f"the session died of a fault of ours (ValueError: no such thing; all of it is in {log})"
    assert capfd.readouterr().err.splitlines() == [
        f"livesubs: {fault}; it is started once more",
        f"livesubs: {fault}, nothing had been recorded",
    ]
    assert len(children.words) == 2
    assert log.read_text().count("in subtitle\n") == 2
    assert not held(tmp_path / "s")  # so that the same can be typed again


@pytest.mark.usefixtures("own_signals")
def test_other_faults_before_anything_is_recorded_are_other_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    children, faults = Children(monkeypatch, "raise SystemExit(1)"), iter(["one", "another", "one", "one"])
    assert Supervised(["run"], ["again"], lambda: False, fault=lambda: next(faults)).run(lambda text: None) == 1
    assert len(children.words) == 4


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


class Beside:
    """What runs beside a session: it is done once the session has ended. A SIGTERM makes its exit code 3."""

    def __init__(self, folder: Path) -> None:
        self._done = folder / "done"
        os.mkfifo(self._done)
        self.program = f"import signal; open({str(self._done)!r}).read(); exit(3 if signal.sigpending() else 0)"
        self.said: list[str] = []

    def tell(self, text: str) -> None:
        self.said.append(text)
        if "still at work until it is done: the publisher" in text:
            self._done.write_text("")  # waits until it is read


PUBLISHER = {"the publisher": ["publish"]}


@pytest.mark.usefixtures("own_signals")
def test_what_runs_beside_it_is_left_when_it_is_done_and_begins_anew_when_it_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = Beside(tmp_path)
    children = Children(monkeypatch, beside.program, "")
    assert Supervised(["run"], ["again"], lambda: True, lambda: True, PUBLISHER).run(beside.tell) == 0
    assert children.words == [["publish"], ["run"]]
    children = Children(monkeypatch, f"{beside.program[: -len(' exit(3 if signal.sigpending() else 0)')]} {KILLED}", "")
    assert Supervised(["run"], ["again"], lambda: True, lambda: True, PUBLISHER).run(beside.tell) == 0
    assert children.words == [["publish"], ["run"], ["publish"]]
    assert "the publisher died (SIGKILL); it is being started again" in beside.said


@pytest.mark.usefixtures("own_signals")
def test_a_ctrl_c_ends_the_session_and_not_what_runs_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside, asked = Beside(tmp_path), iter([None, signal.SIGINT])

    def ask() -> None:
        if number := next(asked):
            os.kill(os.getpid(), number)

    children = Children(monkeypatch, beside.program, OBEYS, started=ask)
    assert Supervised(["run"], ["again"], lambda: True, lambda: True, PUBLISHER).run(beside.tell) == 0
    assert children.words == [["publish"], ["run"]]
    assert len(beside.said) == 1


def test_that_pages_are_still_open_is_no_work() -> None:
    assert at_work(["the page server"]) == "pages are still open"
    assert at_work(["the publisher", "the page server"]) == (
        "still at work until it is done: the publisher; pages are still open"
    )


@pytest.mark.usefixtures("own_signals")
def test_a_sigterm_ends_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "_ENDING", 5.0)
    asked = iter([None, None, signal.SIGTERM])

    def ask() -> None:
        if number := next(asked):
            os.kill(os.getpid(), number)

    beside = {**PUBLISHER, "the page server": ["screen"]}
    children = Children(monkeypatch, OBEYS, "import signal; signal.sigwait({10})", OBEYS, started=ask)
    assert Supervised(["run"], ["again"], lambda: True, lambda: True, beside).run(pytest.fail) == 0
    assert [child.wait() for child in children.processes] == [0, -signal.SIGKILL, 0]
