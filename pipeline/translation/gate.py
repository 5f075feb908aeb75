"""Says which answers of an engine cannot be a translation, whatever the sentence was. Pure.

Only what is impossible is refused here, by its form: a speaker may say "error" or "too many requests".
"""

import re
import unicodedata
from http import HTTPStatus

from pipeline.translation.languages import FLORES

_MARKUP = re.compile(
    r"<!doctype|<!--|</?(html|head|body|title|meta|div|span|p|br|a|b|i|script|style)\b[^<>]*>|&(nbsp|lt|gt|amp|quot|#\d+);",
    re.IGNORECASE,
)
_JSON = re.compile(r'^[\[{]+\s*"[^"]*"\s*[:,]')
_PHRASES = {status.value: status.phrase for status in HTTPStatus if status >= 400}
_TITLES = {phrase for phrase in _PHRASES.values() if " " in phrase}
_GOOGLE_PAGE = re.compile(
    r"error \d{3} \(|\b\d{3}\.\s*that.s an error|that.s an error\..*that.s all we know", re.I | re.S
)
_STATUS = re.compile(
    r"^(?:http\S*\s+)?(?P<word>error\s*[:\-]?\s*)?(?P<code>[45]\d\d)\b[\s:.\-]*(?P<rest>.*)", re.I | re.S
)

_SCRIPT_NAMES = {
    "Latn": ("LATIN",), "Cyrl": ("CYRILLIC",), "Grek": ("GREEK",), "Arab": ("ARABIC",), "Hebr": ("HEBREW",),
    "Hans": ("CJK",), "Jpan": ("CJK", "HIRAGANA", "KATAKANA"), "Hang": ("HANGUL",), "Armn": ("ARMENIAN",),
    "Geor": ("GEORGIAN",), "Deva": ("DEVANAGARI",), "Beng": ("BENGALI",), "Gujr": ("GUJARATI",), "Guru": ("GURMUKHI",),
    "Knda": ("KANNADA",), "Khmr": ("KHMER",), "Laoo": ("LAO",), "Mlym": ("MALAYALAM",), "Mymr": ("MYANMAR",),
    "Orya": ("ORIYA",), "Sinh": ("SINHALA",), "Taml": ("TAMIL",), "Telu": ("TELUGU",), "Thai": ("THAI",),
    "Ethi": ("ETHIOPIC",), "Tibt": ("TIBETAN",),
}  # fmt: skip
"""How the Unicode names of a script's letters begin."""

_ALSO_LATIN = {"sr", "kk", "mn", "tg", "tt", "ug"}
"""Languages that are written in Latin letters too."""


def impossible(source: str, answer: str | None, lang: str) -> str:
    """Why `answer` cannot be what `source` means in `lang`, in a word or two; empty when it can."""
    if answer is None or not answer.strip():
        return "empty"
    tests = (
        (_wordless, "no words"),
        (_marked_up, "markup"),
        (_error_page, "error page"),
        (_looping, "loop"),
        (_bloated, "far too long"),
    )
    for test, reason in tests:
        if test(source, answer.strip()):
            return reason
    return "wrong script" if _wrong_script(answer, lang) else ""


def _wordless(source: str, answer: str) -> bool:
    return any(map(str.isalnum, source)) and not any(map(str.isalnum, answer))


def _marked_up(source: str, answer: str) -> bool:
    return any(form.search(answer) and not form.search(source) for form in (_MARKUP, _JSON))


def _error_page(source: str, answer: str) -> bool:
    if answer.rstrip(".") in _TITLES:  # as servers write them; a spoken "too many requests!" is in lower case
        return True
    if _GOOGLE_PAGE.search(answer):
        return True
    found = _STATUS.match(answer)
    if not found or found["code"] in source:
        return False
    if found["word"]:
        return True
    phrase = _PHRASES.get(int(found["code"]))
    if not phrase:
        return False
    # A bare number may be the translation of one spelt out, which takes a few words at most.
    return found["rest"].startswith(phrase) or (not found["rest"] and len(source.split()) > 6)


def _looping(source: str, answer: str) -> bool:
    """The same few words (characters, in a script without spaces) four times over or more, unlike in the source."""
    times = _longest_run(_units(answer))
    return times >= 4 and times > 2 * _longest_run(_units(source))


def _units(text: str) -> list[str]:
    """Words without punctuation, or the characters of a script that has no spaces."""
    units: list[str] = []
    for word in re.findall(r"\w+(?:['’\-]\w+)*", text.casefold()):
        units.extend(word if _width(word) > len(word) else [word])
    return units


def _longest_run(units: list[str]) -> int:
    """How often one and the same stretch of 1 to 12 units follows itself, at most."""
    most = 1
    for size in range(1, min(12, len(units) // 2) + 1):
        same = 0
        for one, other in zip(units, units[size:], strict=False):
            same = same + 1 if one == other else 0
            most = max(most, same // size + 1)
    return most


def _bloated(source: str, answer: str) -> bool:
    return _width(answer) > 4 * _width(source) and _width(answer) - _width(source) > 80


def _width(text: str) -> int:
    """Characters, an ideograph or syllable sign counted as three: it says as much as three letters."""
    return sum(3 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _wrong_script(answer: str, lang: str) -> bool:
    """Most letters are foreign. Into another script names stay as they were, so there it takes more of them."""
    script = FLORES[lang].partition("_")[2]
    names = (*_SCRIPT_NAMES[script], *(["LATIN"] if lang in _ALSO_LATIN else []))
    letters = [unicodedata.name(char, "") for char in answer if char.isalpha()]
    foreign = sum(not name.startswith(names) for name in letters)
    return foreign > len(letters) - foreign and foreign >= (3 if script == "Latn" else 30)
