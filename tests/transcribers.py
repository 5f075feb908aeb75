"""A transcription server of OpenAI's protocol on loopback: the demo Whisper, answering well or badly."""

import io
import json
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from pipeline.audio import Samples
from pipeline.speech.recognition import Recognition
from pipeline.speech.whisper import Whisper
from tests.hearing import DEMO
from tests.translators import ERROR_PAGE, KEY

_HEARING = threading.Lock()


@cache
def _whisper() -> Whisper:
    return Whisper(DEMO)


class Transcriber(ThreadingHTTPServer):
    """Answers by its `mood`: right, page (with status 200), refuses (500), busy (429), cut (in the middle of its
    answer), wordless (no word times), hangs (until the test is over), moved (307), postless (501), gone
    (nobody listens any more).

    From the request after `well` on it is in the mood `then`.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, keyed: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mood, self.well, self.then = "right", 1 << 30, "refuses"
        self.keyed = keyed
        self.asked: list[dict[str, list[str]]] = []
        """The fields of every request, but for the sound."""
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def hear(self, samples: Samples) -> Recognition:
        with _HEARING:
            return _whisper().recognise(samples)

    def answer(self, samples: Samples, fields: dict[str, list[str]]) -> dict[str, Any]:
        """As OpenAI's own: words without marks and certainty, which stand in the text and with the segments."""
        heard = self.hear(samples)
        words = [{"word": w.text.strip(" .,!?:;«»…"), "start": w.start, "end": w.end} for w in heard.words]
        segment = {"avg_logprob": heard.log_probability, "no_speech_prob": heard.no_speech, "text": heard.text}
        answer = {"task": "transcribe", "language": "french", "text": heard.text, "segments": [segment]}
        return answer | ({"words": words} if self.mood != "wordless" else {})


class _Handler(BaseHTTPRequestHandler):
    server: Transcriber
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server = self.server
        fields, sound = _form(self.headers["Content-Type"], self.rfile.read(int(self.headers["Content-Length"])))
        server.asked.append(fields)
        if len(server.asked) > server.well:
            server.mood = server.then
        if server.keyed and self.headers["Authorization"] != f"Bearer {KEY}":
            self._send(401, json.dumps({"error": {"message": f"Incorrect key: {self.headers['Authorization']}"}}))
            return
        if server.mood == "hangs":
            server.release.wait(60)
        match server.mood:
            case "gone":
                server.shutdown()
                server.server_close()
                self.close_connection = True
            case "page":
                self._send(200, ERROR_PAGE)
            case "refuses" | "busy" | "moved" | "postless":
                self._send({"refuses": 500, "busy": 429, "moved": 307, "postless": 501}[server.mood], ERROR_PAGE)
            case _:
                answer = json.dumps(server.answer(sound, fields))
                self._send(200, answer, cut=server.mood == "cut")

    def _send(self, status: int, text: str, *, cut: bool = False) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.close_connection = cut
        try:
            self.wfile.write(data[: len(data) // 2] if cut else data)
        except OSError:  # nobody waits any more
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None: ...


def _form(kind: str, body: bytes) -> tuple[dict[str, list[str]], Samples]:
    """The fields of a form, and the sound in it."""
    fields: dict[str, list[str]] = {}
    samples = np.zeros(0, np.float32)
    for part in body.split(b"--" + kind.rpartition("boundary=")[2].encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name = BytesHeaderParser().parsebytes(head).get_param("name", header="Content-Disposition")
        if name == "file":
            with wave.open(io.BytesIO(content)) as file:
                assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
                samples = (np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768).astype(np.float32)
        else:
            fields.setdefault(str(name), []).append(content.decode())
    return fields, samples


@contextmanager
def transcribing(server: Transcriber) -> Iterator[Transcriber]:
    """A server that answers, until the test is over."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.release.set()
            server.shutdown()
            thread.join()
