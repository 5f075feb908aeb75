"""livesubs, as it comes: `run - --policy stream` without translation; what its page server tells of the French.

It tells the words of a sentence that is being said under one id, those before and the new ones; the cues that are made
of it afterwards hold the same words and are not looked at.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import httpx2

from bench.peers.process import THREADS, Knobs, Place, connected, free_port, running
from bench.peers.sound import endless
from bench.peers.system import Link, System
from bench.told import messages


@contextmanager
def _open(knobs: Knobs, place: Place, told: Callable[[str], None]) -> Iterator[Link]:
    port, settings, ready = free_port(), place.folder / "settings.toml", Event()
    settings.write_text(f"[speech]\nthreads = {THREADS}\n")
    show = ["--serve", "--port", str(port), "--out", "session", "--settings", str(settings)]
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "run",
        "-",
        "--demo",
        "--policy",
        "stream",
        "--translate",
        "none",
        *show,
    ]
    with running(command, place, stdin=subprocess.PIPE) as process:
        assert process.stdin
        sound = process.stdin
        sound.write(endless())

        def send(piece: bytes) -> None:
            sound.write(piece)
            sound.flush()

        def listen() -> None:
            connected(port, process).close()
            with (
                suppress(httpx2.HTTPError),
                httpx2.stream("GET", f"http://127.0.0.1:{port}/api/cues?lang=fr", timeout=None) as answer,
            ):
                _listen(answer.iter_text(), ready, told)

        Thread(target=listen, daemon=True).start()
        yield Link(process.pid, send, ready)
        with suppress(OSError):
            sound.close()


def _listen(chunks: Iterable[str], ready: Event, told: Callable[[str], None]) -> None:
    sentences: dict[str, str] = {}
    for batch in messages(chunks):
        for kind, message in batch:
            if kind == "session":
                ready.set()
            elif kind == "cue" and not message["final"]:
                sentences[message["id"]] = message["text"]
        told(" ".join(sentences.values()))


SYSTEM = System("livesubs", {"stream": {}}, _open)
