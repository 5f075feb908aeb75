"""The end of a long playlist: two hours of pieces every two seconds would cost a third of a core to read. Pure."""

import re
from datetime import datetime, timedelta

EDGE = 20
"""Pieces that are kept of a playlist when nothing was read of it before."""

_SEQUENCE = re.compile(r"^#EXT-X-MEDIA-SEQUENCE:\s*(\d+)", re.MULTILINE)
DATE = "#EXT-X-PROGRAM-DATE-TIME:"
_OF_PIECES = ("#EXT-X-KEY", "#EXT-X-MAP", DATE, "#EXTINF", "#EXT-X-DISCONTINUITY\n", "#EXT-X-BYTERANGE", "#EXT-X-GAP")


def shortened(text: str, since: int | None) -> str:
    """The playlist without the pieces before number `since`, or before its last ones for None.

    What holds from those on is kept: key, head, the programme's clock. ValueError for a length that is none.
    """
    told = _SEQUENCE.search(text)
    first = int(told[1]) if told else 0
    lines = text.splitlines(keepends=True)
    begins = [number for number, line in enumerate(lines) if line.startswith("#EXTINF")]
    dropped = len(begins) - EDGE if since is None else since - first
    if not 0 < dropped < len(begins):
        return text
    places = (n for n in range(begins[dropped - 1], len(lines)) if lines[n].strip() and lines[n][0] != "#")
    cut = next(places, len(lines)) + 1
    head = [line for line in lines[: begins[0]] if not line.startswith((*_OF_PIECES, "#EXT-X-MEDIA-SEQUENCE"))]
    return "".join([*head, f"#EXT-X-MEDIA-SEQUENCE:{first + dropped}\n", *_carried(lines[:cut]), *lines[cut:]])


def _carried(lines: list[str]) -> list[str]:
    """The tags of `lines` that hold for what comes after them."""
    key, head, date = "", "", None
    for line in lines:
        if line.startswith("#EXT-X-KEY"):
            key = line
        elif line.startswith("#EXT-X-MAP"):
            head = line
        elif line.startswith(DATE):
            date = dated(line)
        elif date and line.startswith("#EXTINF"):
            date += timedelta(seconds=float(line.partition(":")[2].partition(",")[0]))
    return [tag for tag in (key, head, f"{DATE}{date.isoformat()}\n" if date else "") if tag]


def dated(line: str) -> datetime | None:
    """What a programme's date and time says; None where that is nonsense."""
    try:
        return datetime.fromisoformat(line.removeprefix(DATE).strip())
    except ValueError:
        return None
