"""Which lines of one file are which of another: by text and time, in order, split and merged ones too. Pure.

Lines that say the same at the same time are found first, then texts that there are once; what is left between those is
aligned by dynamic programming, where the cost of a pair is how far its texts are apart (0 to 1) and a little of its
times. So thousands of lines take a second, and a file that was shifted as a whole is no other file.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import Indel

from pipeline.events import Value

NEAR = 0.05
"""Seconds: two moments that are no further apart may be one, rounded to a frame."""
_ALONE = 0.6
"""What it costs that a line has no other; two such are cheaper than a pair with nothing in common."""
_TIME = 0.5
"""The most that a difference of times costs ..."""
_FAR = 4.0
"""... from so many seconds on, start and end together."""
_ID = 0.5
"""What a common id is worth."""
_PARTS = 5
"""Lines at most that one is split into, or merged of."""
_PART = 0.1
"""What each further one costs."""
_LIKE = 0.35
"""How far the text of the parts may be from that of the whole."""
_SMALL = 3600
"""Pairs up to which all are looked at, beyond that those at most `_BAND` seconds apart."""
_BAND = 20.0


class Line(Value, frozen=True):
    """A cue of either side."""

    start: float
    end: float
    text: str
    id: str = ""
    """Where both sides have it, it is the same line."""
    tagged: str = ""
    """The text with its tags, where it has any."""
    italic: str = ""
    """The text with its italics alone, where it has any."""
    tags: tuple[str, ...] = ()
    """Which others it has."""


class Match(Value, frozen=True):
    """Lines, by their position, that became others; either side may be empty, and one has at most one."""

    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()


def align(before: Sequence[Line], after: Sequence[Line]) -> list[Match]:
    """Every line of both, once, in order; each side is in the order of time."""
    return _Alignment(before, after).matches()


def distance(one: str, other: str) -> float:
    """How far two texts are apart: 0 for the same words on whatever lines, 1 for nothing in common."""
    return float(Indel.normalized_distance(_words(one), _words(other)))


def _words(text: str) -> str:
    lines = (line.strip().lstrip("-–— ") for line in text.casefold().splitlines())
    return " ".join(" ".join(lines).split())


class _Alignment:
    def __init__(self, before: Sequence[Line], after: Sequence[Line]) -> None:
        self._before, self._after = before, after
        self._old, self._new = [_words(line.text) for line in before], [_words(line.text) for line in after]
        self._ids = {line.id for line in before if line.id}

    def matches(self) -> list[Match]:
        anchors = self._refined(self._same())
        ends = [(-1, -1), *anchors, (len(self._before), len(self._after))]
        made: list[Match] = []
        offset = 0.0
        for (i, j), (k, m) in pairwise(ends):
            if i >= 0:
                made.append(Match(before=(i,), after=(j,)))
                offset = self._after[j].start - self._before[i].start
            made += _Between(self, range(i + 1, k), range(j + 1, m), offset).matches()
        return made

    def _same(self) -> list[tuple[int, int]]:
        """Those with the same text at the same time."""
        starts = [line.start for line in self._before]
        pairs: list[tuple[int, int]] = []
        for j, line in enumerate(self._after):
            at = bisect_left(starts, line.start - NEAR)
            while at < len(starts) and starts[at] <= line.start + NEAR:
                if self._old[at] == self._new[j] and abs(self._before[at].end - line.end) <= NEAR:
                    pairs.append((at, j))
                at += 1
        return _rising(pairs)

    def _refined(self, anchors: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """With those between them whose text there is once on either side."""
        more: list[tuple[int, int]] = []
        for (i, j), (k, m) in pairwise([(-1, -1), *anchors, (len(self._before), len(self._after))]):
            old, new = self._once(self._old, i + 1, k), self._once(self._new, j + 1, m)
            more += _rising((old[text], new[text]) for text in old.keys() & new.keys())
        return sorted([*anchors, *more])

    @staticmethod
    def _once(texts: Sequence[str], first: int, last: int) -> dict[str, int]:
        count = Counter(texts[first:last])
        return {texts[at]: at for at in range(first, last) if count[texts[at]] == 1}

    def pair(self, i: int, j: int, offset: float) -> float:
        """What it costs that one line is the other."""
        return Indel.normalized_distance(self._old[i], self._new[j]) + self.times((i, i), (j, j), offset)

    def times(self, old: tuple[int, int], new: tuple[int, int], offset: float) -> float:
        """What the difference of times costs, as they are or moved as the lines before were; less for a common id."""
        starts = self._after[new[0]].start - self._before[old[0]].start
        ends = self._after[new[1]].end - self._before[old[1]].end
        apart = min(abs(starts) + abs(ends), abs(starts - offset) + abs(ends - offset))
        cost = _TIME * min(1.0, apart / _FAR)
        id = self._after[new[0]].id
        if id in self._ids:
            cost += -_ID if id == self._before[old[0]].id else _ID
        return cost

    def whole(self, old: range, new: range, offset: float) -> float | None:
        """What it costs that one line became several, or several one; None where that is not what happened: with one
        of the parts left out, the rest would be as like."""
        one, parts = (self._old[old[0]], self._new) if len(old) == 1 else (self._new[new[0]], self._old)
        span = new if len(old) == 1 else old
        if not 0.4 * len(one) <= sum(len(parts[at]) for at in span) <= 2.5 * len(one):
            return None
        apart = float(Indel.normalized_distance(one, " ".join(parts[at] for at in span)))
        if apart > _LIKE:
            return None
        for left in span:
            rest = " ".join(parts[at] for at in span if at != left)
            if Indel.normalized_distance(one, rest) <= apart:
                return None
        return apart + self.times((old[0], old[-1]), (new[0], new[-1]), offset) + _PART * (len(span) - 1)

    def lines(self) -> tuple[Sequence[Line], Sequence[Line]]:
        return self._before, self._after


class _Between:
    """What lies between two anchors, by dynamic programming."""

    def __init__(self, all: _Alignment, old: range, new: range, offset: float) -> None:
        self._all, self._old, self._new, self._offset = all, old, new, offset

    def matches(self) -> list[Match]:
        if not self._old or not self._new:
            return [*(Match(before=(i,)) for i in self._old), *(Match(after=(j,)) for j in self._new)]
        return self._walked_back(self._costs())

    @cached_property
    def _windows(self) -> list[tuple[int, int]]:
        """For each number of old lines, how many of the new ones may have been used up, from and to."""
        n, m = len(self._old), len(self._new)
        if n * m <= _SMALL:
            return [(0, m)] * (n + 1)
        before, after = self._all.lines()
        starts = [after[j].start for j in self._new]
        windows = [(0, m if n == 0 else 0)]
        for i in self._old:
            at = before[i].start
            first, last = bisect_left(starts, at - _BAND), bisect_left(starts, at + _BAND)
            windows.append((min(first, windows[-1][1]), max(last, windows[-1][1])))
        windows[0] = (0, windows[1][1])
        windows[-1] = (windows[-1][0], m)
        return windows

    def _costs(self) -> list[dict[int, tuple[float, int, int]]]:
        """For each (old lines, new lines) used up: the least cost, and how many of both the last step took."""
        best: list[dict[int, tuple[float, int, int]]] = []
        for n, (first, last) in enumerate(self._windows):
            row: dict[int, tuple[float, int, int]] = {}
            best.append(row)
            for m in range(first, last + 1):
                steps = [(best[n - old][m - new][0] + cost, old, new) for old, new, cost in self._steps(n, m, best)]
                if steps:
                    row[m] = min(steps)
                elif n == m == 0:
                    row[m] = (0.0, 0, 0)
        return best

    def _steps(
        self, n: int, m: int, best: Sequence[dict[int, tuple[float, int, int]]]
    ) -> Iterator[tuple[int, int, float]]:
        """How (n, m) is reached: old lines, new lines, what that costs."""
        if n and m in best[n - 1]:
            yield 1, 0, _ALONE
        if m and m - 1 in best[n]:
            yield 0, 1, _ALONE
        if not n or not m:
            return
        if m - 1 in best[n - 1]:
            yield 1, 1, self._all.pair(self._old[n - 1], self._new[m - 1], self._offset)
        for parts in range(2, _PARTS + 1):
            for old, new in ((1, parts), (parts, 1)):
                if old <= n and new <= m and m - new in best[n - old]:
                    cost = self._all.whole(self._old[n - old : n], self._new[m - new : m], self._offset)
                    if cost is not None:
                        yield old, new, cost

    def _walked_back(self, best: Sequence[dict[int, tuple[float, int, int]]]) -> list[Match]:
        n, m = len(self._old), len(self._new)
        made: list[Match] = []
        while n or m:
            _, old, new = best[n][m]
            made.append(Match(before=tuple(self._old[n - old : n]), after=tuple(self._new[m - new : m])))
            n, m = n - old, m - new
        return made[::-1]


def _rising(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of them that rise on both sides, each position once."""
    pairs = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))
    lowest: list[int] = []  # of the rising rows of each length, the least end, and its pair
    ends: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        at = bisect_left(lowest, j)
        lowest[at : at + 1], ends[at : at + 1] = [j], [number]
        before.append(ends[at - 1] if at else -1)
    made: list[tuple[int, int]] = []
    last = ends[-1] if ends else -1
    while last >= 0:
        made.append(pairs[last])
        last = before[last]
    return made[::-1]
