"""Says which answers may well be no good translation, though their form allows it: the gate's second verdict.

A doubtful answer is shown when no engine has a better one, and marked for the editor; so a doubt costs little, but a
wrong one costs a question to the next engine and a look of the editor's.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from pipeline.translation import numbers, vocabulary
from pipeline.translation.gate import width

Judge: TypeAlias = Callable[[str, str, str, str], str]
"""Of source, answer, source language and target language: what is doubtful, in a few words; empty for nothing."""

UNCHANGED, FOREIGN = "unchanged", "wrong language"

_WORDS = 5
"""A text of fewer words is in no language that could be told for sure."""
_MARGIN = 2
"""So many more words of the source's language than of the target's make the wrong language."""
_KNOWN = 0.5
"""... and so does a text of which the target's language knows a smaller share."""
_SIZED = 30
"""Characters that one of the two must have for their lengths to be compared."""
_RATIO = 2.8
"""How many times longer than the other a translation may be."""


def language(source: str, answer: str, src_lang: str, tgt_lang: str) -> str:
    """Doubts an answer in the source's language, or in a third one; names and "Bravo !" are the same in both."""
    words = vocabulary.weigh(answer, src_lang, tgt_lang)
    if _letters(source) == _letters(answer):
        long = len(vocabulary.plain(answer)) >= _WORDS
        return UNCHANGED if (words.source > 0 if words else long) else ""
    if not words or words.count < _WORDS:
        return ""
    return FOREIGN if words.source - words.target >= _MARGIN or words.known < _KNOWN * words.count else ""


def length(source: str, answer: str, src_lang: str, tgt_lang: str) -> str:
    """Doubts an answer that is much longer or shorter than what it translates."""
    if not any(map(str.isalpha, answer)):  # a number in digits
        return ""
    short, long = sorted((width(source), width(answer)))
    return "odd length" if long >= _SIZED and long > _RATIO * short else ""


def figures(source: str, answer: str, src_lang: str, tgt_lang: str) -> str:
    """Doubts an answer that lacks a number."""
    missing = numbers.lost(source, answer, src_lang, tgt_lang)
    return f"lost {' and '.join(missing)}" if missing else ""


JUDGES: tuple[Judge, ...] = (language, length, figures)


def doubts(source: str, answer: str, src_lang: str, tgt_lang: str, judges: Sequence[Judge] = JUDGES) -> str:
    """Everything that is doubtful about an answer, `; ` between; empty when nothing is."""
    return "; ".join(filter(None, (judge(source, answer, src_lang, tgt_lang) for judge in judges)))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
