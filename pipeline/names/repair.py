"""Near-miss spellings of names, put right in recognised words; what is only suspected is left and told. Pure.

A name is looked for in every run of words that could be it, by its sounds (`sounds`). How alike is alike enough
depends on what stands there: a word that no dictionary knows is half a proof of a misheard name; words that the
recogniser was sure of, or that are ordinary ones, must sound all but the same.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from statistics import fmean

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from pipeline.events import Value, Word
from pipeline.names.glossary import Glossary
from pipeline.names.sounds import SCHWA, folded, likeness, sounds

SAFE = 0.8
"""Likeness from which a word that is in no dictionary is taken for the name."""
STRICT = 0.9
"""... and ordinary words, several or with a capital, or words that the recogniser was sure of."""
SUSPECT = 0.66
"""... and from which a name is at least suspected in a word that is in no dictionary."""
SURE, DOUBTED = 0.9, 0.5
"""The recogniser's probability: from one on a word is hardly misheard, under the other a name is uncertain."""
FEWEST, FEWEST_ORDINARY = 4, 5
"""Sounds of a name that can be misheard safely, and that can be hidden in ordinary words."""
_SPLIT = 2
"""Words that a name may have more in what was heard."""
RIVAL = 0.06
"""Two names that are so near to each other in likeness are both possible, and neither is put."""
_ELISION = re.compile(r"(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)", re.IGNORECASE)
_INNER = re.compile(r"\W*(.*\w)\W*", re.DOTALL)


class Find(Value, frozen=True):
    """A name in words [first, last): what stands there, the name, how alike they are, and whether that is safe."""

    first: int
    last: int
    heard: str
    name: str
    score: float
    safe: bool
    before: str = ""
    after: str = ""
    """What stands before and after it and stays: marks, an elided article."""

    @property
    def repairs(self) -> bool:
        """Whether the name is put in the place of what was heard."""
        return self.safe and self.heard != self.name


class Ear:
    """Hears the names of one glossary in sentences of one language."""

    def __init__(self, glossary: Glossary, ordinary: Callable[[str], bool]) -> None:
        """`ordinary` knows the words of the language: names are never put in the place of one."""
        self._ordinary = ordinary
        self._names = [term.source for term in glossary.terms if term.is_name]
        self._hints = {spelt(heard): term.source for term in glossary.terms for heard in term.heard}
        parts = {part for name in self._names for part in _surnames(name, ordinary)}
        self._known = {spelt(name): name for name in (*parts, *self._names)}
        heard = [(name, name) for name in self._known.values() if not is_acronym(name)]
        heard += [(term.source, one) for term in glossary.terms if term.is_name for one in term.heard]
        run_together = [(name, re.sub(r"\W", "", one)) for name, one in heard]  # with its liaisons
        spoken = [(name, sounds(one)) for name, one in (*heard, *run_together)]
        keys = dict.fromkeys((*spoken, *((name, key.replace(SCHWA, "")) for name, key in spoken)))  # who speaks fast
        self._keys = [(name, key) for name, key in keys if len(key) > 1]
        self._folded = [folded(key) for _, key in self._keys]
        self._longest = max((len(re.findall(r"\w+", name)) for name in (*self._known, *self._hints)), default=0)

    def finds(self, words: Sequence[Word]) -> list[Find]:
        """The names in the words, in order, as they should be, in another spelling, or suspected; none overlap."""
        if not self._longest:
            return []
        found = [find for window in self._windows(words) for find in self._judge(window)]
        taken: set[int] = set()
        kept = []
        for find in sorted(found, key=_worth, reverse=True):
            if not taken & set(range(find.first, find.last)):
                taken |= set(range(find.first, find.last))
                kept.append(find)
        return sorted(kept, key=lambda find: find.first)

    def _windows(self, words: Sequence[Word]) -> Iterator["_Window"]:
        for first in range(len(words)):
            for last in range(first + 1, min(first + self._longest + _SPLIT, len(words)) + 1):
                yield from _window(words, first, last)
                if _closed(words[last - 1].text):
                    break

    def _judge(self, window: "_Window") -> Iterator[Find]:
        """What a run of words may be, at most one name; a name that stands there as it should is a find too."""
        same = spelt(window.text)
        alone = window.last - window.first == 1
        if same in self._hints:
            yield window.find(self._hints[same], 1.0, safe=True)
        elif same in self._known:
            name = self._known[same]
            if window.text == name or not self._usual(window):
                yield window.find(name, 1.0, safe=window.text != name or window.probability >= DOUBTED)
        elif alone and same.rstrip("sx") in self._known:  # the plural of a name
            yield window.find(window.text, 1.0, safe=True)
        else:
            yield from self._near(window)

    def _usual(self, window: "_Window") -> bool:
        """Ordinary words where they stand: without a capital, but for the first of a sentence."""
        return not window.capital and self._ordinary(window.text)

    def _near(self, window: "_Window") -> Iterator[Find]:
        ordinary = self._ordinary(window.text)
        key = sounds(window.text)
        near = self._ranked(key)
        if not near:
            return
        score, name, size = near[0]
        rivals = [other for other, rival, _ in near if rival != name and score - other < RIVAL]
        sure = window.probability >= SURE
        wanted = SAFE if not ordinary and not sure else STRICT
        fewest = FEWEST_ORDINARY if ordinary else FEWEST
        # Ordinary words are what was said, but for a name that was broken up, as in `bras sac`.
        broken_up = window.last - window.first > len(name.split())
        hidden = ordinary and not window.capital and (sure or not broken_up)
        if score >= wanted and not rivals and not hidden and (size >= fewest or (score == 1 and not ordinary)):
            yield window.find(name, score, safe=True)
        elif not ordinary and not sure and score >= SUSPECT and size >= FEWEST:
            yield window.find(name, score, safe=False)

    def _ranked(self, key: str) -> list[tuple[float, str, int]]:
        """(likeness, name, sounds of the name) of all names that are near, the nearest first."""
        most = int((1 - SUSPECT) * 1.5 * len(key)) + 1
        near = process.extract(
            folded(key), self._folded, scorer=Levenshtein.distance, score_cutoff=most, limit=None, processor=None
        )
        scored = ((likeness(key, self._keys[at][1]), *self._keys[at]) for _, _, at in near)
        return sorted(((score, name, len(own)) for score, name, own in scored if score >= SUSPECT), reverse=True)


