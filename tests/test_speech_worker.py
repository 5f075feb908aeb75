"""The recogniser in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from pipeline.errors import ModelError, WorkerError
from pipeline.settings import SAMPLE_RATE
from pipeline.speech import LocalRecogniser, RecogniserProcess, messages, recognise
from pipeline.speech.messages import Failed, Finish, Hear, Heard, Open, Ready
from tests.hearing import DEMO, chunks, recorded, sound, text
from tests.waiting import ended, until

NOISY = """
import os
from pipeline.speech import worker
answer = worker.Worker.answer
def chatty(self, line):
    print("a stray print", flush=True)
    os.write(1, b"and one from a native library")
    return answer(self, line)
worker.Worker.answer = chatty
worker.main()
"""


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    return recorded(tmp_path, sound("rally")[: 16 * SAMPLE_RATE])


@pytest.fixture
def recogniser(audio: Path) -> Iterator[RecogniserProcess]:
    with RecogniserProcess() as process:
        process.open(audio, DEMO)
        yield process


def exchange(audio: Path, *questions: messages.Message, code: str = "") -> list[messages.Answer]:
    """What a worker says to these questions, and nothing more; it must end by itself with its input. That
    ends when it has answered: what it is still at then has two seconds."""
    command = ["-c", code] if code else ["-m", "pipeline.speech.worker"]
    asked = [messages.encode(question) for question in (Open(str(audio), DEMO), *questions)]
    with subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin
        assert worker.stdout
        worker.stdin.write(b"".join(asked))
        worker.stdin.flush()
        answers = [messages.answer(worker.stdout.readline()) for _ in asked]
        worker.stdin.close()
        assert worker.stdout.read() == b""
        assert worker.wait() == 0
    return answers


def test_it_says_what_the_recogniser_in_process_says(recogniser: RecogniserProcess, audio: Path) -> None:
    with LocalRecogniser() as local:
        local.open(audio, DEMO)
        expected = list(recognise(chunks(16.0, 2.0), local))
    assert list(recognise(chunks(16.0, 2.0), recogniser)) == expected
    assert "Bonsoir à toutes et à tous." in text(expected)
    assert recogniser.compute > 0
    assert text(recogniser.recognise(3.5, 5.3)) == "Bonsoir à toutes et à tous."


def test_end_of_input_ends_it(audio: Path) -> None:
    ready, first, last = exchange(audio, Hear(0.0, 5.0), Finish())
    assert isinstance(ready, Ready)
    assert isinstance(first, Heard)
    assert isinstance(last, Heard)


def test_stray_prints_do_not_reach_the_protocol(audio: Path) -> None:
    answers = exchange(audio, Hear(0.0, 6.0), code=NOISY)
    assert [type(a) for a in answers] == [Ready, Heard]


def test_nonsense_is_answered_and_the_worker_lives_on(audio: Path) -> None:
    asked = b"what?\n" + messages.encode(Finish()) + messages.encode(Open(str(audio), DEMO))
    command = [sys.executable, "-m", "pipeline.speech.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin
        assert worker.stdout
        worker.stdin.write(asked)
        worker.stdin.flush()
        answers = [messages.answer(worker.stdout.readline()) for _ in range(3)]  # its input is open all the while
        worker.stdin.close()
    assert [type(a) for a in answers] == [Failed, Failed, Ready]


def test_a_killed_worker_is_one_clear_sentence(recogniser: RecogniserProcess) -> None:
    assert recogniser.pid is not None
    psutil.Process(recogniser.pid).kill()
    with pytest.raises(WorkerError, match=r"died \(signal 9\).*start again"):
        recogniser.hear(0.0, 5.0)


def test_a_refusal_keeps_its_kind_on_the_way(audio: Path, tmp_path: Path) -> None:
    with RecogniserProcess() as process, pytest.raises(ModelError, match="incomplete"):
        process.open(audio, msgspec.structs.replace(DEMO, model=str(tmp_path)))


def test_an_interrupt_is_not_for_it(recogniser: RecogniserProcess) -> None:
    assert recogniser.pid is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(recogniser.pid, number)
        assert recogniser.hear(0.0, 1.0).events


def test_it_is_gone_after_close_and_when_its_session_is_killed(audio: Path) -> None:
    with RecogniserProcess() as process:
        process.open(audio, DEMO)
        pid = process.pid
    assert pid is not None
    assert not psutil.pid_exists(pid)
    process.close()


def test_it_ends_when_the_session_is_killed(audio: Path) -> None:
    code = (
        "import sys, msgspec; from pathlib import Path; from pipeline.settings import SpeechSettings;"
        "from pipeline.speech import RecogniserProcess; r = RecogniserProcess();"
        "r.open(Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=SpeechSettings));"
        "print(r.pid, flush=True); r.hear(0, 16); r.hear(0, 16); sys.stdin.read()"
    )
    arguments = [sys.executable, "-c", code, str(audio), msgspec.json.encode(DEMO).decode()]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as session:
        assert session.stdout is not None
        worker = psutil.Process(int(session.stdout.readline()))
        session.kill()
        until(lambda: ended(worker), 5.0)
