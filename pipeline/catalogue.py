"""The models on offer: where the hub has them, what they need, what they are good for, and whether they fit a machine.

This module is a table; what has been pulled is found by `assets`, and pulled by `hub`.
"""

import math
from difflib import get_close_matches
from typing import Literal

import msgspec

from pipeline.errors import ModelError

MB = 10**6


class WhisperSize(msgspec.Struct, frozen=True, kw_only=True):
    """A speech model; memory and sizes in bytes."""

    repository: str
    download: int
    memory: int
    """Most that the recogniser's process takes, with 8 bit weights on a CPU."""
    gpu_memory: int
    """Of the GPU, with 16 bit weights."""
    cost: float
    """Work for one window of 30 s and the text in it, next to `small`."""
    good_for: str


class Translator(msgspec.Struct, frozen=True, kw_only=True):
    """A translation model; memory and sizes in bytes."""

    repository: str
    download: int
    memory: int
    good_for: str


WHISPER = {
    "tiny": WhisperSize(
        repository="Systran/faster-whisper-tiny",
        download=78 * MB,
        memory=300 * MB,
        gpu_memory=500 * MB,
        cost=0.2,
        good_for="trying things out; many wrong words",
    ),
    "base": WhisperSize(
        repository="Systran/faster-whisper-base",
        download=148 * MB,
        memory=400 * MB,
        gpu_memory=600 * MB,
        cost=0.4,
        good_for="clear speech on a weak machine",
    ),
    "small": WhisperSize(
        repository="Systran/faster-whisper-small",
        download=486 * MB,
        memory=820 * MB,
        gpu_memory=1100 * MB,
        cost=1.0,
        good_for="the least for a screening; a good laptop",
    ),
    "medium": WhisperSize(
        repository="Systran/faster-whisper-medium",
        download=1531 * MB,
        memory=2200 * MB,
        gpu_memory=2300 * MB,
        cost=2.9,
        good_for="names and crowds; a strong desktop",
    ),
    "large-v3-turbo": WhisperSize(
        repository="mobiuslabsgmbh/faster-whisper-large-v3-turbo",
        download=1622 * MB,
        memory=2150 * MB,
        gpu_memory=2540 * MB,
        cost=3.8,
        good_for="nearly the best; a GPU",
    ),
    "large-v3": WhisperSize(
        repository="Systran/faster-whisper-large-v3",
        download=3090 * MB,
        memory=4000 * MB,
        gpu_memory=4530 * MB,
        cost=4.9,
        good_for="the best hearing; a GPU",
    ),
}
"""The multilingual Whisper models, from the cheapest on; of several that were pulled the last is used. The distilled
ones are left out: they know English only.

Downloads are the repositories' own sizes. Memory and cost depend on a model's shape alone (4, 6, 12, 24, 32 layers a
side, 4 in turbo's decoder, width 384 to 1280: the Whisper paper and the model cards), so they were measured with random
weights of these shapes: 8 bit, two threads, a full window and 22 tokens at beam 5, 3.7 processor seconds for `small`
(CTranslate2 4.8, x86-64 server). The GPU's memory for the large ones is faster-whisper's own figure (its issue 1030),
for the others weights and half a gigabyte.
"""

TRANSLATORS = {
    **{
        f"opus-mt-{pair}": Translator(
            repository=f"gaudi/opus-mt-{pair}-ctranslate2",
            download=157 * MB,
            memory=400 * MB,
            good_for=f"{pair[:2]} to {pair[3:]}, fast",
        )
        for pair in ("fr-en", "es-en", "de-en", "it-en", "fr-es", "fr-de", "en-fr")
    },
    "nllb-600M": Translator(
        repository="JustFrederik/nllb-200-distilled-600M-ct2-int8",
        download=647 * MB,
        memory=1000 * MB,
        good_for="200 languages, any pair; not for commercial use",
    ),
    "nllb-1.3B": Translator(
        repository="OpenNMT/nllb-200-distilled-1.3B-ct2-int8",
        download=1400 * MB,
        memory=1800 * MB,
        good_for="the same, better and slower; not for commercial use",
    ),
}
"""Local translators as CTranslate2 repositories; memory is estimated from their weights. Any other OPUS-MT pair is
pulled by name, too: `opus-mt-nl-en`."""

SUGGESTED = "small"
"""What is named to someone who has pulled nothing yet."""

SPARE = 0.8
"""Share of the memory now free that a model may take: the session, ffmpeg and a browser want some, too."""
CORES = 1.5
"""Cores that `small` takes to hear twice as fast as people speak, with a full window: ten utterances a minute, and a
little more than the machine took that the costs were measured on."""


def fits(model: WhisperSize | Translator, memory: int, cores: float = math.inf) -> bool:
    """Whether a machine with so many bytes of free memory, and with so many cores, can run it live."""
    return not obstacle(model, memory, cores)


def obstacle(model: WhisperSize | Translator, memory: int, cores: float = math.inf) -> Literal["", "memory", "cores"]:
    """What the machine has too little of, if anything. About cores it is a guess; `livesubs check` measures."""
    if model.memory > SPARE * memory:
        return "memory"
    if isinstance(model, WhisperSize) and model.cost * CORES > cores:
        return "cores"
    return ""


def repository(name: str) -> str:
    """Where the hub has the model of this name; ModelError names what it might have been."""
    if name.count("/") == 1:
        return name
    if known := WHISPER.get(name) or TRANSLATORS.get(name):
        return known.repository
    if name.startswith("opus-mt-"):
        return f"gaudi/{name}-ctranslate2"
    near = get_close_matches(name, [*WHISPER, *TRANSLATORS], n=1)
    hint = f"did you mean {near[0]}?" if near else f"try one of {', '.join(WHISPER)}, opus-mt-fr-en"
    raise ModelError(f"there is no model {name}; {hint} (or a CTranslate2 repository of the hub, OWNER/NAME)")
