"""Cues as a text to read: paragraphs, each with the time at which it begins (pure)."""

from collections.abc import Iterator, Sequence

from pipeline.events import Cue
from pipeline.lines import clock_time

_PAUSE = 2.0
"""Seconds without a cue after which a new paragraph begins."""
_LONG = 500
"""Characters after which it does at the next end of a sentence."""
_ENDS = tuple('.!?…»”"')


def transcript(cues: Sequence[Cue]) -> str:
    """The whole text, an empty line between two paragraphs."""
    return "\n".join(f"[{clock_time(part[0].start)}]\n{_running(part)}\n" for part in paragraphs(cues))


def paragraphs(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """The cues of each paragraph."""
    part: list[Cue] = []
    for cue in cues:
        if part and _breaks(part, cue):
            yield part
            part = []
        part.append(cue)
    if part:
        yield part


def _breaks(part: list[Cue], cue: Cue) -> bool:
    long = sum(len(said.text) for said in part) > _LONG and part[-1].text.endswith(_ENDS)
    return long or cue.start - part[-1].end >= _PAUSE


def _running(part: list[Cue]) -> str:
    """The text of cues without their line breaks; who answers somebody in the same cue has a line of their own."""
    lines = [line for cue in part for line in cue.text.split("\n")]
    return "".join(("\n" if line.startswith(("-", "–")) else " ") + line for line in lines).strip()
