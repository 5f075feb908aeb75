"""WhisperLiveKit with LocalAgreement on faster-whisper: a word is for good when two readings in a row have it.

A websocket: samples as binary messages; answers hold all lines that are committed, and apart from them the buffer. Its
other policy, AlignAtt, needs a checkpoint of OpenAI's own with their vocabulary.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from websocket import WebSocket, WebSocketException, create_connection

from bench.peers.process import Knobs, Place, connected, flags, free_port, running
from bench.peers.system import Link, System, always


@contextmanager
def _open(knobs: Knobs, place: Place, told: Callable[[str], None]) -> Iterator[Link]:
    port = free_port()
    server = [place.python, "-m", "whisperlivekit.basic_server", "--host", "127.0.0.1", "--port", str(port)]
    model = ["--backend-policy", "localagreement", "--backend", "faster-whisper", "--model_dir", str(place.model)]
    # without a file for it, it would get one from the net to warm up
    options = ["--lan", "fr", "--pcm-input", "--warmup-file", "", "--log-level", "ERROR"]
    with running([*server, *model, *options, *flags(knobs)], place) as process:
        connected(port, process).close()
        line = create_connection(f"ws://127.0.0.1:{port}/asr", enable_multithread=True)
        Thread(target=_listen, args=(line, told), daemon=True).start()
        yield Link(process.pid, line.send_binary, always())
        line.close()


def _listen(line: WebSocket, told: Callable[[str], None]) -> None:
    with suppress(WebSocketException, OSError, ValueError):
        while True:
            answer: dict[str, Any] = json.loads(line.recv())
            if "lines" in answer:
                told(" ".join(one["text"] for one in answer["lines"] if one.get("text")))


SYSTEM = System(
    "whisperlivekit",
    {
        "by confidence": {"confidence_validation": True},
        "as it comes": {},
        "a second at a time": {"asr_coalesce_min_s": 1.0},
    },
    _open,
)
