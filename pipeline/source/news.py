"""How a source stands, told when that is news."""

from collections.abc import Callable
from typing import Literal

from pipeline.events import SOURCE, Event, SourceState, Warned


def minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def at_most(seconds: float) -> str:
    return f"for {minutes(seconds)} at most (--give-up)"


class News:
    """Tells each state once, and a warning once until the source was well again."""

    def __init__(self, tell: Callable[[Event], None], recorded: Callable[[], float]) -> None:
        """Events go to `tell`; `recorded()` is stream time up to which there is sound."""
        self.tell, self._recorded = tell, recorded
        self.state = ""
        self._warned: set[str] = set()

    def connected(self, stream: float, detail: str) -> None:
        """A connection has its place: its first sample lies at `stream`."""
        self.state = "connected"
        self.tell(SourceState(state="connected", stream=stream, detail=detail))

    def say(self, state: Literal["connected", "lost"], detail: str) -> None:
        """How it stands now, unless that was told."""
        if state != self.state:
            self.state = state
            self.tell(SourceState(state=state, stream=self._recorded(), detail=detail))

    def late(self, why: str, give_up: float) -> None:
        """Nothing new has come for long, which may pass for so many seconds."""
        self.say("lost", why)
        self.warn(f"{why}; it is tried again until it is back, {at_most(give_up)}")

    def warn(self, text: str, about: str = SOURCE) -> None:
        """What a person should know, unless that was told; `about` as a warning has it."""
        if text not in self._warned:
            self._warned.add(text)
            self.tell(Warned(text=text, about=about))

    def anew(self) -> None:
        """It was well: what is wrong next is told, also if it is the same."""
        self._warned.clear()
