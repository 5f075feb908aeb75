"""RealtimeSTT: sound is cut at pauses, and each utterance is heard once, for good.

Its own server gets Silero's detector from the net and needs a sound card's library; so its recorder, the class that
others build on, runs in a small server of ours (`realtime_stt_server.py`) with the detector of the package silero-vad.
Its preview, which is replaced by what is heard then, is off.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from bench.peers.process import Knobs, Place, connected, free_port, running
from bench.peers.system import Link, System, always

_SERVER = Path(__file__).with_name("realtime_stt_server.py")


@contextmanager
def _open(knobs: Knobs, place: Place, told: Callable[[str], None]) -> Iterator[Link]:
    port = free_port()
    command = [place.python, str(_SERVER), str(port), str(place.model), json.dumps(dict(knobs))]
    with running(command, place) as process, connected(port, process) as line:
        Thread(target=_listen, args=(line.makefile("rb"), told), daemon=True).start()
        yield Link(process.pid, line.sendall, always())


def _listen(answers: BinaryIO, told: Callable[[str], None]) -> None:
    texts: list[str] = []
    with suppress(OSError):
        for answer in answers:
            texts.append(json.loads(answer))
            told(" ".join(texts))


SYSTEM = System(
    "RealtimeSTT", {f"pause {s:g} s": {"post_speech_silence_duration": s} for s in (0.2, 0.4, 0.6)}, _open
)  # 0.6 is as it comes
