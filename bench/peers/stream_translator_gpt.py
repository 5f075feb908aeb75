"""stream-translator-gpt: sound is cut where nobody speaks, or at a length, and each slice is heard once, for good.

It reads a file with ffmpeg, here a pipe with a name, and posts each text to an address, here one of ours (it takes us
for a chat server, cqhttp). It translates only when asked.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

from bench.peers.process import Knobs, Place, flags, running
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
        with running(command, place) as process, pipe.open("wb", buffering=0) as sound:  # read when all is loaded
            sound.write(endless())
            yield Link(process.pid, sound.write, always())


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
