"""RealtimeSTT's recorder behind a socket: `PORT MODEL KNOBS`; samples come in, each text goes out as a line of JSON.

Runs in RealtimeSTT's environment, so it imports nothing of the project.
"""

import importlib
import json
import socket
import sys
from collections.abc import Callable
from threading import Thread
from typing import Any


def main(port: str, model: str, knobs: str) -> None:
    recorder: Any = importlib.import_module("RealtimeSTT").AudioToTextRecorder(
        model=model, language="fr", device="cpu", use_microphone=False, spinner=False, no_log_file=True,
        silero_backend="raw_onnx", **json.loads(knobs),
    )  # fmt: skip
    line, _ = socket.create_server(("127.0.0.1", int(port))).accept()
    Thread(target=_feed, args=(line, recorder.feed_audio), daemon=True).start()
    while True:
        recorder.text(lambda heard: line.sendall(json.dumps(heard).encode() + b"\n"))


def _feed(line: socket.socket, feed: Callable[[bytes], None]) -> None:
    while samples := line.recv(65536):
        feed(samples)


if __name__ == "__main__":
    main(*sys.argv[1:])
