"""Word times mended by the signal (pure)."""

from pipeline.audio import Samples
from pipeline.events import Word


def mend(words: tuple[Word, ...], samples: Samples) -> tuple[Word, ...]:
    return words
