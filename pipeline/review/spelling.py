"""Misspelt words and what may have been meant: Hunspell with the dictionaries of LibreOffice and Firefox.

`make web` puts those for English (American and British: a word that either has is right) and French into
`dictionaries/`; of other languages the system's are taken, if there are any. A language has its dictionaries loaded
when it is first asked for: 0.1 to 0.3 s, some 10 MB each.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from pipeline.errors import SettingsError
from pipeline.names.glossary import Glossary

_FOLDERS = (
    Path(__file__).parent / "dictionaries",
    *map(Path, ("/usr/share/hunspell", "/usr/share/myspell/dicts", "/Library/Spelling")),
)
_WORD = re.compile(r"(?<![\w@])[^\W\d_]+(?:['’\-][^\W\d_]+)*(?![\w@])")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_BEGINS = re.compile(r"(?:^|[.!?…:«\"“(—–-])\s*$")
"""What stands before a word that has its capital from its place."""
_ACRONYM = 5
"""Letters of a word in capitals that no dictionary need know, at most."""
_TWICE_AND_MORE = 3
"""So often a session has a word with a capital within its sentences: it is a name."""
_LIKE = 75.0
"""How alike a name and a word are, 0 to 100, for the name to be meant."""
_MOST = 6
"""Suggestions."""
_SUGGESTED = 8
"""Words of one text that have any: they take a tenth of a second each."""
_ASKING = threading.Lock()
"""Hunspell answers one at a time."""


class Misspelt(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """A word that no dictionary has, as positions in the text."""

    word: str
    first: int
    last: int
    suggestions: tuple[str, ...] = ()


def misspelt(text: str, lang: str, names: Set[str] = frozenset()) -> list[Misspelt]:
    """The words of a text that neither the dictionary nor the `names` have; SettingsError without a dictionary. What a
    text in another language was to say is not looked for: only the first few have suggestions."""
    wrong = unknown(text, lang, names)
    few = {word for word, _ in wrong[:_SUGGESTED]}
    meant = {word: _suggestions(word, lang, frozenset(names)) for word in few}
    return [
        Misspelt(word=word, first=first, last=first + len(word), suggestions=meant.get(word, ()))
        for word, first in wrong
    ]


def unknown(text: str, lang: str, names: Set[str] = frozenset()) -> list[tuple[str, int]]:
    """Those words alone, and where they begin; SettingsError without a dictionary."""
    _dictionaries(lang)
    return [(word, first) for word, first in _words(text) if not _right(word, lang, names)]


def names_of(glossary: Glossary, texts: Iterable[str]) -> frozenset[str]:
    """A session's names: words of its glossary, and what stands in its lines with a capital again and again."""
    listed = (word for term in glossary.terms for side in (term.source, term.target) for word, _ in _words(side))
    seen = Counter(chain.from_iterable(_capitals(text) for text in texts))
    return frozenset(listed) | {word for word, count in seen.items() if count >= _TWICE_AND_MORE}


def _capitals(text: str) -> Iterator[str]:
    whole = text.replace("\n", " ")
    for word, first in _words(whole):
        if word[0].isupper() and not _BEGINS.search(whole[:first]):
            yield from (part for part in (word, *_parts(word)) if part[:1].isupper())


def _words(text: str) -> Iterator[tuple[str, int]]:
    """The words and where they begin; no addresses."""
    covered = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    return ((found[0], found.start()) for found in _WORD.finditer(covered))


def _parts(word: str) -> list[str]:
    return re.split(r"['’\-]", word)


def _right(word: str, lang: str, names: Set[str]) -> bool:
    if word in names or (word.isupper() and len(word) <= _ACRONYM) or _known(word, lang):
        return True
    parts = _parts(word)
    return len(parts) > 1 and all(len(part) <= 2 or part in names or _known(part, lang) for part in parts)


@lru_cache(maxsize=100_000)
def _known(word: str, lang: str) -> bool:
    """Whether the dictionary has it: a whole track is asked about after each change."""
    with _ASKING:
        return any(one.spell(word.replace("’", "'")) for one in _hunspells(lang))


@lru_cache(maxsize=500)
def _suggestions(word: str, lang: str, names: frozenset[str]) -> tuple[str, ...]:
    """Names that are like it first; a tenth of a second or two."""
    from rapidfuzz import fuzz, process

    near = process.extract(word, names, scorer=fuzz.ratio, score_cutoff=_LIKE, limit=2)
    with _ASKING:
        found = (*(name for name, *_ in near), *_hunspells(lang)[0].suggest(word.replace("’", "'")))
    return tuple(dict.fromkeys(found))[:_MOST]


@cache
def _hunspells(lang: str) -> Sequence[Any]:
    from hunspell import Hunspell

    return [Hunspell(path.stem, hunspell_data_dir=str(path.parent)) for path in _dictionaries(lang)]


@cache
def _dictionaries(lang: str) -> list[Path]:
    """The `.dic` files of a language and its regions, of the first folder that has any; beside each lies its `.aff`."""
    for folder in _FOLDERS:
        paths = [path for path in (folder / f"{lang}.dic", *sorted(folder.glob(f"{lang}_*.dic"))) if path.is_file()]
        if there := [path for path in paths if path.with_suffix(".aff").is_file()]:
            return there
    raise SettingsError(
        f"there is no dictionary of {lang} here; install hunspell-{lang}, or run `make web` in a checkout"
    )
