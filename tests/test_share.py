"""Several runs on one recogniser process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import msgspec
import psutil
import pytest
from msgspec.structs import replace

from pipeline import __version__, cli, system
from pipeline.commands import check
from pipeline.errors import LivesubsError, SettingsError, WorkerError
from pipeline.events import Skipped, Warned
from pipeline.flow import merge
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech import (
    LocalRecogniser,
    RecogniserProcess,
    Sharing,
    SupervisedRecogniser,
    client,
    recognise,
    sharing,
)
from pipeline.speech.messages import Answered, Heard
from pipeline.speech.turns import Turns
from tests.hearing import DEMO, STREAM, chunks, recorded, sound, text, words
from tests.measures import SAMPLES
from tests.waiting import ended, until

LENGTH = 11.4  # a pause: which word half a one becomes, the processor decides
RALLY = str(SAMPLES / "rally.mp4")


@pytest.fixture
def told() -> list[str]:
    """What is told of runs that cannot share any more."""
    return []


@pytest.fixture
def shared(runtime: Path, told: list[str]) -> Iterator[Sharing]:
    there = Sharing(runtime / "livesubs", told.append)
    yield there
    for process in there._started:
        process.wait(60)  # the last run is gone


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("audio"), sound("rally")[: round(LENGTH * SAMPLE_RATE)])


@pytest.fixture(scope="module")
def alone(audio: Path) -> dict[str, str]:
    """What is heard without sharing, by policy."""
    return {settings.policy: text(_heard_here(audio, settings)) for settings in (DEMO, STREAM)}


def _heard_here(audio: Path, settings: SpeechSettings) -> list[Answered]:
    with LocalRecogniser() as local:
        local.open(audio, settings)
        return list(recognise(chunks(LENGTH, 1.0), local))


class Run:
    """Hears with the shared process, second by second."""

    def __init__(
        self, shared: Sharing, audio: Path, settings: SpeechSettings, kind: type[RecogniserProcess] = RecogniserProcess
    ) -> None:
        self.made: list[RecogniserProcess] = []
        self.recogniser = SupervisedRecogniser(
            lambda: self._made(kind(start=shared.link)), wait=lambda _: None, alone=lambda: self._made(kind())
        )
        self.recogniser.open(audio, settings)
        self.events: list[Answered] = []

    def _made(self, one: RecogniserProcess) -> RecogniserProcess:
        self.made.append(one)
        return one

    def hear(self, start: float, end: float) -> None:
        self.events += self.recogniser.hear(start, end).events

    def end(self) -> str:
        self.events += self.recogniser.finish().events
        self.recogniser.close()
        return text(self.events)

    @property
    def worker(self) -> psutil.Process:
        assert self.made[-1].pid
        return psutil.Process(self.made[-1].pid)

    @property
    def warnings(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Warned)]


def sockets(runtime: Path) -> list[Path]:
    return list(runtime.glob("livesubs/*.socket"))


def workers(runtime: Path) -> list[int]:
    """Of the processes that are alive."""
    every = psutil.process_iter(["cmdline"])
    return [p.pid for p in every if any(str(runtime) in word for word in p.info["cmdline"] or ())]


def test_two_runs_that_begin_at_the_same_moment_share_one_process_and_say_what_each_says_alone(
    runtime: Path, tmp_path: Path, rally: Path
) -> None:
    command = [sys.executable, "-m", "pipeline", "run", RALLY, "--demo", "--share-recogniser", "--end", "18.5"]
    command += ["--translate", "none"]
    runs = [
        subprocess.Popen(
            [*command, "--out", str(tmp_path / name)],
            env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b")
    ]
    [socket] = until(lambda: sockets(runtime), 30)
    assert socket.stat().st_mode & 0o777 == 0o600
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    assert ["window 0.5 s), shared" in run.communicate(timeout=240)[0] for run in runs] == [True, True]
    until(lambda: not workers(runtime), 10)
    assert not sockets(runtime)
    a, b, whole = (
        (folder / "subtitles.fr.srt").read_text("utf-8") for folder in (tmp_path / "a", tmp_path / "b", rally)
    )
    assert a == b
    assert "La parole est à la représentante" in a
    assert whole.startswith(a.rstrip())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_when_the_process_dies_or_hangs_every_run_hears_again_what_it_had_not_said(
    number: int, shared: Sharing, audio: Path, alone: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = client._HUNG
    runs = [Run(shared, audio, settings) for settings in (DEMO, STREAM)]
    first = runs[0].worker
    assert runs[1].worker == first
    for chunk in chunks(LENGTH, 1.0):
        monkeypatch.setattr(client, "_HUNG", 1.0 if chunk.start == 9 else usual)  # a busy machine takes as long at any
        if chunk.start == 9:
            first.send_signal(number)
        for run in runs:
            run.hear(chunk.start, chunk.end)
    assert runs[0].worker == runs[1].worker != first
    assert [run.end() for run in runs] == [alone["utterance"], alone["stream"]]
    for run in runs:
        assert "another is started and hears again what is missing" in run.warnings[0]


@pytest.mark.parametrize("settings", [DEMO, STREAM], ids=["utterance", "stream"])
def test_sound_that_kills_the_process_leaves_nothing_out_but_itself(
    settings: SpeechSettings, shared: Sharing, audio: Path, alone: dict[str, str]
) -> None:
    """Whenever one run hears what kills, the other one waits for its turn."""
    meet = Barrier(2, timeout=60)

    class Deadly(RecogniserProcess):
        def hear(self, start: float, end: float) -> Heard:
            if start < 7.5 < end and self.pid:
                if self._link and self._link.shared:
                    meet.wait()
                psutil.Process(self.pid).kill()
            return super().hear(start, end)

    class Waiting(RecogniserProcess):
        def hear(self, start: float, end: float) -> Heard:
            if start < 7.5 < end and self._link and self._link.shared and not left_out.is_set():
                process = psutil.Process(self.pid)
                meet.wait()
                until(lambda: ended(process), 10)
            return super().hear(start, end)

    left_out = Event()
    deadly, waiting = Run(shared, audio, settings, Deadly), Run(shared, audio, settings, Waiting)

    def kill() -> None:
        deadly.hear(7.0, 8.0)
        left_out.set()

    for run in (deadly, waiting):
        run.hear(0.0, 7.0)
    killing = Thread(target=kill)
    killing.start()
    waiting.hear(7.0, 8.0)
    killing.join()
    for chunk in chunks(LENGTH, 1.0)[8:]:
        for run in (deadly, waiting):
            run.hear(chunk.start, chunk.end)
    assert deadly.worker == waiting.worker  # both share again
    assert waiting.end() == alone[settings.policy]
    if settings is DEMO:  # with `stream`, times depend on how much was heard at once
        assert words(waiting.events) == words(_heard_here(audio, settings))  # and so the files, to the byte
    assert "one of this run's own is started" in waiting.warnings[1]
    deadly.end()
    [left] = [event for event in deadly.events if isinstance(event, Skipped)]
    assert left.start < 7.5 < left.end
    assert not any(isinstance(event, Skipped) for event in waiting.events)


KILLED = """
import sys, msgspec; from pathlib import Path; from pipeline.settings import SpeechSettings
from pipeline.speech import RecogniserProcess, Sharing
r = RecogniserProcess(start=Sharing(Path(sys.argv[3])).link)
r.open(Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=SpeechSettings))
print(r.pid, flush=True)
while True: r.hear(0, 16)
"""


def test_a_run_that_is_killed_also_the_one_that_started_it_is_nothing_to_the_others(
    runtime: Path, shared: Sharing, audio: Path, alone: dict[str, str]
) -> None:
    told = [str(audio), msgspec.json.encode(DEMO).decode(), str(runtime / "livesubs")]
    with subprocess.Popen([sys.executable, "-c", KILLED, *told], stdout=subprocess.PIPE) as other:
        assert other.stdout
        worker = psutil.Process(int(other.stdout.readline()))
        run = Run(shared, audio, DEMO)
        assert run.worker == worker
        run.hear(0.0, 6.0)
        other.kill()
    run.hear(6.0, LENGTH)
    assert run.end() == alone["utterance"]
    assert not run.warnings
    until(lambda: ended(worker), 10)  # with the last run
    assert not sockets(runtime)


def test_of_two_that_are_started_at_the_same_moment_one_stays(runtime: Path) -> None:
    shared = [Sharing(runtime / "livesubs") for _ in range(2)]
    links = merge([(one.link(DEMO) for _ in range(1)) for one in shared], bound=2, name="run")
    first, second = links
    assert first.pid == second.pid
    started = [process for one in shared for process in one._started]
    until(lambda: [process.poll() for process in started].count(None) == 1, 20)
    for link in (first, second):
        link.close()
    for process in started:
        process.wait(60)
    assert not sockets(runtime)


REFUSED = "the recogniser that runs share here is of livesubs {}, and this is 9.9"


def test_another_version_is_refused_at_the_start_and_later_a_run_has_its_own(
    shared: Sharing, told: list[str], audio: Path, alone: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(shared, audio, DEMO)
    run.hear(0.0, 7.0)
    monkeypatch.setattr(sharing, "__version__", "9.9")  # it was installed just now
    with pytest.raises(SettingsError, match=f"{REFUSED.format(__version__)}; end the other runs, or leave out"):
        shared.refuse(DEMO)
    run.worker.kill()
    run.hear(7.0, LENGTH)
    assert run.end() == alone["utterance"]
    assert told == [f"{REFUSED.format(__version__)}; this run takes a recogniser of its own"]


@pytest.mark.parametrize("other", [{"threads": 1}, {"device": "cuda"}, {"compute_type": "float32"}, {"model": "/m"}])
def test_what_cannot_be_shared_is_not(other: dict[str, Any], shared: Sharing) -> None:
    assert shared._place(DEMO) == shared._place(STREAM) != shared._place(replace(DEMO, **other))


@pytest.mark.parametrize("theirs", [False, True])
def test_a_folder_that_is_not_one_s_own_is_refused(theirs: bool, runtime: Path) -> None:
    folder = runtime / "livesubs"
    folder.mkdir(mode=0o700 if theirs else 0o777)
    if theirs:
        if os.geteuid():
            pytest.skip("only root can give a folder away")
        os.chown(folder, 4321, 4321)
    with pytest.raises(SettingsError, match="is not yours alone, so nothing is shared there"):
        Sharing(folder).refuse(DEMO)


@pytest.mark.parametrize(("mode", "good"), [(0o755, True), (0o1777, True), (0o777, False), (0o770, False)])
def test_a_folder_in_whose_place_others_may_put_another_is_refused(mode: int, good: bool, runtime: Path) -> None:
    """In one that is sticky they may not."""
    folder = runtime / "livesubs"
    folder.mkdir(mode=0o700)
    runtime.chmod(mode)
    with nullcontext() if good else pytest.raises(SettingsError, match="have nobody else write to the one above it"):
        Sharing(folder).refuse(DEMO)


def test_where_there_are_no_such_sockets_a_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "HAS_LOCAL_SOCKETS", False)
    out = tmp_path / "s"
    with pytest.raises(SettingsError, match="--share-recogniser is not available on this system; leave it out"):
        cli.app(["run", RALLY, "--demo", "--share-recogniser", "--out", str(out)], standalone_mode=False)
    assert not out.exists()
    [row] = check._shared(replace(DEMO, share_recogniser=True))
    assert not row.ok


def test_a_path_that_no_socket_can_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set XDG_RUNTIME_DIR to a shorter one"):
        Sharing(tmp_path / ("long" * 20)).refuse(DEMO)


def test_whoever_asks_all_the_time_does_not_keep_the_others_waiting() -> None:
    turns, hold, over = Turns(), Event(), Event()
    done: list[str] = []

    def work(name: str) -> None:
        done.append(name)
        hold.wait(60)

    def greedy() -> None:
        while not over.is_set():
            turns.take(lambda: work("greedy"))

    def patient() -> None:
        turns.take(lambda: work("patient"))
        over.set()

    threads = [Thread(target=greedy), Thread(target=greedy), Thread(target=patient)]
    for thread in threads[:2]:
        thread.start()
    until(lambda: turns._waiting.qsize() == 1, 5)
    threads[2].start()
    until(lambda: turns._waiting.qsize() == 2, 5)
    hold.set()
    for thread in threads:
        thread.join()
    assert done[:3] == ["greedy", "greedy", "patient"]


def test_what_goes_wrong_in_turn_is_the_asker_s() -> None:
    turns = Turns()

    def fail() -> None:
        raise WorkerError("no")

    with pytest.raises(LivesubsError):
        turns.take(fail)
    assert turns.take(lambda: 1) == 1
