"""Which words are ordinary ones: what a name must never replace. Through pyspellchecker, imported when first asked."""

import re
from functools import cache, lru_cache
from heapq import nlargest
from operator import itemgetter
from typing import Any

_LANGUAGES = frozenset({"fr", "en", "es", "de", "it", "pt", "nl"})
_ELIDED = frozenset(
    {"l", "d", "j", "m", "t", "s", "n", "c", "qu", "aujourd", "jusqu", "lorsqu", "puisqu", "quoiqu", "quelqu"}
)


@lru_cache(maxsize=20_000)
def ordinary(text: str, lang: str) -> bool:
    """Whether every word in `text` stands in the dictionary of the language; of an unknown language all do."""
    if lang not in _LANGUAGES:
        return True
    known = _dictionary(lang)
    words = re.findall(r"[^\W\d_]+", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return all(word in known or word in _ELIDED for word in words)


def common(lang: str, count: int = 20_000) -> list[str]:
    """The most frequent words of a language, the most frequent first; none of an unknown one."""
    words = _dictionary(lang).items() if lang in _LANGUAGES else ()
    return [word for word, _ in nlargest(count, words, key=itemgetter(1))]


@cache
def _dictionary(lang: str) -> Any:
    """Words of films and their subtitles, without names; 0.2 s and 20 MB."""
    from spellchecker import SpellChecker

    return SpellChecker(language=lang).word_frequency
