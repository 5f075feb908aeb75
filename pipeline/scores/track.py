"""A track as a file has it."""

from collections.abc import Iterable, Sequence

import srt

from pipeline.errors import SettingsError
from pipeline.events import Cue

SHARED = 0.5
"""Of the shorter of two cues: sharing less time with every cue of a reference, a cue has no fellow there."""


def apart(reference: Sequence[Cue], found: Sequence[Cue]) -> bool:
    """Whether most of the cues found have no fellow in the reference: the two may begin at different moments."""
    return 2 * sum(_fellow(cue, reference) for cue in found) < len(found)


def _fellow(cue: Cue, reference: Iterable[Cue]) -> bool:
    return any(
        min(cue.end, true.end) - max(cue.start, true.start) >= SHARED * min(cue.end - cue.start, true.end - true.start)
        for true in reference
    )


def read_srt(text: str, name: str, lang: str) -> list[Cue]:
    """The cues of an SRT text by time, their ids from 1 on; SettingsError, naming the file, if it is none."""
    try:
        found = sorted(srt.parse(text))
    except (srt.SRTParseError, ValueError) as error:
        raise SettingsError(f"{name} is no SRT file; give one with numbered cues, or export it as SRT") from error
    return [
        Cue(
            id=str(number),
            lang=lang,
            start=cue.start.total_seconds(),
            end=cue.end.total_seconds(),
            text=cue.content,
            sentences=(),
        )
        for number, cue in enumerate(found, 1)
    ]
