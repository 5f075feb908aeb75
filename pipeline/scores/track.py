"""A track as a file has it."""

import srt

from pipeline.errors import SettingsError
from pipeline.events import Cue


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
