"""How a French ear hears a written word: a key of one sign a sound, and how alike two keys are. Pure.

The rules are those of French spelling, for names, so a little coarser: silent ends are left out, open and closed
vowels are one, `e` without accent is a schwa unless consonants close its syllable. Signs that are not their own letter:

    S ch    Z j    N gn    A an, en    O on    I in, un    u ou    y u    x eu, schwa    j ill, y    w oi
"""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "é", "è": "é", "ê": "é", "ë": "é", "ç": "ss", "ñ": "gn", "ß": "ss", "ø": "o", "š": "ch"}
)
_VOWELS = "aeéiouyï"
_NASAL = rf"(?![{_VOWELS}hmn])"
_SOFT = "(?=[eiéyï])"

_RULES = [
    (re.compile(pattern), sounds)
    for pattern, sounds in (
        # ends: what is written and not said
        (r"(?<=.)(?:ez|ed|ets?)$", "e"), (r"(?<=..)ers?$", "e"), (r"(?<=.)ents?$", "A"),
        (r"(?<=[a-zéï].)es?$|(?<=[aéiouyï])es?$", ""), (r"es$", "e"), (r"(?<=[nr])[gc]s?$", ""),
        (r"(?<=.)[dtsxzph]+$", ""),
        # consonants that are written with several letters, or that depend on what follows
        (r"sch|sh", "S"), (r"ch(?=[rln])", "k"), (r"tch", "tS"), (r"ch", "S"), (r"gn", "N"), (r"ph", "f"), (r"th", "t"),
        (r"ck|c?qu(?=[aeéiouyï])|c?q", "k"), (rf"cc{_SOFT}", "ks"), (rf"s?c{_SOFT}", "s"), (r"c+", "k"),
        (r"ge(?=[aou])", "Z"), (rf"gg?{_SOFT}", "Z"), (r"gu(?=[aeéiouyï])", "g"), (r"g+h?", "g"), (r"j", "Z"),
        (r"w", "v"), (r"x", "ks"), (r"ss+", "s"), (rf"(?<=[{_VOWELS}])s(?=[{_VOWELS}])", "z"),
        (r"(?<=[^s])tion", "sjO"), (r"h", ""),
        # nasal vowels
        (rf"oin{_NASAL}", "wI"), (rf"ien{_NASAL}", "jI"), (rf"(?:[ae][iy][nm]|[iy][nm]|u[nm]){_NASAL}", "I"),
        (rf"éen{_NASAL}", "eI"), (rf"(?:e?a[nm]|e[nm]){_NASAL}", "A"), (rf"o[nm]{_NASAL}", "O"),
        # vowels that are written with several letters
        (r"ouill?(?=[aeéio]|$)", "uj"), (r"(?:o?eui|ue[iy])ll?", "xj"), (r"aill(?=[aeéio])|ail$", "aj"),
        (r"eill(?=[aeéio])|eil$", "ej"), (r"(?<=v)ill", "il"), (r"(?<=[bcdfghjklmnpqrstvxz])ill(?=[aeéiou])", "ij"),
        (rf"oy(?=[{_VOWELS}])", "waj"), (r"o[iy]", "wa"), (r"ou|oo", "u"), (r"e?aux?", "o"), (r"o?eu|oe", "x"),
        (r"[ae]y(?=[aéou])", "ej"), (r"[ae][iy]", "e"), (r"é", "e"),
        (r"e(?=[bcdfghjklmnpqrstvxz](?:[bcdfgjklmnpqrstvxz]|$))", "e"), (r"e", "x"),
        (rf"[iïy](?=[{_VOWELS}])(?!.s?$)", "j"), (r"[iïy]", "i"), (r"u", "y"),
    )
]  # fmt: skip

SCHWA = "x"
_ALIKE = str.maketrans("bdgvzZSNmxujyAOI", "ptkfsssnneoiiAAA")
"""Sounds that are taken for each other: voiced and voiceless, nasals, neighbouring vowels."""


@lru_cache(maxsize=2_000)
def sounds(text: str) -> str:
    """The key of a word or several, as one."""
    spelt = unicodedata.normalize("NFC", text.casefold()).translate(_LETTERS)
    plain = "".join(c if c in "éï" else unicodedata.normalize("NFKD", c)[0] for c in spelt)
    return _once("".join(_word(word) for word in re.findall(r"[^\W_]+", plain)))


@lru_cache(maxsize=20_000)
def _word(word: str) -> str:
    at, found = 0, []
    while at < len(word):
        match = next(((m, key) for rule, key in _RULES if (m := rule.match(word, at))), None)
        found.append(match[1] if match else word[at])
        at = match[0].end() if match else at + 1
    return _once("".join(found))


def _once(key: str) -> str:
    """A sound that follows itself is heard once."""
    return re.sub(r"(.)\1+", r"\1", key)


def folded(key: str) -> str:
    """The key with sounds that are taken for each other as one."""
    return key.translate(_ALIKE)


def likeness(one: str, other: str) -> float:
    """How alike two keys are: 1 the same, 0 nothing in common.

    One minus the sounds that differ over those of the longer key, where sounds that are taken for each other (b and p,
    an and on) differ by half.
    """
    apart = Levenshtein.distance(one, other) + Levenshtein.distance(folded(one), folded(other))
    return 1 - apart / 2 / max(len(one), len(other), 1)
