"""When words are committed: what a policy is. `utterance` waits for a pause, `stream` for the next word."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from pipeline.audio import Samples
from pipeline.events import Hypothesis, Suppressed

Said = Hypothesis | Suppressed
"""What a policy says."""


def nothing() -> Samples:
    """No sound."""
    return np.zeros(0, np.float32)


class Policy(Protocol):
    """Turns sound, in order, into hypotheses.

    How much of it comes at once does not change the words of `utterance`; `stream` takes what waits in fewer steps.
    """

    def hear(self, samples: Samples, start: float, lead: Callable[[], Samples] = nothing) -> list[Said]:
        """What follows from these samples, the first at stream time `start`; a jump closes what was open. Asked for its
        `lead`, the sound before them, where it begins there."""
        ...

    def finish(self) -> list[Said]:
        """What is still open: the sound has ended."""
        ...

    def recognise(self, samples: Samples, start: float) -> list[Said]:
        """One stretch of at most 30 s on its own, whatever is open."""
        ...

    def language(self, samples: Samples) -> tuple[str, float]:
        """The language most likely spoken in at most 30 s, and how likely that is."""
        ...

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Names that may be said from now on, what matters most first; gives those that there is no room for."""
        ...

    def assume(self, lang: str) -> None:
        """This language is spoken from now on; empty: whichever is the likeliest."""
        ...

    def degrade(self, level: int) -> None:
        """Hears with less care from now on; 0 is all it can."""
        ...
