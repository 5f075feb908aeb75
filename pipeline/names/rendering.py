"""How the terms of a glossary stand in a translation: which have to, which do not, and how to mend that. Pure."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from pipeline.names.glossary import Term
from pipeline.names.repair import spelt

NEAR, NEAR_STAND_IN = 0.8, 0.7
"""How alike, letter by letter, what stands in an answer must be to what was meant by it."""
_STAND_INS = ("Giulia", "Samir", "Farida", "Lucas", "Odette", "Marcel", "Yasmine", "Tobias")
"""Given names that stand in a text for terms: every engine has seen them, and leaves them alone in every language."""


def due(text: str, terms: Sequence[Term]) -> list[Term]:
    """The terms that are said in a text, in the order they come; where one is part of another, the longer."""
    taken: set[int] = set()
    found: list[tuple[int, Term]] = []
    for term in sorted(terms, key=lambda term: -len(term.source)):
        for match in _word(term.source).finditer(text):
            place = set(range(*match.span()))
            if not place & taken:
                taken |= place
                found.append((match.start(), term))
    return list(dict.fromkeys(term for _, term in sorted(found, key=lambda pair: pair[0])))


def broken(text: str, answer: str, terms: Sequence[Term]) -> str:
    """Which term of the glossary is not in the answer as it should be, as a verdict; empty when all are."""
    missing = missed(answer, due(text, terms))
    return f"broken glossary term: {', '.join(term.target for term in missing)}" if missing else ""


def missed(answer: str, wanted: Sequence[Term]) -> list[Term]:
    return [term for term in wanted if not _stands(term.target, answer)]


def _stands(target: str, answer: str) -> bool:
    """As it is written, but for the first letter, which may begin a sentence, and in the plural."""
    pattern = _word(target) if target == target.lower() else _exactly(target)
    return pattern.search(answer) is not None


def mend(answer: str, wanted: Sequence[Term], stood_in: Sequence[str] = ()) -> str:
    """The answer with what is nearly a wanted term, its source or what stood in for it, as the term should be."""
    for number, term in enumerate(wanted):
        place = _nearest(answer, stood_in[number : number + 1], NEAR_STAND_IN)
        if not place and not _stands(term.target, answer):
            place = _nearest(answer, (term.target, term.source), NEAR)
        answer = _put(term.target, answer, *place) if place else answer
    return answer


def _put(target: str, answer: str, start: int, end: int) -> str:
    """The answer with the target in the place of [start, end); it begins a sentence if what stood there did."""
    begins = not answer[:start].rstrip("\"'“‘«¡¿( ") or answer[:start].rstrip().endswith((".", "!", "?", ":"))
    capital = begins and answer[start].isupper()
    return f"{answer[:start]}{target[0].upper() if capital else target[0]}{target[1:]}{answer[end:]}"


def _nearest(answer: str, meant: Sequence[str], least: float) -> tuple[int, int] | None:
    """Where in the answer that stands which is most like one of the spellings that are meant."""
    best: tuple[float, int, int] | None = None
    for wanted in meant:
        key = _letters(wanted)
        for start, end in _runs(answer, len(wanted.split()) + 1):
            near = Levenshtein.normalized_similarity(_letters(answer[start:end]), key)
            if near >= least and (best is None or near > best[0]):
                best = near, start, end
    return best[1:] if best else None


def _runs(text: str, most: int) -> Iterator[tuple[int, int]]:
    """Where runs of up to so many words are; an English genitive is no part of its word."""
    words = [match.span() for match in re.finditer(r"\w+(?:['’](?!s\b)\w+)*(?:-\w+)*", text)]
    for first, (start, _) in enumerate(words):
        for _, end in words[first : first + most]:
            yield start, end


def with_targets(text: str, wanted: Sequence[Term]) -> str:
    """The text with the terms already in the language that it is to be translated into."""
    for term in wanted:
        text = _word(term.source).sub(term.target.replace("\\", r"\\"), text)
    return text


def with_stand_ins(text: str, wanted: Sequence[Term]) -> tuple[str, Sequence[str]]:
    """The text with given names in the place of the terms, and these names; there are only a few."""
    names = [name for name in _STAND_INS if name not in text][: len(wanted)]
    for term, name in zip(wanted, names, strict=False):
        text = _word(term.source).sub(name, text)
    return text, names


@lru_cache(maxsize=1000)
def _word(term: str) -> re.Pattern[str]:
    """The term as whole words, in any case."""
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1000)
def _exactly(term: str) -> re.Pattern[str]:
    first = re.escape(term[0])
    return re.compile(rf"(?<!\w)(?:{first}|{re.escape(term[0].upper())}){re.escape(term[1:])}(?!\w)")


def _letters(text: str) -> str:
    return spelt(text).replace(" ", "")
