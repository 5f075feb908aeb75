"""How the terms of a glossary stand in a translation: which have to, which do not, and how to mend that. Pure."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from pipeline.events import Value
from pipeline.names.glossary import Term
from pipeline.names.repair import spelt

NEAR, NEAR_STAND_IN = 0.8, 0.7
"""How alike, letter by letter, what stands in an answer must be to what was meant by it."""
_STAND_INS = ("Giulia", "Samir", "Farida", "Lucas", "Odette", "Marcel", "Yasmine", "Tobias")
"""Given names that stand in a text for terms: every engine has seen them, and leaves them alone in every language."""


class Mask(Value, frozen=True):
    """A name that stands in a text for a term, and how often."""

    term: Term
    name: str
    times: int


def due(text: str, terms: Sequence[Term]) -> list[Term]:
    """The terms that are said in a text, in the order they come; where one is part of another, the longer."""
    taken: set[int] = set()
    found: list[tuple[int, Term]] = []
    for term in sorted(terms, key=lambda term: -len(term.source)):
        for match in _term(term.source).finditer(text):
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
    return any(True for _ in _places(target, answer))


def _places(target: str, answer: str) -> Iterator[tuple[int, int]]:
    """Where it stands as it is written, but for a first letter that begins a sentence."""
    pattern = _term(target[0].upper() + target[1:] if target[0].islower() and target != target.lower() else target)
    yield from (match.span() for one in (_term(target), pattern) for match in one.finditer(answer))


def mend(answer: str, wanted: Sequence[Term]) -> str:
    """The answer with what is nearly a wanted term, or its source as it was, as the term should be."""
    for term in missed(answer, wanted):
        right = [place for one in wanted for place in _places(one.target, answer)]
        place = _nearest(answer, (term.target, term.source), NEAR, right)
        answer = _put(term.target, answer, *place) if place else answer
    return answer


def _put(target: str, answer: str, start: int, end: int) -> str:
    """The answer with the target in the place of [start, end); it begins a sentence if what stood there did."""
    begins = not answer[:start].rstrip("\"'“‘«¡¿( ") or answer[:start].rstrip().endswith((".", "!", "?", ":"))
    capital = begins and answer[start].isupper()
    return f"{answer[:start]}{target[0].upper() if capital else target[0]}{target[1:]}{answer[end:]}"


def _nearest(
    answer: str, meant: Sequence[str], least: float, but: Sequence[tuple[int, int]] = ()
) -> tuple[int, int] | None:
    """Where in the answer that stands which is most like one of the spellings that are meant, and is not in `but`."""
    best: tuple[float, int, int] | None = None
    for wanted in meant:
        key = _letters(wanted)
        for start, end in _runs(answer, len(wanted.split()) + 1):
            near = Levenshtein.normalized_similarity(_letters(answer[start:end]), key)
            free = all(end <= first or last <= start for first, last in but)
            if near >= least and free and (best is None or near > best[0]):
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
        text = _term(term.source).sub(term.target.replace("\\", r"\\"), text)
    return text


def masked(text: str, wanted: Sequence[Term]) -> tuple[str, list[Mask]]:
    """The text with given names in the place of the terms, and which stand where; it has to be unmasked."""
    known = " ".join((text, *(term.target for term in wanted)))
    names = (name for name in _STAND_INS if not _nearest(known, (name,), NEAR_STAND_IN))
    masks = []
    for term, name in zip(sorted(wanted, key=lambda term: -len(term.source)), names, strict=False):
        text, times = _term(term.source).subn(name, text)
        masks.append(Mask(term=term, name=name, times=times))
    return text, masks


def unmasked(answer: str, masks: Sequence[Mask]) -> str:
    """The answer with the terms again where their masks are; empty unless each is there just as often as it was put.

    A mask that is left in would be a name on the screen that nobody said.
    """
    for mask in masks:
        for _ in range(mask.times):
            place = _nearest(answer, (mask.name,), NEAR_STAND_IN)
            if place is None:
                return ""
            answer = _put(mask.term.target, answer, *place)
    return "" if any(_nearest(answer, (mask.name,), NEAR_STAND_IN) for mask in masks) else answer


@lru_cache(maxsize=1000)
def _term(term: str) -> re.Pattern[str]:
    """The term as whole words; of words in any case, of a name as it is written."""
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE if term == term.lower() else 0)


def _letters(text: str) -> str:
    return spelt(text).replace(" ", "")
