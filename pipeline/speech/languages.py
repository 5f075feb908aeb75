"""Which of the languages of an evening an utterance is in, with hysteresis (pure)."""

from collections.abc import Callable, Mapping

Choose = Callable[[Mapping[str, float]], str]
"""Given how likely each of the languages is, 0 to 1, together 1: the one to take."""

SHORT = 1.5
"""Seconds of speech under which no utterance changes the language: "Ola !" sounds like anything."""
CLEAR = 0.8
"""Share of the likeliest language against the current one from which on the speaker has changed."""


def likeliest(likely: Mapping[str, float]) -> str:
    """The choice without a past."""
    return max(likely, key=likely.__getitem__)


def chosen(likely: Mapping[str, float], current: str, voiced: float) -> str:
    """The language of an utterance with so many seconds of speech in it; `current` is that of the one before."""
    best = likeliest(likely)
    clear = likely[best] > CLEAR * (likely[best] + likely[current])
    return best if clear and voiced >= SHORT else current
