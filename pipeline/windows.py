"""How short a window each speech model bears, and whether names: kept with the user's data, or beside a model.

A model is known by what is in it, not by its folder: one that was copied or renamed keeps its window, one that was
exchanged loses it. The measuring itself is `measure`.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from pipeline.errors import unwritable
from pipeline.files import write_whole

FULL = 30.0
"""Seconds: what Whisper was trained on, and what is used until a model was measured."""
BESIDE = "livesubs.json"
"""In a model's folder: the window that it came with."""

_HEAD = 2**20
"""Bytes of the weights that tell models apart; all three gigabytes of one would take seconds at every start."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How a model did with one window."""

    window: float
    """Seconds that every stretch is padded to at least."""
    wer: float
    """Word error rate, 0 to 1 and more."""
    compute: float
    """Processor seconds for a minute of sound."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one model."""

    model: str
    """Its fingerprint."""
    window: float
    """The shortest safe one, seconds."""
    sound: str
    """What it was measured on, and against what."""
    trials: tuple[Trial, ...]
    hotwords: bool = True
    """Whether it hears as well when it is told names beforehand: Whisper was trained to, small models may not be."""


def fingerprint(model: Path) -> str:
    """Tells one model folder's contents from another's; OSError if it is no whole folder."""
    weights = model / "model.bin"
    told = hashlib.blake2b((model / "config.json").read_bytes(), digest_size=12)
    told.update(str(weights.stat().st_size).encode())
    with weights.open("rb") as file:
        told.update(file.read(_HEAD))
    return told.hexdigest()


def find(model: Path, kept: Path) -> Measured | None:
    """What is known of the model, in the folder `kept` or beside it; None if it was never measured."""
    with suppress(OSError):
        name = fingerprint(model)
        for path in (kept / f"{name}.json", model / BESIDE):
            with suppress(OSError, msgspec.DecodeError):  # a damaged note is none: 30 s are always right
                measured = msgspec.json.decode(path.read_bytes(), type=Measured)
                if measured.model == name:
                    return measured
    return None


def shortest(model: Path, kept: Path) -> float:
    """Seconds that every stretch is to be padded to for this model."""
    measured = find(model, kept)
    return measured.window if measured else FULL


def hotwords(model: Path, kept: Path) -> bool:
    """Whether this model is to be told the names of the glossary."""
    measured = find(model, kept)
    return measured.hotwords if measured else True


def keep(measured: Measured, kept: Path) -> Path:
    """Writes it down in the folder `kept` and gives the file; SessionError if that cannot be."""
    path = kept / f"{measured.model}.json"
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    write_whole(path, msgspec.json.format(msgspec.json.encode(measured), indent=2).decode() + "\n")
    return path
