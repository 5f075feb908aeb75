"""How the session does, for whoever has to keep it going: folded from the journal as it grows, and the disk."""

import shlex
import shutil
from collections import deque
from contextlib import suppress
from pathlib import Path
from time import monotonic, time
from typing import Any

from pipeline import system
from pipeline.direction import speaker, spoken
from pipeline.events import (
    RECOGNISER,
    SOURCE,
    Ended,
    Event,
    Gap,
    Hypothesis,
    Progress,
    Recovered,
    Resumed,
    Skipped,
    SourceState,
    Translation,
    Warned,
)
from pipeline.journal import Entry, running
from pipeline.lines import missing
from pipeline.source.parts import ARCHIVE
from pipeline.state import State
from pipeline.translation.verdicts import usable

_LATELY = 10
"""Attempts of each engine that are told."""
_ALARMS = 30
"""Warnings that are told."""
_DIED = "The session stopped without an end, killed or crashed, and recorded nothing until it went on."
_WEIGHED = 30.0
"""Seconds between two looks at how much disk the session takes: an archive has thousands of files."""


class Health:
    """What `note` has seen of a journal; the folder is looked at when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.source: SourceState | None = None
        """What became of it last."""
        self._since = self._written = 0.0
        self._ended = False
        self._alarms: deque[Alarm] = deque(maxlen=_ALARMS)
        self._attempts: dict[str, deque[Translation]] = {}
        self._weighed: tuple[float, int] | None = None

    def note(self, entry: Entry) -> None:
        event = entry.event
        if isinstance(event, Resumed) and not self._ended:
            self._alarms.append(Alarm(self._written, _DIED, event, over=entry.at))
        if isinstance(event, Ended | Resumed):
            self._ended = isinstance(event, Ended)
        if isinstance(event, Progress | SourceState):
            self._written = entry.at
        for alarm in self._alarms:
            alarm.note(event, entry.at)
        if isinstance(event, SourceState):
            self.source, self._since = event, entry.at
        elif isinstance(event, Translation):
            self._attempts.setdefault(event.engine, deque(maxlen=_LATELY)).append(event)
        elif text := _alarm(event):
            over = entry.at if isinstance(event, Gap) else None  # that is known when the stream is back
            self._alarms.append(Alarm(entry.at, text, event, over))

    def facts(self, state: State, viewers: int, early: int = 0) -> dict[str, Any]:
        """For the page; seconds, bytes, and `at` in Unix seconds. `early`: viewers that wait for no screen."""
        progress = state.progress
        recorded = progress.recorded if progress else 0.0
        return {
            "now": time(),
            "running": running(self._folder),
            "written": self._written,
            "resume": f"{system.program()} run --resume {shlex.quote(str(self._folder))}",
            "source": self.source.state if self.source else "",
            "detail": self.source.detail if self.source else "",
            "since": self._since,
            "recorded": recorded,
            "lag": max(0.0, recorded - progress.heard) if progress else 0.0,
            "engines": [_engine(name, list(tried)) for name, tried in self._attempts.items()],
            "disk": self._disk(recorded),
            "viewers": viewers,
            "early": early,
            "warnings": [alarm.told for alarm in self._alarms],
            "spoken": spoken(state),
            "speaker": speaker(state),
        }

    def _disk(self, recorded: float) -> dict[str, float | None]:
        """What is free, and for how many hours of this session that is enough, once that can be told."""
        free = None
        with suppress(OSError):
            free = shutil.disk_usage(self._folder).free
        rate = self._weight() / recorded if recorded > 60 else 0.0
        return {"free": free, "hours": free / rate / 3600 if free is not None and rate else None}

    def _weight(self) -> int:
        """Bytes that the session takes, some time ago at most."""
        if self._weighed is None or monotonic() - self._weighed[0] > _WEIGHED:
            files = [path for folder in (self._folder, self._folder / ARCHIVE) for path in folder.glob("*")]
            self._weighed = monotonic(), sum(map(_size, files))
        return self._weighed[1]


class Alarm:
    """Something that was wrong, and since when that is over; None: as far as is known it is not."""

    def __init__(self, at: float, text: str, of: Event, over: float | None = None) -> None:
        self._at, self._text, self._of, self._over = at, text, of, over

    def note(self, event: Event, at: float) -> None:
        """What happens later."""
        if self._over is None and _ends(event, self._of):
            self._over = at

    @property
    def told(self) -> dict[str, Any]:
        return {"at": self._at, "text": self._text, "over": self._over}


def _ends(event: Event, alarm: Event) -> bool:
    """Whether what is told by `alarm` is over with an event."""
    match alarm, event:
        case Skipped(start=start, end=end), Recovered():
            return event.start <= start and end <= event.end
        case Warned(about=about), _ if about:
            well = isinstance(event, Warned) and event.good and event.about == about
            back = about == SOURCE and isinstance(event, SourceState) and event.state == "connected"
            return well or back or (about == RECOGNISER and isinstance(event, Hypothesis))
    return False


def _alarm(event: Event) -> str:
    match event:
        case Warned(good=False):
            return event.text
        case Gap() | Skipped():
            return missing(event)
    return ""


def _engine(name: str, tried: list[Translation]) -> dict[str, Any]:
    good = [usable(attempt.verdict) for attempt in tried]
    answered = sorted(attempt.elapsed for attempt, ok in zip(tried, good, strict=True) if ok)
    return {
        "name": name,
        "ok": good[-1],
        "failed": good.count(False),
        "of": len(good),
        "seconds": answered[len(answered) // 2] if answered else None,
        "verdict": tried[-1].verdict,
    }


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