class _Window(Value, frozen=True):
    """A run of words [first, last) that may be a name."""

    first: int
    last: int
    text: str
    """Without the marks around it."""
    before: str
    after: str
    capital: bool
    """A word in it has one, and not because a sentence begins."""
    probability: float

    def find(self, name: str, score: float, *, safe: bool) -> Find:
        return Find(
            first=self.first,
            last=self.last,
            heard=self.text,
            name=name,
            score=round(score, 3),
            safe=safe,
            before=self.before,
            after=self.after,
        )


def _window(words: Sequence[Word], first: int, last: int) -> Iterator[_Window]:
    """The run of words, with and without an elided article before it; none where there is nothing to read."""
    whole = "".join(word.text for word in words[first:last])
    inner = _INNER.fullmatch(whole)
    if not inner:
        return
    starts = [inner.start(1)]
    if elided := _ELISION.match(whole, inner.start(1)):
        starts.append(elided.end())
    begins = first == 0 or _closed(words[first - 1].text, '.!?:…«"“')
    for start in starts:
        text = whole[start : inner.end(1)]
        yield _Window(
            first=first,
            last=last,
            text=text,
            before=whole[:start],
            after=whole[inner.end(1) :],
            capital=any(map(str.isupper, text[1:] if begins and start == inner.start(1) else text)),
            probability=fmean(word.probability for word in words[first:last]),
        )


def _closed(text: str, marks: str = ".!?:;,…»)") -> bool:
    """Whether a mark after the word keeps a name from going on."""
    return text.rstrip().endswith(tuple(marks))


def _worth(find: Find) -> tuple[bool, float, int]:
    """What finds that overlap are ordered by: how many of a name's sounds are there."""
    return find.safe, len(sounds(find.name)) * find.score, find.first - find.last


def put(words: Sequence[Word], finds: Sequence[Find]) -> tuple[Word, ...]:
    """The words with the names of safe finds in the place of what was heard; times and marks stay."""
    mended = list(words)
    for find in sorted(finds, key=lambda find: find.first, reverse=True):
        if find.repairs:
            mended[find.first : find.last] = _renamed(words[find.first : find.last], find)
    return tuple(mended)


def _renamed(heard: Sequence[Word], find: Find) -> list[Word]:
    """The words of a name in the time of the words heard: each its own where there are as many, else by letters."""
    begins = find.heard[0].isupper() and find.name == find.name.lower()  # a word where a sentence begins
    name = find.name[0].upper() + find.name[1:] if begins else find.name
    texts = f"{find.before}{name}{find.after}".replace(" ", "\0 ").split("\0")
    texts = texts[1:] if find.before.startswith(" ") else texts
    if len(texts) == len(heard):
        return [msgspec.structs.replace(word, text=text) for word, text in zip(heard, texts, strict=True)]
    start, end, letters = heard[0].start, heard[-1].end, sum(map(len, texts))
    probability = fmean(word.probability for word in heard)
    bounds = [start + (end - start) * done / letters for done in accumulate(map(len, texts[:-1]), initial=0)]
    return [
        Word(start=begin, end=until, text=text, probability=probability)
        for text, (begin, until) in zip(texts, pairwise((*bounds, end)), strict=True)
    ]


@lru_cache(maxsize=20_000)
def spelt(text: str) -> str:
    """The text without case, accents and marks: two spellings of the same letters are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("’", "'"))
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


def _surnames(name: str, ordinary: Callable[[str], bool]) -> Iterator[str]:
    """Words of a name that stand for it alone: with a capital, in no dictionary, but for the first, a given name."""
    for part in name.split()[1:]:
        if part[:1].isupper() and not ordinary(part) and len(sounds(part)) >= FEWEST and not is_acronym(part):
            yield part


def is_acronym(name: str) -> bool:
    """It is said letter by letter, or may be: no spelling tells how it sounds."""
    return name.isupper() and len(name) <= 5
