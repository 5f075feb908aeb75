"""Which rendition a line bears: the best at first, lower when pieces take longer to come than they last. Pure."""

from collections import deque
from collections.abc import Sequence

_FEW = 3
"""Pieces that a judgement takes."""
_SLOW = 1.2
"""Times as long as a piece lasts: a server that sends pieces while they are made needs just as long."""
_EASY = 0.5
_SHARE = 0.8
"""Of what the line gave last, for the rendition to step down to."""
PATIENCE = 60.0
"""Seconds of sound that must come easily before a better rendition is tried; twice as many after each that failed."""
_LONGEST = 16 * PATIENCE


class Ladder:
    """The renditions of a stream by their bits a second, the best first; `now` is the one in use."""

    def __init__(self, bandwidths: Sequence[int], patience: float = PATIENCE) -> None:
        self._bandwidths = tuple(bandwidths)
        self._least = self._patience = patience
        self._last: deque[tuple[float, float, int]] = deque(maxlen=_FEW)
        self._easy = 0.0
        self._risen = False
        self.now = 0

    @property
    def lowest(self) -> bool:
        return self.now >= len(self._bandwidths) - 1

    def note(self, lasts: float, took: float, size: int) -> bool:
        """A piece came: what it lasts and took, seconds, and its bytes. Gives whether `now` is another than before."""
        self._last.append((lasts, took, size))
        lasted, spent = sum(last[0] for last in self._last), sum(last[1] for last in self._last)
        if len(self._last) == _FEW and spent > _SLOW * lasted and not self.lowest:
            return self._go_down()
        self._easy = self._easy + lasts if took < _EASY * lasts else 0.0
        if self._easy >= self._least and self._risen:  # it bears what it was raised to
            self._risen, self._patience = False, self._least
        return self._easy >= self._patience and self.now > 0 and self._go_to(self.now - 1, risen=True)

    def give_up(self, took: float, size: int) -> bool:
        """A piece was not waited for any longer; as `note`."""
        self._last.append((0.0, took, size))
        return not self.lowest and self._go_down()

    def step_down(self) -> bool:
        """The server does not give what is in use; as `note`."""
        return not self.lowest and self._go_to(self.now + 1, risen=False)

    def _go_down(self) -> bool:
        rate = 8 * sum(last[2] for last in self._last) / sum(last[1] for last in self._last)
        below = range(self.now + 1, len(self._bandwidths))
        borne = (rung for rung in below if self._bandwidths[rung] <= _SHARE * rate)
        return self._go_to(next(borne, below[-1]), risen=False)

    def _go_to(self, rung: int, *, risen: bool) -> bool:
        if self._risen and not risen:
            self._patience = min(_LONGEST, 2 * self._patience)
        self.now, self._risen, self._easy = rung, risen, 0.0
        self._last.clear()
        return True
