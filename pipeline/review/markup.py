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
_ITALICS = {"<i>": True, "</i>": False, "<em>": True, "</em>": False, r"{\i1}": True, r"{\i0}": False, r"{\i}": False}
"""Tags with which italics begin, or end."""
_MARKS = {True: "<i>", False: "</i>"}


def visible(text: str, format: Format) -> str:
    """The text as a player shows it."""
    if format == "vtt":
        return html.unescape(TAG.sub("", text))
    return TAG.sub(lambda tag: tag[0] if tag["name"] and tag["name"].lower() not in _NAMES else "", text)


def italic(text: str, format: Format) -> str:
    """The text as a player shows it, with its italics as `<i>` and `</i>`; without, where they do not begin and end in
    turn."""
    inside, sound = False, True

    def put(tag: re.Match[str]) -> str:
        nonlocal inside, sound
        slant = _ITALICS.get(tag[0].lower())
        if slant is None:
            return visible(tag[0], format)
        sound, inside = sound and slant != inside, slant
        return _MARKS[slant]

    made = TAG.sub(put, text).replace("<i></i>", "")
    if not sound or inside:
        return visible(text, format)
    return html.unescape(made) if format == "vtt" else made


def others(text: str, format: Format) -> tuple[str, ...]:
    """The tags of a text, by what each begins with, that are no italics."""
    tags = (tag for tag in TAG.finditer(text) if not visible(tag[0], format))
    found = (f"<{tag['name'].lower()}>" if tag["name"] else tag[0] for tag in tags if not tag[0].startswith("</"))
    return tuple(dict.fromkeys(tag for tag in found if tag.lower() not in _ITALICS))


def tag_names(text: str) -> list[str]:
    """What the tags of a text are called, in their order; `/i` closes an `i`."""
    return [_name(match) for match in TAG.finditer(text)]


def _name(match: re.Match[str]) -> str:
    name = match["name"] or match["code"] or "time"
    return f"/{name}".lower() if match[0].startswith("</") else name.lower()
