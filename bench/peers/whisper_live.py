"""whisper-live: it hears the open sound again and again; a line is for good when another follows, or when it was heard
so some times.

A websocket: a JSON line of options, then samples as binary messages; answers hold the last lines, those that will not
change marked `completed`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from websocket import WebSocket, WebSocketException, create_connection

from bench.peers.process import Knobs, Place, Unusable, connected, free_port, running
from bench.peers.system import Link, System, always

_SERVER = (
    "import sys; from whisper_live.server import TranscriptionServer as T; T().run('127.0.0.1', port=int(sys.argv[1]), "
    "backend='faster_whisper', faster_whisper_custom_model_path=sys.argv[2], max_connection_time=86400)"
)


@contextmanager
def _open(knobs: Knobs, place: Place, told: Callable[[str], None]) -> Iterator[Link]:
    port = free_port()
    more = {name: str(value) for name, value in knobs.items() if name.isupper()}
    with running([place.python, "-c", _SERVER, str(port), str(place.model)], place, more=more) as process:
        connected(port, process).close()
        line = create_connection(f"ws://127.0.0.1:{port}", timeout=120, enable_multithread=True)
        asked = {name: value for name, value in knobs.items() if name not in more}
        options = {"uid": "bench", "language": "fr", "task": "transcribe", "model": "", "use_vad": True}
        line.send(json.dumps(options | {"audio_format": "int16"} | asked))
        while (answer := json.loads(line.recv())).get("message") != "SERVER_READY":
            if answer.get("status") == "ERROR":
                raise Unusable(f"it says: {answer.get('message')}")
        line.settimeout(None)
        Thread(target=_listen, args=(line, told), daemon=True).start()
        yield Link(process.pid, line.send_binary, always())
        line.close()


def _listen(line: WebSocket, told: Callable[[str], None]) -> None:
    completed: dict[tuple[str, str], str] = {}
    with suppress(WebSocketException, OSError, ValueError):
        while True:
            answer: dict[str, Any] = json.loads(line.recv())
            done = [one for one in answer.get("segments", ()) if one.get("completed")]
            completed |= {(one["start"], one["end"]): one["text"] for one in done}
            told(" ".join(completed.values()))


_SETTINGS: dict[str, Knobs] = {
    **{f"same output {n}": {"same_output_threshold": n} for n in (2, 5, 10)},  # 10 is what its client asks for
    "same output 2, OMP_WAIT_POLICY=passive": {"same_output_threshold": 2, "OMP_WAIT_POLICY": "passive"},
}
SYSTEM = System("whisper-live", _SETTINGS, _open)
