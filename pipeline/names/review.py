"""What a person should know of a glossary before the show, line by line. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Literal

from pipeline.events import Value
from pipeline.names.glossary import Fault, Term, lines
from pipeline.names.repair import FEWEST, FEWEST_ORDINARY, RIVAL, STRICT, is_acronym, spelt
from pipeline.names.sounds import likeness, sounds

ROOM = 223
"""Tokens that Whisper keeps in mind: 448 // 2 - 1."""


class Remark(Value, frozen=True):
    line: int
    term: str
    level: Literal["error", "warning"]
    said: str
    """What is wrong, and what to do."""


def review(
    text: str, ordinary: Callable[[str], bool], common: Iterable[str], tokens: Callable[[str], int] | None
) -> list[Remark]:
    """What there is to say of the text of a glossary file, by line.

    `ordinary` and `common` know the words of the language; `tokens` counts as the speech model does, None without one.
    """
    found = list(lines(text))
    terms = [one for one in found if isinstance(one, Term)]
    names = [term for term in terms if term.is_name]
    remarks = [Remark(line=one.line, term="", level="error", said=one.said) for one in found if isinstance(one, Fault)]
    remarks += [*_twice(terms), *_plain(terms, ordinary), *_unheard(names), *_alike(names), *_like_words(names, common)]
    remarks += _too_many(terms, tokens) if tokens else ()
    return sorted(remarks, key=lambda remark: remark.line)


def _warning(term: Term, said: str) -> Remark:
    return Remark(line=term.line, term=term.source, level="warning", said=said)


def _twice(terms: Sequence[Term]) -> Iterator[Remark]:
    seen: dict[str, Term] = {}
    for term in terms:
        before = seen.setdefault(spelt(term.source), term)
        if before is not term and before.target != term.target:
            said = f"line {before.line} says {before.target!r}; leave one of the two out"
            yield Remark(line=term.line, term=term.source, level="error", said=said)
        elif before is not term:
            yield _warning(term, f"stands on line {before.line} already; leave one of the two out")


def _plain(terms: Sequence[Term], ordinary: Callable[[str], bool]) -> Iterator[Remark]:
    for term in terms:
        for heard in term.heard:
            if ordinary(heard):
                yield _warning(term, f"[{heard}] is said in other senses too and will be replaced wherever it stands")
        if term.is_name and " " not in term.source and ordinary(term.source):
            yield _warning(term, "is an ordinary word too: without its capital it is left as it is")


def _unheard(names: Sequence[Term]) -> Iterator[Remark]:
    for term in names:
        if not term.heard and (is_acronym(term.source) or len(sounds(term.source)) < FEWEST):
            yield _warning(term, "is too short to be told by its sound; add how it is misheard, as in [cé jé té]")


def _alike(names: Sequence[Term]) -> Iterator[Remark]:
    for one, other in combinations(names, 2):
        if 1 - likeness(sounds(one.source), sounds(other.source)) < RIVAL and spelt(one.source) != spelt(other.source):
            yield _warning(other, f"sounds like {one.source} on line {one.line}: misheard, neither is put right")


def _like_words(names: Sequence[Term], common: Iterable[str]) -> Iterator[Remark]:
    """The most frequent word that each name may be put in the place of; `common` has the most frequent first."""
    left = {term: sounds(term.source) for term in names if " " not in term.source}
    left = {term: key for term, key in left.items() if len(key) >= FEWEST_ORDINARY}
    for word in common if left else ():
        key = sounds(word)
        for term, own in list(left.items()):
            alike = abs(len(key) - len(own)) <= 1 and likeness(key, own) >= STRICT
            if alike and spelt(word) != spelt(term.source):
                yield _warning(term, f"sounds like the word {word!r}, which is taken for it where it has a capital")
                del left[term]


def _too_many(terms: Sequence[Term], tokens: Callable[[str], int]) -> Iterator[Remark]:
    """From the first term on that the speech model has no room for; names come before words."""
    listed = sorted(terms, key=lambda term: not term.is_name)
    for count, term in enumerate(listed, 1):
        if tokens(", ".join(one.source for one in listed[:count])) > ROOM:
            said = f"from here on {len(listed) - count + 1} terms do not fit what the speech model keeps in mind"
            yield _warning(term, f"{said}; put what matters most at the top")
            return
