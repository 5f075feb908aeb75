"""Where a text may be broken, what each break costs the reader, and the best lines for one cue.

Costs are penalties, never prohibitions, so that a text that fits always has lines. The order follows the guides in
`docs/cue-rules.md`: after punctuation, before a conjunction, before a preposition; not inside a unit of sense.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, pairwise

from pipeline.settings import CueRules
from pipeline.subtitles.language import Language, language

_SENTENCE, _CLAUSE, _COMMA, _CONJUNCTION, _PREPOSITION, _ANYWHERE = 0.5, 1.0, 1.5, 3.0, 5.0, 8.0
_UNIT = 25.0
"""Breaking a unit of sense: worse than lines of which one is three times as long as the other."""
_UNEVEN = 20.0
_TOP_HEAVY = 1.0
_ELISIONS = ("'", "’")


def break_lines(text: str, rules: CueRules, lang: str) -> tuple[str, ...] | None:
    """The text on one line if it fits, else on as few lines as it takes, broken where it reads best.

    None if it does not fit into `rules.lines` lines of `rules.cpl` characters.
    """
    return fit(atoms(text, rules.cpl), rules, lang)


def fit(parts: Sequence[str], rules: CueRules, lang: str) -> tuple[str, ...] | None:
    """`break_lines` for a text already taken apart by `atoms`."""
    for count in range(1, rules.lines + 1):
        if lines := _best(tuple(parts), count, rules.cpl, lang):
            return lines
    return None


def atoms(text: str, cpl: int) -> list[str]:
    """The parts between which a line may end: words, with the punctuation that stands alone beside them.

    What is longer than a line (an address) is cut into parts of a line's length.
    """
    glued: list[str] = []
    for word in text.split():
        if glued and (_closes(word) or _opens(glued[-1])):
            glued[-1] += f" {word}"
        else:
            glued.append(word)
    return [
        part[at : at + cpl].strip() for part in glued for at in range(0, len(part), cpl) if part[at : at + cpl].strip()
    ]


def penalty(left: str, right: str, lang: str) -> float:
    """What a break between two neighbouring atoms costs."""
    known = language(lang)
    before, after = _plain(left), _plain(right)
    if mark := _mark_penalty(left, before, known):
        return mark
    if _is_unit(left, right, before, after, known):
        return _UNIT
    if after in known.conjunctions or _elided(after) in known.conjunctions:
        return _CONJUNCTION
    if after in known.prepositions or _elided(after) in known.prepositions:
        return _PREPOSITION
    return _ANYWHERE


def tears(left: str, right: str, lang: str) -> bool:
    """Whether a break between two neighbouring atoms parts what belongs together."""
    return penalty(left, right, lang) >= _UNIT


def _mark_penalty(left: str, before: str, known: Language) -> float | None:
    bare = left.rstrip("»”’\"')] ")
    if bare.endswith((".", "!", "?", "…")) and before not in known.titles | known.counters:
        return _SENTENCE
    if bare.endswith((";", ":", "—", "–")):
        return _CLAUSE
    return _COMMA if bare.endswith(",") else None


def _is_unit(left: str, right: str, before: str, after: str, known: Language) -> bool:
    """Whether the two atoms belong together: article and noun, number and what it counts, first and last name..."""
    leading = known.articles | known.pronouns | known.auxiliaries | known.negations
    leading |= known.prepositions | known.conjunctions | known.titles | known.counters
    names = left[:1].isupper() and right[:1].isupper() and before not in known.conjunctions
    return (
        before in leading
        or after in known.negations
        or names
        or before.replace(",", "").replace(".", "").isdigit()
        or left.endswith(_ELISIONS)
    )


def _best(parts: tuple[str, ...], count: int, cpl: int, lang: str) -> tuple[str, ...] | None:
    if count > len(parts):
        return None
    costs = [_penalty(left, right, lang) for left, right in pairwise(parts)]
    best: tuple[float, tuple[str, ...]] | None = None
    for cuts in combinations(range(1, len(parts)), count - 1):
        edges = (0, *cuts, len(parts))
        lines = tuple(" ".join(parts[start:end]) for start, end in pairwise(edges))
        if max(map(len, lines)) <= cpl:
            cost = sum(costs[cut - 1] for cut in cuts) + _shape(lines)
            if best is None or cost < best[0]:
                best = cost, lines
    return best and best[1]


def _shape(lines: Sequence[str]) -> float:
    """What uneven lines cost; a longer line above a shorter one a little more than the other way round."""
    average = sum(map(len, lines)) / len(lines)
    uneven = sum(((len(line) - average) / average) ** 2 for line in lines)
    return _UNEVEN * uneven + sum(_TOP_HEAVY for upper, lower in pairwise(lines) if len(upper) > len(lower))


_penalty = lru_cache(maxsize=4096)(penalty)


def _plain(atom: str) -> str:
    """The word in an atom as the word lists have it."""
    return atom.lower().replace("’", "'").strip('«»“”"()[]¿¡!?.,;:…-–— ')


def _elided(word: str) -> str:
    """`d'` of `d'accord`."""
    head, apostrophe, _ = word.partition("'")
    return head + apostrophe if apostrophe else word


def _closes(word: str) -> bool:
    return not any(c.isalnum() for c in word) and word[0] in "?!:;»%.,…)]}”"


def _opens(atom: str) -> bool:
    return atom.split()[-1] in {"«", "(", "[", "“", "¿", "¡", "-", "–"}
