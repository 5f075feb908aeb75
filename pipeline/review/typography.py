"""The rules about text. Those that a program can keep are written as what puts it right: where that changes a text, the
rule is broken. No word is ever added or taken away by them.
"""

import re
from collections.abc import Callable

NO_BREAK_SPACE = "\u00a0"

_TAGS = r"(?:<[^<>\n]*>|\{[^{}\n]*\})*"
_KEPT = r"&#?\w+;|https?://\S+"
"""WebVTT's escapes and addresses: their marks are no punctuation."""
_BEFORE = re.compile(rf"^({_TAGS})\s+")
_AFTER = re.compile(rf"\s+({_TAGS})$")
_DOUBLE = re.compile(r"\s{2,}")
_DOTS = re.compile(r"\.(?:\s?\.){2,}|\.\.")
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]")
_HYPHEN = re.compile(rf"^({_TAGS})([-–—])(\s*)(?=[^\W\d]|[\"“«¿¡(\[…<]|(?<=\s)\d)")
_CLOSING = r"""(?=\s|$|["”’»'\])?!<…])"""
_SPACED = re.compile(rf"({_KEPT})|(?<=[\w»\"”’'\])%€…])\s+([,;:?!]|\.(?![\w.])){_CLOSING}")
_SPACED_FR = re.compile(rf"({_KEPT})|(?<=[\w»\"”’'\])%€])\s+(,|\.(?![\w.])){_CLOSING}")
_TIGHT_FR = re.compile(rf"({_KEPT})|(?<=[\w»\"”’'\])%€])([;:?!]){_CLOSING}")
_OPEN_FR, _CLOSE_FR = re.compile(r"«(?=[^\s»])"), re.compile(r"(?<=[^\s«])»")


def spaces(text: str) -> str:
    """No space around a line, one between two words."""
    return _each(text, lambda line: _AFTER.sub(r"\1", _BEFORE.sub(r"\1", _DOUBLE.sub(_one, line.replace("\t", " ")))))


def _one(found: re.Match[str]) -> str:
    """One space for several: one that does not break if there was any."""
    return next((character for character in found[0] if character in "\u00a0\u202f"), " ")


def blank_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip())


def arrow(text: str) -> str:
    """SRT has no escapes, and a parser may take `-->` in a text for a time line."""
    return text.replace("-->", "→")


def invisible(text: str) -> str:
    """Without what no player shows."""
    return _each(text, lambda line: _INVISIBLE.sub("", line))


def ellipsis(text: str, style: str) -> str:
    return _DOTS.sub("…", text) if style == "…" else text.replace("…", "...")


def punctuation(text: str, style: str) -> str:
    """Where spaces stand beside marks; one that is put in does not break."""
    if style == "en":
        return _each(text, lambda line: _SPACED.sub(lambda found: found[1] or found[2], line))

    def french(line: str) -> str:
        line = _SPACED_FR.sub(lambda found: found[1] or found[2], line)
        line = _TIGHT_FR.sub(lambda found: found[1] or NO_BREAK_SPACE + found[2], line)
        return _CLOSE_FR.sub(f"{NO_BREAK_SPACE}»", _OPEN_FR.sub(f"«{NO_BREAK_SPACE}", line))

    return _each(text, french)


def hyphens(text: str, style: str) -> str:
    """The lines of two speakers, each behind the hyphen that is asked for."""
    lines = text.split("\n")
    if len(lines) < 2:
        return text
    return "\n".join(_HYPHEN.sub(lambda found: found[1] + style, line) for line in lines)


def spoken_by_two(text: str) -> int:
    """How many lines of a cue of several begin with a speaker's hyphen."""
    lines = text.split("\n")
    return sum(bool(_HYPHEN.match(line)) for line in lines) if len(lines) > 1 else 0


def mojibake(text: str) -> tuple[str, str]:
    """UTF-8 that was read as Windows-1252, as it stands and as it was meant; empty where there is none."""
    for found in _MOJIBAKE.finditer(text):
        try:
            return found[0], b"".join(map(_byte, found[0])).decode()
        except (UnicodeDecodeError, UnicodeEncodeError):
            continue
    return "", ""


_MOJIBAKE = re.compile(
    r"[ÂÃÅ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[âï][\u0080-\u00bf€»‚„†][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
)


def _byte(character: str) -> bytes:
    return bytes([ord(character)]) if ord(character) < 0x100 else character.encode("cp1252")


def _each(text: str, mend: Callable[[str], str]) -> str:
    return "\n".join(map(mend, text.split("\n")))
