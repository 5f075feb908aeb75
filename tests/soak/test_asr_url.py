"""`--asr-url` against a server that is not ours: whisperlivekit, which hears with the demo model: well, killed, and
with faults in between.

`make asr-url` runs it; it takes some five minutes and is not part of `make test`.
"""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jiwer
import pytest

from bench.peers.process import Place, connected, free_port, running
from pipeline import assets
from pipeline.audio import Samples
from pipeline.events import Sentence, Warned
from pipeline.journal import read
from pipeline.scores.words import plain
from pipeline.speech.recognition import Recognition
from pipeline.speech.served import ABOUT
from pipeline.speech.server import Server, address, transcribe
from tests.measures import SAMPLES
from tests.transcribers import Transcriber, transcribing
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "build" / "peers" / "whisperlivekit" / "bin" / "python"

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="there is no environment; make build/peers/whisperlivekit/.locked"
)

log = logging.getLogger(__name__)

DEADLINE = 20.0
"""Seconds for a sentence, all tries together."""


@contextmanager
def whisperlivekit(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(exist_ok=True)
    place = Place(python=str(PYTHON), model=assets.demo_recogniser(), folder=folder)
    server = [place.python, "-m", "whisperlivekit.basic_server", "--host", "127.0.0.1", "--port", str(port)]
    model = ["--backend-policy", "localagreement", "--backend", "faster-whisper", "--model_dir", str(place.model)]
    # without a file for it, it would get one from the net to warm up
    with running([*server, *model, "--lan", "fr", "--warmup-file", "", "--log-level", "ERROR"], place) as process:
        connected(port, process).close()
        yield process


@contextmanager
def session(port: int, out: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    settings = out.with_suffix(".toml")
    settings.write_text(f"[speech]\nasr_deadline = {DEADLINE}\n", "utf-8")
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--translate", "none"]
    command += ["--asr-url", f"http://127.0.0.1:{port}", "--settings", str(settings), "--out", str(out), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        yield process
        process.communicate(timeout=300)
    assert process.returncode == 0


def said(out: Path) -> list[str]:
    return [entry.event.text for entry in read(out / "journal.jsonl") if isinstance(entry.event, Sentence)]


def warned(out: Path) -> list[Warned]:
    """What was told of the server."""
    events = [entry.event for entry in read(out / "journal.jsonl")]
    return [event for event in events if isinstance(event, Warned) and event.about == ABOUT]


def heard_once(out: Path, local: Path) -> None:
    """What the model heard on this machine, but for a word here and there: that server lets it hear otherwise."""
    ours, theirs = (" ".join(plain(" ".join(said(folder))).split()) for folder in (local, out))
    log.info("word error rate against the local model: %.1f %%", 100 * jiwer.wer(ours, theirs))
    assert jiwer.wer(ours, theirs) <= 0.04


def test_a_session_is_what_the_model_on_the_server_hears(tmp_path: Path, rally: Path) -> None:
    port, out = free_port(), tmp_path / "out"
    with whisperlivekit(port, tmp_path / "server"), session(port, out):
        pass
    heard_once(out, rally)
    assert not warned(out)


@pytest.mark.parametrize("policy", ["utterance", "stream"])
def test_every_sentence_is_there_once_while_it_is_killed_and_started_again(
    policy: str, tmp_path: Path, rally: Path
) -> None:
    port, out = free_port(), tmp_path / "out"
    with whisperlivekit(port, tmp_path / "server") as server, session(port, out, "--pace", "1", "--policy", policy):
        until(lambda: (out / "journal.jsonl").exists() and len(said(out)) >= 3, 120)
        server.send_signal(signal.SIGKILL)
        until(lambda: len(warned(out)) == 1, 60)
        with whisperlivekit(port, tmp_path / "again"):
            until(lambda: any(told.good for told in warned(out)), 120)
    heard_once(out, rally)


class Between(Transcriber):
    """Passes on what the real server hears, until it is in another mood."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._real = Server(address(f"http://127.0.0.1:{port}"), "whisper-1", "", 60.0)

    def hear(self, samples: Samples) -> Recognition:
        return transcribe(self._real, samples, "fr")[0]


@pytest.mark.parametrize("mood", ["hangs", "refuses", "cut"])
def test_every_sentence_is_there_once_and_within_the_deadline_the_local_model_hears(
    mood: str, tmp_path: Path, rally: Path
) -> None:
    port, out = free_port(), tmp_path / "out"
    with whisperlivekit(port, tmp_path / "server"), transcribing(Between(port)) as server:
        server.well, server.then = 4, mood
        with session(server.server_port, out):
            until(lambda: len(server.asked) > server.well, 120)
            asked = time.time()
    heard_once(out, rally)
    [switched] = [entry for entry in read(out / "journal.jsonl") if entry.event in warned(out)]
    log.info("%s: the local model hears after %.1f s", mood, switched.at - asked)
    assert switched.at - asked <= DEADLINE + 1.0  # and the time it takes to say so
