"""Which of two languages a text is in, by the words that only one of them has (simplemma, imported when first asked).

Dictionaries tell short sentences apart where statistics of letters guess, and know what both languages have: "Bravo !".
"""

import re
from functools import cache

from pipeline.events import Value

_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = re.compile(r"(?:^|[.!?…:«\"“(—–-])\s*$")
"""What stands before a word that has its capital from its place."""
_PARTICLE = 3
"""Letters at most of a small word within a name: Charles de Gaulle."""
_CODES = {"no": "nb", "hr": "hbs", "bs": "hbs"}
"""Where simplemma's code for a language is not ours."""
_LACKING = {"fr": {"debout", "hein", "non", "oui", "ouais"}}
"""What people shout and a dictionary lacks."""


class Words(Value, frozen=True):
    """The words of a text, names left out, by which of two languages knows them."""

    count: int
    source: int
    """Known in the source's language only."""
    target: int
    """... in the target's only."""
    known: int
    """... in the target's, whatever the source's knows."""


def weigh(text: str, src_lang: str, tgt_lang: str) -> Words | None:
    """How a text stands between two languages; None when there is no dictionary for one of them."""
    if not {_code(src_lang), _code(tgt_lang)} <= _supported():
        return None
    words = plain(text)
    source, target = ([_knows(word, _code(lang)) for word in words] for lang in (src_lang, tgt_lang))
    return Words(
        count=len(words),
        source=sum(one and not other for one, other in zip(source, target, strict=True)),
        target=sum(other and not one for one, other in zip(source, target, strict=True)),
        known=sum(target),
    )


def plain(text: str) -> list[str]:
    """The words in small letters, without those that are names by their capitals; none of a text that is all names."""
    found = list(_WORD.finditer(text))
    small = [match.group() for match in found if not match.group()[0].isupper()]
    if len(found) - len(small) > 1 and all(len(word) <= _PARTICLE for word in small):
        return []
    kept = (match for match in found if not match.group()[0].isupper() or _BEGINS.search(text[: match.start()]))
    return [match.group().lower() for match in kept]


def ready(*langs: str) -> None:
    """Loads the dictionaries of these languages, which takes a moment that no sentence should wait for."""
    for lang in {_code(lang) for lang in langs} & _supported():
        _knows("a", lang)


def _code(lang: str) -> str:
    return _CODES.get(lang, lang)


@cache
def _supported() -> frozenset[str]:
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    return frozenset(SUPPORTED_LANGUAGES)


def _knows(word: str, code: str) -> bool:
    from simplemma import is_known

    if word in _LACKING.get(code, ()):
        return True
    return is_known(word, lang=code, low_memory=True)  # 12 MB for two languages instead of 50; 10 microseconds a word
