"""What of a cue's text is read, and what only says how it looks."""

import html
import re

from pipeline.review.times import Format

TAG = re.compile(
    r"</?(?P<name>[A-Za-z]+)(?:[.\s][^<>\n]*)?>|<[0-9:.]+>|\{\\(?P<code>[a-z]+)[^{}\n]*\}|\{[yYcCfFsSpP]:[^{}\n]*\}"
)
"""One tag: HTML's, WebVTT's, ASS's, MicroDVD's."""


def visible(text: str, format: Format) -> str:
    """The text as a player shows it."""
    bare = TAG.sub("", text)
    return html.unescape(bare) if format == "vtt" else bare


def tag_names(text: str) -> list[str]:
    """What the tags of a text are called, in their order; `/i` closes an `i`."""
    return [_name(match) for match in TAG.finditer(text)]


def _name(match: re.Match[str]) -> str:
    name = match["name"] or match["code"] or "time"
    return f"/{name}".lower() if match[0].startswith("</") else name.lower()
