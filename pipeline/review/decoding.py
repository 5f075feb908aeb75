"""Bytes as text: what Windows, old Macs and broken tools leave for subtitles. No byte is refused or dropped."""

import codecs
from functools import cache
from itertools import accumulate, pairwise

from pipeline.review.file import Finding

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PATCH = "livesubs-patch"
_OLD = ("cp1252", "mac_roman", "cp850")
"""What a file is in that is not Unicode, the likeliest first."""
_USUAL = frozenset("àâäçéèêëîïôöùûüÿœæñáíóúßÉÀ«»’‘“”…–—€° ")
"""What the languages around here are written with beyond ASCII: the right encoding gives most of these."""


def decode(data: bytes) -> tuple[str, str, bool, list[Finding]]:
    """The text, its encoding, whether a byte order mark stood before it, and what is odd about that."""
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", ""))
    encoding = encoding or _guess(data)
    text, findings = _as(data[len(mark) :], encoding)
    marks = [number for number, line in enumerate(text.split("\n"), 1) if "\ufeff" in line]
    findings += [_finding(line, "a byte order mark within the text") for line in marks]
    return text, encoding, bool(mark), findings


def _guess(data: bytes) -> str:
    if wide := _wide(data):
        return wide
    if _is_utf8(data):
        return "utf-8"
    high = bytes(byte for byte in data if byte > 0x7F)
    return max(_OLD, key=lambda encoding: sum(character in _USUAL for character in _old(high, encoding)))


def _wide(data: bytes) -> str:
    """UTF-16 without a mark, by the noughts beside every ASCII letter; empty if it is not."""
    start = data[:4096]
    half = len(start) // 2 or 1
    for encoding, noughts, letters in (("utf-16-le", start[1::2], start[::2]), ("utf-16-be", start[::2], start[1::2])):
        if noughts.count(0) > 0.4 * half > 4 * letters.count(0):
            return encoding
    return ""


def _is_utf8(data: bytes) -> bool:
    """It is, but for fewer broken bytes than whole characters: a file that was put together of two, or cut."""
    lost = "\N{REPLACEMENT CHARACTER}"  # a file may have it already
    broken = data.decode("utf-8", "replace").count(lost) - data.count(lost.encode())
    whole = sum(ord(character) > 0x7F for character in data.decode("utf-8", "ignore"))
    return broken == 0 or broken < whole


def _as(data: bytes, encoding: str) -> tuple[str, list[Finding]]:
    if encoding in _OLD:
        return _old(data, encoding), [_finding(1, encoding)]
    broken: list[int] = []

    def patch(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        broken.append(error.start)
        return _old(error.object[error.start : error.end], "cp1252"), error.end

    codecs.register_error(_PATCH, patch)
    text = data.decode(encoding, _PATCH)
    if encoding != "utf-8":
        return text, [_finding(1, encoding)]
    lines = accumulate(data.count(b"\n", *stretch) for stretch in pairwise([0, *broken]))
    return text, [_finding(line + 1, "bytes that are not UTF-8, read as cp1252") for line in dict.fromkeys(lines)]


def _finding(line: int, found: str) -> Finding:
    return Finding(rule="encoding", line=line, found=found, allowed="utf-8")


def _old(data: bytes, encoding: str) -> str:
    """In an encoding of one byte a character; the few bytes that it leaves out as Latin-1 has them."""
    return data.decode("latin-1").translate(_characters(encoding))


@cache
def _characters(encoding: str) -> dict[int, str]:
    return {byte: bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in range(0x80, 0x100)}
