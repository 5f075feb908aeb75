"""Whether a translation still has the numbers of what was said, in digits or in words (text2num, imported when asked).

A number may be written in many ways ("1,5 million", "one and a half million", "18 h 30", "half past six"), so both
sides are read in every way there is, and only what fits in no way counts as lost. One and two are no numbers here:
"a", "both", "twice", "second".
"""

import re
from decimal import Decimal

_SPOKEN = {"da", "de", "en", "es", "fr", "it", "nl", "pt"}
"""Languages whose number words are understood."""
_NO_WORDS_LEAST = 100
"""Into other languages smaller numbers may be words that we cannot read."""
_NO_WORDS_MOST = 9999
"""... and greater ones may be counted in ten thousands."""

_PERCENT = re.compile(r"\b(?:pour[ -]cent|per ?cent|por ciento|por cento|per cento|prozent)\b", re.IGNORECASE)
_RUN = re.compile(r"\d+(?:[ .,:/'’-]\d+)*")
"""Numbers that may be one: 1 200, 1,5, 19 36, 49-3."""
_ONE = re.compile(r"\d{1,3}(?:[ .,'’]\d{3})+|\d\d \d\d")
"""... and are: thousands, or a year as it is said in English."""
_PART = re.compile(r"\d+")
_HOUR = re.compile(r"\b(\d{1,2}) ?(?:h(?![^\W\d])|heures?\b|uhr\b|horas?\b)", re.IGNORECASE)
_SCALES = {10**3, 10**6, 10**9, 10**12}

_ALSO: dict[str, dict[str, tuple[int, ...]]] = {
    "en": {
        "half": (5, 30, 50), "third": (3,), "thirds": (3,), "quarter": (4, 15, 25, 45), "quarters": (4, 75),
        "dozen": (12,), "fortnight": (14, 15), "week": (7, 8), "weeks": (14, 15), "noon": (12,), "midday": (12,),
        "midnight": (0, 12, 24), "clock": (24,), "thrice": (3,), "teens": (10,), "twenties": (20,), "thirties": (30,),
        "forties": (40,), "fifties": (50,), "sixties": (60,), "seventies": (70,), "eighties": (80,), "nineties": (90,),
    },
    "fr": {
        "demi": (5, 30), "demie": (5, 30), "moitié": (50,), "tiers": (3,), "quart": (4, 15, 25, 45), "quarts": (4, 75),
        "douzaine": (12,), "quinzaine": (14, 15), "semaine": (7, 8), "midi": (12,), "minuit": (0, 12, 24),
    },
    "es": {
        "medio": (5, 30), "media": (5, 30), "mitad": (50,), "tercio": (3,), "cuarto": (4, 15, 25, 45), "docena": (12,),
        "mediodía": (12,), "medianoche": (0, 12, 24),
    },
    "de": {
        "halb": (5, 30), "hälfte": (50,), "drittel": (3,), "viertel": (4, 15, 25, 45), "dutzend": (12,),
        "mittag": (12,), "mitternacht": (0, 12, 24),
    },
}  # fmt: skip
"""Words that stand for a number without being one."""
_NEW = {"fr"}
"""Languages whose word for nine also means new."""


def lost(source: str, answer: str, src_lang: str, tgt_lang: str) -> list[str]:
    """The numbers of the source that the answer has in no form, in digits, in their order."""
    written = _RUN.findall(_plain(source))
    digits = _digits(source, src_lang, least=3.0)
    there = _held(answer, tgt_lang)
    there |= {str(hour) for hour in _hours(digits) if str(hour - 12) in there}
    return [
        run
        for run in _RUN.findall(digits)
        if _matters(_number(run), run in written, src_lang, tgt_lang)
        and not any(reading <= there for reading in _readings(run))
    ]


def _matters(number: int, written: bool, src_lang: str, tgt_lang: str) -> bool:
    """Whether the translation must have it: not small numbers in words, nor what the target's words may hide."""
    if tgt_lang not in _SPOKEN:
        return written and _NO_WORDS_LEAST <= number <= _NO_WORDS_MOST
    if written:
        return number > 1
    return number > 2 and not (number == 9 and src_lang in _NEW)


def _held(answer: str, lang: str) -> set[str]:
    """Every number that a text may be said to have; in "the eight-hour day" there is one, too."""
    digits = f"{_digits(answer, lang)} . {_digits(answer.replace('-', ' '), lang)}"
    held = {number for run in _RUN.findall(digits) for reading in _readings(run) for number in reading}
    words = re.findall(r"[^\W\d_]+", digits.casefold())
    held |= {str(number) for word in words for number in _ALSO.get(lang, {}).get(word, ())}
    return held | {str(hour - 12) for hour in _hours(digits)}


def _hours(digits: str) -> list[int]:
    """The hours after noon that stand in a text."""
    return [int(hour) for hour in _HOUR.findall(digits) if 12 < int(hour) <= 24]


def _readings(run: str) -> list[frozenset[str]]:
    """What a run may be: numbers apart, one number, a decimal, thousands or millions, a year for short."""
    parts = _PART.findall(run)
    readings = [frozenset(str(int(part)) for part in parts)]
    if _ONE.fullmatch(run):
        readings.append(frozenset([str(_number(run))]))
    *before, scale = run.rpartition(" ")[::2]
    if int(scale if scale.isdigit() else 0) in _SCALES and before[0]:
        readings += [frozenset([_plain_decimal(_decimal(before[0]) * int(scale))])]
    if len(parts) == 2 and re.search(r"[.,]", run):
        readings.append(frozenset([_plain_decimal(_decimal(run))]))
    if len(parts) == 1 and 1900 <= _number(run) < 2100:
        readings.append(frozenset([str(_number(run) % 100)]))
    return readings


def _number(run: str) -> int:
    return int("".join(_PART.findall(run)))


def _decimal(run: str) -> Decimal:
    """1,5 and 1.5; 1 200 is a whole number."""
    whole, _, rest = re.sub(r"[ '’]", "", run).replace(",", ".").partition(".")
    return Decimal(f"{_number(whole)}.{_number(rest) if rest.isdigit() else 0}")


def _plain_decimal(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _plain(text: str) -> str:
    return _PERCENT.sub("%", " ".join(text.split()))


def _digits(text: str, lang: str, least: float = 0.0) -> str:
    """The text with its number words in digits, where they are understood and, standing alone, no less than `least`."""
    if lang not in _SPOKEN:
        return _plain(text)
    from text_to_num import alpha2digit

    return str(alpha2digit(_plain(text), lang, threshold=least))
