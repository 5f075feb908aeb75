"""Where a translation cannot be right, by single words: no word at all, a stutter; a negation, a person, a scale. Pure.

The last three of French into English alone. Only words that stand for one thing are looked at, so that a doubt is
seldom wrong; that a sentence is right is never told from them.
"""

import re
from collections.abc import Iterator

from pipeline.names.lexicon import ordinary
from pipeline.translation.vocabulary import weigh

_WORD = re.compile(r"\b[^\W\d_]{3,}\b")
_TWICE = re.compile(r"\b(\w[\w'’]+(?: \w[\w'’]*){0,6}) \1\b")
"""The same words in a row."""
_NOT = re.compile(
    r"\b(?:ne|n['’](?=\w))\b.*?\b(?:pas|plus|jamais|rien|personne|aucune?|ni|guère)\b|"
    r"\b(?:est|suis|a|ai|va) pas\b"
)
"""A French negation."""
_NO = re.compile(r"\b(?:not|no|never|nothing|nobody|none|neither|nor|without|cannot|nowhere|hardly)\b|n['’]t\b")
"""An English one ..."""
_WITHOUT = re.compile(
    r"\bun(?!der|ion|it|iv|iq|if|til)\w{4,}|\b(?:in|im|ir|il)\w+bl[ey]\b|\b(?:injust|inequ|incap|indiff|insuff|indep|"
    r"inhum|impat|disa|dishon|disob|disrespect|non)\w+|\w{3,}less\b|\b(?:only|any|stop\w*|fail\w*|refus\w*|lack\w*|"
    r"miss\w*|few|little|end\w*|free|forget\w*|den(?:y|ie)\w*|avoid\w*|out of|from|but)\b"
)
"""... and what says it in other words."""
_SOMEHOW = re.compile(
    r"\b(?:ne|non|pas|plus|jamais|rien|personne|aucune?s?|sans|ni|guère|faute|moins|peu|fin|seule?s?|seulement)\b|n['’]\w|"
    r"\b(?:in|im|ir|il)\w+bles?\b|\b(?:inutil|injust|incap|inconn|insuff|inég|indiff|indép|inhum|impuiss|impat|désacc|"
    r"désobé|dépourv|déplai|démen|méconn|mécont|méfi|mal(?:gré|heur|ad|honn))\w*|"
    r"\b(?:refus|manqu|cess|arrêt|interdi|empêch|ignor|oubli|évit|priv|imposs|absten|abstin)\w*|"
    r"\bs[e'] ?passe\w* (?:de|d['’])|\bde gré\b"
)
"""French words that an English negation may come from."""
_SHE, _HE, _HER, _HIS = (re.compile(rf"\b{word}\b") for word in ("she", "he", "her", "his"))
_WOMEN = r"\b(?:mère|sœur|fille|fillette|femme|dame|madame|mademoiselle|tante|cousine|nièce|épouse|veuve|reine)"
_MEN = r"\b(?:père|frère|fils|garçon|homme|monsieur|oncle|cousin|neveu|époux|mari|veuf|roi)"
"""Persons who are of one sex whatever is said of them."""
_SUBJECT = (
    r"(?:^|[.!?;:] )(?:(?:et|mais|car|or|puis) )?"
    r"(?:(?:l[ae]|une?|cet?|cette|[mt](?:on|a)|[nv]otre|chaque|aucune?) )?(?:(?!s(?:on|a|es)\b|leur)\w+ )?"
)
"""... where a sentence begins with one: of whoever is named later, less is told."""
_IMPERSONAL = r"(?! (?:n['’e] ?)?(?:y (?:a|av|aur)|faut|fallait|faudra|suffi|pleut|pleuvait|neige|s['’]agi|se doit))"
_ELLE, _IL = r"\belles?\b", rf"\bils?\b{_IMPERSONAL}|\blui\b"
_A_WOMAN, _A_MAN = re.compile(rf"{_ELLE}|{_SUBJECT}{_WOMEN}\b"), re.compile(rf"{_IL}|{_SUBJECT}{_MEN}\b")
_ANY_WOMAN, _ANY_MAN = re.compile(rf"{_ELLE}|{_WOMEN}s?\b"), re.compile(rf"{_IL}|{_MEN}s?\b")
_SON = re.compile(r"\b(?:son|sa|ses)\b")
_SCALES = {"mille": "thousand", "million": "million", "milliard": "billion", "billion": "trillion"}
_LARGE = re.compile(r"\b(?:thousand|million|billion|trillion)s?\b")
_GRAND = re.compile(r"\b(?:mille|million|milliard|billion)s?\b")


def amiss(source: str, answer: str, src_lang: str, tgt_lang: str) -> Iterator[str]:
    """What is amiss with a translation, a sentence each."""
    said, told = source.casefold(), answer.casefold()
    if strange := [word for word in _WORD.findall(answer) if _strange(word, said, src_lang, tgt_lang)]:
        yield f"No dictionary has {', '.join(f'“{word}”' for word in dict.fromkeys(strange))}."
    if (twice := _TWICE.search(told)) and not _TWICE.search(said):
        yield f"The translation says “{twice[1]}” twice."
    if (src_lang, tgt_lang) == ("fr", "en"):
        yield from _contrary(said, told)


def _strange(word: str, said: str, src_lang: str, tgt_lang: str) -> bool:
    """In none of two dictionaries; a name has its capital, and what was said so may be one."""
    if not word[0].islower() or word in said or ordinary(word, tgt_lang):
        return False
    weighed = weigh(word, src_lang, tgt_lang)
    return weighed is not None and not weighed.known


def _contrary(said: str, told: str) -> Iterator[str]:
    if _NOT.search(said) and not _NO.search(told) and not _WITHOUT.search(told):
        yield "A negation is missing from the translation."
    if _NO.search(told) and not _SOMEHOW.search(said):
        yield "The translation has a negation that was not said."
    yield from _sexes(said, told)
    meant = {_SCALES[word.rstrip("s")] for word in _GRAND.findall(said)}
    if meant and (written := {word.rstrip("s") for word in _LARGE.findall(told)}) and meant != written:
        yield f"{' and '.join(sorted(meant)).capitalize()} was said, not {' and '.join(sorted(written))}."


def _sexes(said: str, told: str) -> Iterator[str]:
    """Of one person, told by the subject, or by whose a thing is, which French tells by the subject alone."""
    owned = _SON.search(said)
    woman = _A_WOMAN.search(said) and not _ANY_MAN.search(said)
    man = _A_MAN.search(said) and not _ANY_WOMAN.search(said)
    if woman and (_only(_HE, _SHE, told) or (owned and _only(_HIS, _HER, told))):
        yield "A woman was spoken of, the translation speaks of a man."
    if man and (_only(_SHE, _HE, told) or (owned and _only(_HER, _HIS, told))):
        yield "A man was spoken of, the translation speaks of a woman."


def _only(there: re.Pattern[str], absent: re.Pattern[str], text: str) -> bool:
    return bool(there.search(text)) and not absent.search(text)
