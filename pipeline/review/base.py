"""Which state of a session a file was made from: between then and now somebody may have gone on. Pure."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from math import inf

from pipeline.events import Cue, Event, Withdrawn
from pipeline.review.alignment import NEAR, Line, distance
from pipeline.state import unwritten

_TEXT, _TIMES = 0.9, 0.8
"""How much of a line a file has that has only its text, or only its times ..."""
_CLOSE = 0.09
"""... and how much more at most for words that are nearly the same: what was changed there was changed from those."""
_CLEARLY = 5.0
"""Lines by which a state must be nearer in which the track was not all there yet: some were deleted, more likely."""
_BEYOND = 2
"""Lines that somebody may have put behind the end of such a state; of a file with more, the session had more."""
_PUT_BACK = 5
"""Lines that somebody may have put back as they were before the file was exported; of a file with more of such lines
than it has of those of the export, it is likelier that it was copied from the folder at that time."""


def base(
    events: Sequence[Event],
    lang: str,
    lines: Sequence[Line],
    said: Callable[[Cue], str],
    given: Collection[int] = (),
) -> dict[str, Cue]:
    """The cues of a track at the moment when they were nearest to the file's `lines`, the latest of those; `said` gives
    a cue's text as such a line has it. `given`: so many of the events there were when such a file was given out; a file
    is of one of those, unless it has far more of another state."""
    track = _Track(lang, lines, said)
    grown, whole = _grown(events, lang), _Nearest()
    part, out = _Nearest(), _Nearest()
    for number, event in enumerate(events):
        if number in given:
            out.look(track)
        nearest = whole if number >= grown else part
        if track.follow(event):
            nearest.stale = True
        elif nearest.stale and (nearest is whole or track.behind <= _BEYOND):
            nearest.look(track)
    whole.look(track)
    if len(events) in given:
        out.look(track)
    nearest = part if part.apart < whole.apart - max(_CLEARLY, 0.1 * len(lines)) else whole
    return out.track if out.there and nearest.there - out.there <= _PUT_BACK else nearest.track


def alike(events: Sequence[Event], lang: str, lines: Sequence[Line], said: Callable[[Cue], str]) -> int | None:
    """How many of the events there were when the track said what the file's `lines` say, the last time; None where it
    never did."""
    track, found = _Track(lang, lines, said), None
    for number, event in enumerate(events, 1):
        if track.follow(event) and track.alike:
            found = number
    return found


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
        self.there = 0
        """How many of its cues the file has whole."""
        self.stale = False
        """It has changed since it was looked at."""

    def look(self, track: "_Track") -> None:
        self.stale = False
        if (apart := track.apart) <= self.apart + 1e-6:
            self.track, self.apart, self.there = dict(track.cues), apart, track.there


class _Track:
    """The cues of a track as they come and go, beside the lines of a file."""

    def __init__(self, lang: str, lines: Sequence[Line], said: Callable[[Cue], str]) -> None:
        self.cues: dict[str, Cue] = {}
        self._lang, self._said = lang, said
        self._reach = 0.0  # where the last cue ended that there ever was
        self._by_time = sorted((line.start, line.end, line.text) for line in lines)
        self._by_text: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for line in lines:
            self._by_text[line.text].append((line.start, line.end))
        self._texts: dict[str, str] = {}
        self._worth: dict[str, float] = {}
        """How much of a cue there is at its time, 0 to 1."""
        self._whole: Counter[str] = Counter()
        """Cues that the file has whole, by text."""
        self._elsewhere: dict[str, str] = {}
        """Texts of cues that the file has at another time."""

    def follow(self, event: Event) -> bool:
        """Whether it changes with that event. A line that nobody has written yet is in no file."""
        if isinstance(event, Cue) and event.lang == self._lang and not unwritten(event):
            self._put(event, self._said(event))
        elif isinstance(event, Cue | Withdrawn) and event.id in self.cues:
            self._drop(event.id)
        else:
            return False
        return True

    def _put(self, cue: Cue, text: str) -> None:
        """A cue, whose text such a file has like that."""
        self._drop(cue.id)
        self._reach = max(self._reach, cue.end)
        spans = self._by_text.get(text, [])
        whole = any(_same(cue, span) for span in spans)
        self.cues[cue.id], self._texts[cue.id] = cue, text
        self._worth[cue.id] = 1.0 if whole else self._timed(cue, text)
        self._whole[text] += whole
        if spans and not whole:
            self._elsewhere[cue.id] = text

    def _drop(self, id: str) -> None:
        if id in self.cues:
            del self.cues[id]
            self._whole[self._texts.pop(id)] -= self._worth.pop(id) == 1.0
            self._elsewhere.pop(id, None)

    @property
    def apart(self) -> float:
        """How far it is from the file: by cues and lines that have no fellow, and what of the others is otherwise."""
        worth = sum(self._worth.values())
        found: Counter[str] = Counter()
        for id, text in self._elsewhere.items():
            if len(self._by_text[text]) > self._whole[text] + found[text]:  # of lines that are alike, some may be gone
                found[text] += 1
                worth += _TEXT - self._worth[id]
        return len(self.cues) + len(self._by_time) - 2 * worth

    @property
    def there(self) -> int:
        """How many cues the file has whole."""
        return sum(worth == 1.0 for worth in self._worth.values())

    @property
    def alike(self) -> bool:
        """Whether it is the file, line by line."""
        return len(self.cues) == len(self._by_time) and self.there == len(self.cues)

    @property
    def behind(self) -> int:
        """How many lines begin after the last cue."""
        return len(self._by_time) - bisect_left(self._by_time, (self._reach, 0.0, ""))

    def _timed(self, cue: Cue, text: str) -> float:
        """How much of it there is where a line has its times."""
        at = bisect_left(self._by_time, (cue.start - NEAR, 0.0, ""))
        there = [said for *span, said in self._by_time[at : at + 2] if _same(cue, span)]
        return max((_TIMES + _CLOSE * (1 - distance(text, said)) for said in there), default=0.0)


def _same(cue: Cue, span: Sequence[float]) -> bool:
    return abs(cue.start - span[0]) <= NEAR and abs(cue.end - span[1]) <= NEAR
