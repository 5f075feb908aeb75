"""The WebVTT segment that belongs to a media segment (pure).

A cue goes out with the segment in which it begins, and again, word by word the same, with each that it is still shown
in: whoever joins later sees it too, and no player is told two things about it. What was not ready when its segment went
out is left out for good, but for one that was kept back: it goes out later for what is left of it, if that can be read.
"""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import srt
from msgspec.structs import replace

from pipeline.events import Cue
from pipeline.publish.shown import in_time
from pipeline.publish.timeline import Piece

Write = Callable[[Cue], str]
"""How a cue is written in WebVTT, without the empty line that ends it."""

_CLOCK = 90_000
_WRAP = 1 << 33
"""MPEG time stamps: so many a second, and after so many they begin anew."""
_END = re.compile(r" --> (\S+)")
_SHORTEST = 0.001
"""Seconds under which nothing of a cue is left."""


def segment(
    piece: Piece,
    before: Piece | None,
    cues: Sequence[Cue],
    shown: str,
    write: Write,
    kept_back: Collection[str] = (),
) -> str:
    """The captions of `piece`, which follows on the piece `before`, whose captions are `shown`; cues by time.

    Those `kept_back` were to be in captions before, and were not."""
    going_on = [] if piece.begins else [block for block in _blocks(shown) if _end(block) > piece.at + _SHORTEST]
    known = {block.partition("\n")[0] for block in going_on}  # one may have been given a later start meanwhile
    new = [cue for cue in cues if cue.id not in known]
    begun = [c for c in new if _begins_in(c, piece, before) or (c.id in kept_back and _is_left(c, piece))]
    written = [write(placed) for cue in begun if (placed := _placed(cue, piece))]
    return "".join(f"{part.rstrip()}\n\n" for part in (f"WEBVTT\n{_map(piece)}", *going_on, *written))


def _begins_in(cue: Cue, piece: Piece, before: Piece | None) -> bool:
    if not cue.start < piece.segment.end:
        return False
    if before is None or piece.begins:  # what had begun before what is missing, and is still shown after it
        return cue.end > piece.segment.start
    return cue.start >= before.segment.end


def _is_left(cue: Cue, piece: Piece) -> bool:
    """There is enough of it after what went out without it."""
    return cue.start < piece.segment.start and in_time(cue, piece.segment.start)


def _placed(cue: Cue, piece: Piece) -> Cue | None:
    """The cue at its time in the playback, within its connection; None when too little is left of it."""
    start = max(piece.at, piece.played(cue.start))
    end = piece.played(min(cue.end, piece.until))
    if end - start < _SHORTEST:
        return None
    return replace(cue, start=round(start, 3), end=round(end, 3))


def _map(piece: Piece) -> str:
    """Tells a player where in the segment's own time stamps a moment of the playback is.

    The moment is the segment's end: hls.js takes a difference of 0 between the two for none at all.
    """
    ticks = round((piece.segment.end - piece.segment.origin) * _CLOCK) % _WRAP
    local = srt.timedelta_to_srt_timestamp(timedelta(seconds=round(piece.at + piece.seconds, 3)))
    return f"X-TIMESTAMP-MAP=LOCAL:{local.replace(',', '.')},MPEGTS:{ticks}"


def _blocks(shown: str) -> list[str]:
    return [block for block in shown.split("\n\n")[1:] if " --> " in block]


def _end(block: str) -> float:
    """Seconds of playback at which the cue of a block ends."""
    found = _END.search(block)
    assert found, block
    return float(srt.srt_timestamp_to_timedelta(found[1]).total_seconds())
