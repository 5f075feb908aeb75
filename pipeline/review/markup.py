"""What of a cue's text is read, and what only says how it looks."""

import html
import re

from pipeline.review.times import Format

TAG = re.compile(
    r"</?(?P<name>[A-Za-z]+)(?:[.\s][^<>\n]*)?>|<[0-9:.]+>|\{\\(?P<code>[a-z]+)[^{}\n]*\}|\{[yYcCfFsSpP]:[^{}\n]*\}"
)
"""One tag: HTML's, WebVTT's, ASS's, MicroDVD's."""
_NAMES = frozenset({"b", "i", "u", "s", "em", "strong", "font", "span", "c", "v", "lang", "ruby", "rt", "br", "p"})
"""Those of HTML and WebVTT that SRT has anywhere; `<so>` is what somebody wrote."""


def visible(text: str, format: Format) -> str:
    """The text as a player shows it."""
    if format == "vtt":
        return html.unescape(TAG.sub("", text))
    return TAG.sub(lambda tag: tag[0] if tag["name"] and tag["name"].lower() not in _NAMES else "", text)


def tag_names(text: str) -> list[str]:
    """What the tags of a text are called, in their order; `/i` closes an `i`."""
    return [_name(match) for match in TAG.finditer(text)]


def _name(match: re.Match[str]) -> str:
    name = match["name"] or match["code"] or "time"
    return f"/{name}".lower() if match[0].startswith("</") else name.lower()
