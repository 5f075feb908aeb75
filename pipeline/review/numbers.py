"""Numbers from one to ten that stand in a sentence as digits; those of dates, measures and names are none of them."""

import re

_ALONE = re.compile(r"(?<![\w.,:/+×*=#$€£°'’&-])(?:[1-9]|10)(?![\w%°€$£:/+×*=’'-]|[.,]\d)")
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\.?|\S")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BEFORE = _words(
    "chapter article page no nos number numbers part act scene season episode room channel route highway flight "
    "gate line lines step level version volume figure table grade section phase platform track formula zone "
    "sector point january february march april may june july august september october november december verse "
    "psalm type plus minus times equals under over versus vs articles chapitre pages numéro n partie acte scène "
    "saison épisode salle chaîne vol porte ligne étape niveau tome tableau annexe quai voie formule janvier "
    "février mars avril mai juin juillet août septembre octobre novembre décembre moins"
)
"""Words that a number belongs to."""
_AFTER = _words(
    "a.m p.m am pm percent per million millions billion billions trillion thousand km kg cm mm m g l mph kph ft "
    "lb lbs degrees celsius fahrenheit euros euro dollars dollar pounds cents january february march april may "
    "june july august september october november december bc ad o h heures min pour milliard milliards mille "
    "degrés janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)
"""Words that measure or date what they stand behind."""


_NEAR = 80
"""Characters around a number in which is said what it is."""


def digits(text: str) -> str:
    """The first such number, with the word behind it; empty if there is none."""
    flat = " ".join(text.split("\n"))
    for found in _ALONE.finditer(flat):
        start, rest = flat[max(0, found.start() - _NEAR) : found.start()], flat[found.end() : found.end() + _NEAR]
        before, after = _WORD.findall(start), _WORD.findall(rest)
        if not _belongs(before, after, start):
            return " ".join([found[0], *after[:1]]).strip()
    return ""


def _belongs(before: list[str], after: list[str], start: str) -> bool:
    """Whether the number is a part of a name, a measure, a date, a list."""
    last, first = (before or [""])[-1], (after or [""])[0]
    if not start.strip(' -–—"“«') and first in {".", ")"} and len(after) > 1:
        return True  # counts an entry of a list
    if last.lower().rstrip(".") in _BEFORE or first.lower().rstrip(".") in _AFTER:
        return True
    named = last[:1].isupper() and len(before) > 1 and before[-2] not in {".", "!", "?", "…"} and last != "I"
    ends = before[-2].endswith((".", "!", "?", "…")) if len(before) > 1 else True
    if named and not ends:
        return True  # Apollo 8
    return first[:1].isupper() or last.isdigit() or first.isdigit()
