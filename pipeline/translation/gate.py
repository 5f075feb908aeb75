"""Says which answers of an engine cannot be a translation, whatever the sentence was. Pure.

Only what is impossible is refused here, by its form: a speaker may say "error" or "too many requests".
"""

import re
import unicodedata
from http import HTTPStatus

from pipeline.translation.languages import FLORES

_MARKUP = re.compile(
    r"<!doctype|<!--|<\?xml|</[a-z][a-z0-9]*>|&(?:[a-z]{2,8}|#x?[0-9a-f]+);"
    r"|<(html|head|body|title|meta|link|div|span|p|br|hr|h[1-6]|center|table|ul|li|a|b|i|img|script|style)\b[^<>]*>",
    re.IGNORECASE,
)
_JSON = re.compile(r"""^[\[{]+\s*(["'])[^"']*\1\s*[:,]|^\{.*\}$|^\[\[|^\[object \w+\]$""", re.DOTALL)
_PHRASES = {status.value: status.phrase for status in HTTPStatus if status >= 400}
_TITLES = {phrase for phrase in _PHRASES.values() if " " in phrase}
_GOOGLE_PAGE = re.compile(
    r"error \d{3} \(|\b\d{3}\.\s*that.s an error|that.s an error\..*that.s all we know", re.I | re.S
)
_STATUS = re.compile(
    r"^(?:http\S*\s+)?(?P<word>error\s*[:\-]?\s*)?(?P<code>[45]\d\d)\b[\s:.\-]*(?P<rest>.*)", re.I | re.S
)
_SERVICE = re.compile(
    r"unusual traffic from your computer|(?:enable|requires?) javascript|checking your browser|verify (?:that )?"
    r"you are (?:a )?human|\| cloudflare|cloudflare ray id|upstream connect error|traceback \(most recent call last\)"
    r"|rate limit exceeded|quota exceeded|slowdown: \d|to get an api key|api key (?:is )?(?:invalid|missing)"
    r"|\bas an ai\b|i(?:'|’)m sorry, but i can(?:'|’|no)?t (?:assist|help|translate)"
    r"|^(?:sure\W+)?here(?:'s|’s| is) (?:the|your)(?: \w+)? translation",
    re.IGNORECASE,
)
"""What services, what stands before them, and models say for themselves."""
_SHOUTED = re.compile(
    r"MYMEMORY WARNING|QUERY LENGTH LIMIT|PLEASE SELECT TWO DISTINCT LANGUAGES|NO QUERY SPECIFIED"
    r"|INVALID (?:SOURCE|TARGET) LANGUAGE|INVALID (?:EMAIL|LANGUAGE PAIR)"
)
"""MyMemory's notices."""
_NOTHING = {"null", "undefined", "nan", "NaN"}
"""What programs write for no text."""
_STUTTER = re.compile(r"(\w{1,6}?)\1{9,}")
"""A word that never ends."""

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
        (_damaged, "damaged text"),
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


def _damaged(source: str, answer: str) -> bool:
    """It was read in the wrong encoding, or is what a program writes for nothing."""
    if answer in _NOTHING:
        return not {answer, "zéro"} & {*source.casefold().split()}  # in German "null" is a number
    return "\ufffd" in answer and "\ufffd" not in source


def _marked_up(source: str, answer: str) -> bool:
    return any(form.search(answer) and not form.search(source) for form in (_MARKUP, _JSON))


def _error_page(source: str, answer: str) -> bool:
    if answer.rstrip(".") in _TITLES:  # as servers write them; a spoken "too many requests!" is in lower case
        return True
    if any(form.search(answer) and not form.search(source) for form in (_GOOGLE_PAGE, _SERVICE, _SHOUTED)):
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
    if _STUTTER.search(answer) and not _STUTTER.search(source):
        return True
    times = _longest_run(_units(answer))
    return times >= 4 and times > 2 * _longest_run(_units(source))


def _units(text: str) -> list[str]:
    """Words without punctuation, or the characters of a script that has no spaces."""
    units: list[str] = []
    for word in re.findall(r"\w+(?:['’\-]\w+)*", text.casefold()):
        units.extend(word if width(word) > len(word) else [word])
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
    return width(answer) > 4 * width(source) and width(answer) - width(source) > 80


def width(text: str) -> int:
    """Characters, an ideograph or syllable sign counted as three: it says as much as three letters."""
    return sum(3 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _wrong_script(answer: str, lang: str) -> bool:
    """Most letters are foreign. Into another script names stay as they were, so there it takes more of them."""
    script = FLORES[lang].partition("_")[2]
    names = (*_SCRIPT_NAMES[script], *(["LATIN"] if lang in _ALSO_LATIN else []))
    letters = [unicodedata.name(char, "") for char in answer if char.isalpha()]
    foreign = sum(not name.startswith(names) for name in letters)
    return foreign > len(letters) - foreign and foreign >= (3 if script == "Latn" else 30)
