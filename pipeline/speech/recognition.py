"""What a transcriber is and gives: words, and what it thinks of them itself (pure)."""

import zlib
from typing import Protocol

import msgspec

from pipeline.audio import Samples
from pipeline.events import Word
from pipeline.speech.languages import Choose, likeliest
from pipeline.speech.pieces import Piece


class Recognition(msgspec.Struct, frozen=True):
    """What was heard in one stretch; times in seconds from its start."""

    words: tuple[Word, ...]
    log_probability: float
    """Mean over the tokens."""
    no_speech: float
    """How likely the model thinks that nobody speaks, 0 to 1."""
    compression: float
    """How far the text can be compressed."""
    lang: str = ""
    """Which language it was heard in; empty: the only one there is."""

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()


class Continuation(msgspec.Struct, frozen=True):
    """What follows in a stretch on tokens that were said of it before."""

    pieces: tuple[Piece, ...]
    """Seconds from the stretch's start; each with its tokens."""
    no_speech: float
    """How likely the model thinks that nobody speaks, 0 to 1."""
    lang: str


class Transcriber(Protocol):
    """Turns one stretch into words."""

    @property
    def description(self) -> str: ...

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        """The words of one stretch; `choose` is asked for its language where several may be spoken."""
        ...

    def language(self, samples: Samples) -> tuple[str, float]: ...

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]: ...

    beam: int
    """How many readings are followed at once."""


class Continuing(Transcriber, Protocol):
    """... and goes on with one whose beginning was said."""

    def go_on(self, samples: Samples, said: tuple[int, ...], choose: Choose = likeliest) -> Continuation:
        """What follows in the stretch on `said`, the tokens of its beginning, in the language that `choose` names."""
        ...


def compression(text: str) -> float:
    """How many times smaller zlib makes the text."""
    data = text.strip().encode()
    return len(data) / len(zlib.compress(data))
