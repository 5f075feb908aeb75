"""Which state of a session a file was made from: between then and now somebody may have gone on. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from math import inf

from pipeline.events import Cue, Event, Withdrawn
from pipeline.review.alignment import NEAR, Line

_TEXT, _TIMES = 0.9, 0.8
"""How much of a line a file has that has only its text, or only its times."""
_CLEARLY = 5.0
"""Lines by which a state must be nearer in which the track was not all there yet: some were deleted, more likely."""
_BEYOND = 2
"""Lines that somebody may have put behind the end of such a state; of a file with more, the session had more."""


def base(events: Sequence[Event], lang: str, lines: Sequence[Line], said: Callable[[Cue], str]) -> dict[str, Cue]:
    """The cues of a track at the moment when they were nearest to the file's `lines`, the latest of those; `said` gives
    a cue's text as such a line has it."""
    known = _Known(lines)
    track: dict[str, Cue] = {}
    worth: dict[str, float] = {}
    grown, whole = _grown(events, lang), _Nearest()
    part, reach = _Nearest(), 0.0
    for number, event in enumerate(events):
        nearest = whole if number > grown else part
        if isinstance(event, Cue) and event.lang == lang:
            track[event.id], worth[event.id] = event, known.worth(event, said(event))
            reach = max(reach, event.end)
        elif isinstance(event, Withdrawn) and event.id in track:
            del track[event.id], worth[event.id]
        elif nearest.stale and (nearest is whole or known.behind(reach) <= _BEYOND):
            nearest.look(track, len(track) + len(lines) - 2 * sum(worth.values()))
            continue
        else:
            continue
        nearest.stale = True
    whole.look(track, len(track) + len(lines) - 2 * sum(worth.values()))
    return part.track if part.apart < whole.apart - max(_CLEARLY, 0.1 * len(lines)) else whole.track


def _grown(events: Sequence[Event], lang: str) -> int:
    """The position of the last event by which a program made a cue."""
    known: set[str] = set()
    last = -1
    for number, event in enumerate(events):
        if isinstance(event, Cue) and event.lang == lang and event.id not in known:
            known.add(event.id)
            last = last if {"edited", "typed"} & {*event.flags} else number
    return last


class _Nearest:
    """The track that was nearest so far."""

    def __init__(self) -> None:
        self.track: dict[str, Cue] = {}
        self.apart = inf
        self.stale = False
        """It has changed since it was looked at."""

    def look(self, track: dict[str, Cue], apart: float) -> None:
        self.stale = False
        if apart <= self.apart + 1e-6:
            self.track, self.apart = dict(track), apart


class _Known:
    """The lines of a file, to be asked by text and by time."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._by_time = sorted((line.start, line.end) for line in lines)
        self._by_text: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for line in lines:
            self._by_text[line.text].append((line.start, line.end))

    def behind(self, end: float) -> int:
        """How many lines begin after that."""
        return len(self._by_time) - bisect_left(self._by_time, (end, 0.0))

    def worth(self, cue: Cue, text: str) -> float:
        """How much of a cue there is, 0 to 1."""
        if spans := self._by_text.get(text):
            return 1.0 if any(_same(cue, span) for span in spans) else _TEXT
        at = bisect_left(self._by_time, (cue.start - NEAR, 0.0))
        near = self._by_time[at : at + 2]
        return _TIMES if any(_same(cue, span) for span in near) else 0.0


def _same(cue: Cue, span: tuple[float, float]) -> bool:
    return abs(cue.start - span[0]) <= NEAR and abs(cue.end - span[1]) <= NEAR
