"""A sentence taken apart into texts that each make one cue, with the stretch of speech that each belongs to."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

from pipeline.events import Rendering, Value, Word
from pipeline.settings import CueRules
from pipeline.subtitles.lines import atoms, fit, penalty

_CUE = 12.0
"""What one more cue costs, on the scale of `lines.penalty`: splitting is for those who must or gain by it."""
_SHORT = 60.0
_LONG = 40.0
_SLACK = 12.0
_HARD_BREAK = 2.0
"""A break between cues costs so many times what it costs between lines."""
_CLAUSE_REACH = 1.0
"""Seconds over which a break after a comma looks for the comma in what was said."""


class Piece(Value, frozen=True):
    """One cue to be: its lines, and when its words begin and end in stream time."""

    lines: tuple[str, ...]
    start: float
    end: float


def split(rendering: Rendering, rules: CueRules) -> list[Piece]:
    """The fewest good cues that hold a rendering's text; none for a blank one.

    The text is spread over the words that were spoken by its share of characters, and a piece starts with a word.
    """
    lang = rendering.text_lang
    parts = atoms(rendering.text, rules.cpl)
    if not parts:
        return []
    spoken = _Spoken(rendering.sentence.words)
    shares = [0, *accumulate(sum(not c.isspace() for c in part) for part in parts)]
    cuts = [spoken.at(share / shares[-1], part) for share, part in zip(shares[1:-1], parts, strict=False)]
    starts = [spoken.start, *(after for _, after in cuts)]
    ends = [*(before for before, _ in cuts), spoken.end]
    edges = _cheapest(parts, starts, ends, rules, lang)
    return [
        Piece(lines=_lines(parts, first, last, rules, lang), start=starts[first], end=ends[last - 1])
        for first, last in pairwise(edges)
    ]


def _lines(parts: Sequence[str], first: int, last: int, rules: CueRules, lang: str) -> tuple[str, ...]:
    lines = fit(parts[first:last], rules, lang)
    assert lines, "the cuts were chosen among those that fit"
    return lines


def _cheapest(
    parts: Sequence[str], starts: Sequence[float], ends: Sequence[float], rules: CueRules, lang: str
) -> list[int]:
    """Where to cut, as indices into `parts` from 0 to the end: the least sum of what pieces and breaks cost."""
    breaks = [_HARD_BREAK * penalty(left, right, lang) for left, right in pairwise(parts)] + [0.0]
    least: list[tuple[float, list[int]]] = [(0.0, [0])]
    for last in range(1, len(parts) + 1):
        options = []
        for first in range(last - 1, -1, -1):
            size = len(" ".join(parts[first:last]))
            # Every part is at most one line long, so a single one always fits.
            if size > rules.lines * rules.cpl + rules.lines:
                break
            if fit(parts[first:last], rules, lang):
                until = starts[last] if last < len(parts) else ends[-1] + rules.linger
                cost = least[first][0] + _cost(size, until - starts[first], rules) + breaks[last - 1]
                options.append((cost, [*least[first][1], last]))
        least.append(min(options))
    return least[-1][1]


def _cost(size: int, length: float, rules: CueRules) -> float:
    """What a piece of `size` characters costs that has `length` seconds until the next may start."""
    short = max(0.0, rules.shortest + rules.gap - length) / rules.shortest
    long = max(0.0, length - rules.longest)
    slack = max(0.0, 1 - size / (rules.lines * rules.cpl))
    return _CUE + _SHORT * short + _LONG * long + _SLACK * slack**2


class _Spoken:
    """The words of a sentence as a clock: which moment a share of the text belongs to."""

    def __init__(self, words: Sequence[Word]) -> None:
        # A recogniser's times may run backwards by a little; a clock may not.
        self._starts = list(accumulate((word.start for word in words), max))
        self._ends = [max(s, e) for s, e in zip(self._starts, accumulate((w.end for w in words), max), strict=True)]
        sizes = [sum(not c.isspace() for c in word.text) for word in words]
        total = sum(sizes) or 1
        self._shares = [0.0, *(size / total for size in accumulate(sizes))]
        self._clauses = [i for i, word in enumerate(words[:-1], 1) if _is_clause_end(word.text)]
        self.start, self.end = self._starts[0], self._ends[-1]

    def at(self, share: float, text: str) -> tuple[float, float]:
        """When the words before a share (0 to 1) of the text end, and when those after it start.

        That is the nearest start of a word, or the nearest start of a clause where `text`, the last before the
        break, ends one; inside a very long word the moment itself.
        """
        moment = self._moment(share)
        if _is_clause_end(text):
            near = [i for i in self._clauses if abs(self._starts[i] - moment) <= _CLAUSE_REACH]
            if near:
                return self._before(min(near, key=lambda i: abs(self._starts[i] - moment)))
        after = bisect_left(self._starts, moment)
        nearest = min(
            (i for i in (after - 1, after) if 0 < i < len(self._starts)),
            key=lambda i: abs(self._starts[i] - moment),
            default=0,
        )
        if nearest and abs(self._starts[nearest] - moment) <= _CLAUSE_REACH:
            return self._before(nearest)
        return moment, moment

    def _before(self, word: int) -> tuple[float, float]:
        return min(self._ends[word - 1], self._starts[word]), self._starts[word]

    def _moment(self, share: float) -> float:
        word = min(bisect_right(self._shares, share + 1e-9) - 1, len(self._starts) - 1)
        width = self._shares[word + 1] - self._shares[word]
        inside = (share - self._shares[word]) / width if width > 0 else 0.0
        return self._starts[word] + max(0.0, inside) * (self._ends[word] - self._starts[word])


def _is_clause_end(text: str) -> bool:
    return text.rstrip("»”’\"')] ").endswith((",", ";", ":", "—", "–", ".", "!", "?", "…"))
