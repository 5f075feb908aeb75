"""The sound that every system gets, made by the recipe, and how it is given: in real time, a piece at a time."""

import struct
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import msgspec

from bench.peers.heard import Heard
from bench.takes import Composed, Said, recorded
from pipeline.events import Value

SEED = 3003
"""No training and no other measurement has it."""
NOISES = (("none", 99.0), ("crowd", 12.0))
"""By turns, a minute each."""
RATE = 16_000
PIECE = 0.1
"""Seconds of sound that are given at a time."""
LEAD = 3.0
"""Seconds of silence before the take, when all is loaded: a system may look at what it is given first."""
QUIET, MOST = 12.0, 120.0
"""Seconds of silence after the take until nothing is expected any more: so long nothing came, or so long at most."""
_SILENCE = bytes(round(PIECE * RATE) * 2)


class Take(Value, frozen=True):
    path: Path
    """A WAV file: 16 kHz, mono, 16 bit."""
    said: tuple[Said, ...]

    def pieces(self) -> list[bytes]:
        with wave.open(str(self.path), "rb") as file:
            samples = file.readframes(file.getnframes())
        return [samples[at : at + len(_SILENCE)] for at in range(0, len(samples), len(_SILENCE))]


def take(folder: Path, minutes: int) -> Take:
    """The take of so many minutes, made unless it was before."""
    path, truth = folder / f"{SEED}-{minutes}.wav", folder / f"{SEED}-{minutes}.json"
    if not truth.exists():
        noises = [NOISES[minute % len(NOISES)] for minute in range(minutes)]
        said, _ = recorded(path, SEED, noises, Composed(), seconds=60)
        truth.write_bytes(msgspec.json.encode(said))
    return Take(path=path, said=msgspec.json.decode(truth.read_bytes(), type=tuple[Said, ...]))


def endless() -> bytes:
    """How a WAV file begins whose end is not known."""
    about = struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + about + b"data\xff\xff\xff\xff"


def give(send: Callable[[bytes], object], take: Take, ready: Event, heard: Heard, begin: Callable[[], None]) -> None:
    """Silence until the system is `ready`, the take, silence until all was told; `begin` when the take does."""
    pieces = take.pieces()
    while not ready.is_set():
        _paced(send, [_SILENCE])
    _paced(send, [_SILENCE] * round(LEAD / PIECE))
    heard.begin()
    begin()
    _paced(send, pieces)
    ended = time.monotonic()
    while min(heard.quiet, time.monotonic() - ended) < QUIET and time.monotonic() - ended < MOST:
        _paced(send, [_SILENCE])


def _paced(send: Callable[[bytes], object], pieces: Sequence[bytes]) -> None:
    """Gives each piece when its last sample would have been recorded."""
    began = time.monotonic()
    for number, piece in enumerate(pieces, 1):
        time.sleep(max(0.0, began + number * PIECE - time.monotonic()))
        send(piece)
