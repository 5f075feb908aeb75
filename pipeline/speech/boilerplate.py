"""Phrases that Whisper learnt from the ends of videos and says where nobody speaks: the lists in `phrases/`.

All lists count whatever is spoken: Whisper thanks for watching in French streams too.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec


class Phrases(msgspec.Struct, frozen=True):
    """Patterns of whole sentences, as `plain` writes them."""

    never: re.Pattern[str]
    """Nobody says these on a stage."""
    seldom: re.Pattern[str]
    """... and these are said now and then."""
    begins: tuple[str, ...]
    """How any of them begins, in order."""

    def may_become(self, said: str) -> bool:
        """Whether what is said so far, as `plain` writes it, is the beginning of one of them."""
        at = bisect_left(self.begins, said)
        return bool(said) and at < len(self.begins) and self.begins[at].startswith(said)


@cache
def phrases(own: tuple[str, ...] = ()) -> Phrases:
    """Those of all languages, and one's own: what one says seldom is never taken for what nobody says."""
    lists = sorted((files("pipeline.speech") / "phrases").iterdir(), key=lambda path: path.name)
    lines = [line.strip() for path in lists for line in path.read_text("utf-8").splitlines()]
    kept = [line for line in (*lines, *own) if plain(line) and not line.startswith("#")]
    said = _any(line for line in own if line.startswith("?"))
    never = f"(?!(?:{said})\\Z)(?:{_any(line for line in kept if line[0] != '?')})"
    seldom = _any(line for line in kept if line[0] == "?")
    return Phrases(re.compile(never), re.compile(seldom), tuple(sorted(map(plain, kept))))


def _any(lines: Iterable[str]) -> str:
    return "|".join(re.escape(plain(line)) + "( .*)?" * line.endswith("*") for line in lines if plain(line)) or "(?!)"


def plain(text: str) -> str:
    """Lower case, without accents and marks, one space between words."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    bare = "".join(character for character in letters if not unicodedata.combining(character))
    return " ".join(re.findall(r"[^\W_]+", bare))
