"""stream-translator-gpt: sound is cut where nobody speaks, or at a length, and each slice is heard once, for good.

It reads a file with ffmpeg, here a pipe with a name, and posts each text to an address, here one of ours (it takes us
for a chat server, cqhttp). It translates only when asked.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import BinaryIO
from urllib.parse import parse_qs

from bench.peers.process import Knobs, Place, flags, running, until
from bench.peers.sound import endless
from bench.peers.system import Link, System, always


@contextmanager
def _open(knobs: Knobs, place: Place, told: Callable[[str], None]) -> Iterator[Link]:
    pipe = place.folder / "sound.wav"
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    with _posted(told) as url:
        model = ["--model", str(place.model), "--use-faster-whisper", "--language", "fr"]
        command = [place.python, "-m", "stream_translator_gpt", str(pipe), *model, "--cqhttp-url", url, *flags(knobs)]
        with running(command, place) as process, _opened(pipe, process) as sound:
            sound.write(endless())
            yield Link(process.pid, sound.write, always())


def _opened(pipe: Path, process: subprocess.Popen[bytes]) -> BinaryIO:
    """The pipe, when the system reads it: all is loaded then."""

    def opened() -> int | None:
        with suppress(OSError):  # nobody reads it yet
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        return None

    descriptor = until(opened, process)
    os.set_blocking(descriptor, True)
    return os.fdopen(descriptor, "wb", buffering=0)


@contextmanager
def _posted(told: Callable[[str], None]) -> Iterator[str]:
    """An address; each text that is posted to it is told with those before it."""
    texts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            texts.extend(parse_qs(body)["message"])
            told(" ".join(texts))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


SYSTEM = System(
    "stream-translator-gpt",
    {
        f"{target:g} s": {"target_audio_length": target, "continuous_no_speech_threshold": pause}
        for target, pause in ((1.5, 0.3), (3.0, 0.5), (5.0, 1.0))  # the last as it comes
    },
    _open,
)
