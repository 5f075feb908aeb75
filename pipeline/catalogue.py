"""The models on offer: where the hub has them, what they need, what they are good for, and whether they fit a machine.

This module is a table; what has been pulled is found by `assets`, and pulled by `hub`.
"""

import msgspec

MB, GB = 10**6, 10**9


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
        memory=350 * MB,
        gpu_memory=600 * MB,
        cost=0.09,
        good_for="trying things out; many wrong words",
    ),
    "base": WhisperSize(
        repository="Systran/faster-whisper-base",
        download=148 * MB,
        memory=450 * MB,
        gpu_memory=700 * MB,
        cost=0.21,
        good_for="clear speech on a weak machine",
    ),
    "small": WhisperSize(
        repository="Systran/faster-whisper-small",
        download=486 * MB,
        memory=900 * MB,
        gpu_memory=1100 * MB,
        cost=1.0,
        good_for="the least for a screening; a good laptop",
    ),
    "medium": WhisperSize(
        repository="Systran/faster-whisper-medium",
        download=1531 * MB,
        memory=2000 * MB,
        gpu_memory=2600 * MB,
        cost=3.2,
        good_for="names and crowds; a strong desktop",
    ),
    "large-v3-turbo": WhisperSize(
        repository="mobiuslabsgmbh/faster-whisper-large-v3-turbo",
        download=1622 * MB,
        memory=2000 * MB,
        gpu_memory=2540 * MB,
        cost=4.0,
        good_for="nearly the best; a GPU",
    ),
    "large-v3": WhisperSize(
        repository="Systran/faster-whisper-large-v3",
        download=3090 * MB,
        memory=3500 * MB,
        gpu_memory=4530 * MB,
        cost=6.3,
        good_for="the best hearing; a GPU",
    ),
}
"""The multilingual Whisper models, from the cheapest on; of several that were pulled the last is used. The distilled
ones are left out: they know English only."""

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
        download=630 * MB,
        memory=1000 * MB,
        good_for="200 languages, any pair; not for commercial use",
    ),
    "nllb-1.3B": Translator(
        repository="OpenNMT/nllb-200-distilled-1.3B-ct2-int8",
        download=1390 * MB,
        memory=1800 * MB,
        good_for="the same, better and slower; not for commercial use",
    ),
}
"""Local translators as CTranslate2 repositories. Any other OPUS-MT pair is pulled by name, too: `opus-mt-nl-en`."""

SUGGESTED = "small"
"""What is named to someone who has pulled nothing yet."""

SPARE = 0.8
"""Share of the memory now free that a model may take: the session, ffmpeg and a browser want some, too."""


def fits(model: WhisperSize | Translator, memory: int) -> bool:
    """Whether the model loads into `memory` bytes that are free now; how fast it then runs, `livesubs check` measures."""
    return model.memory <= SPARE * memory
