"""How much of what was on the screen was taken back."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from pipeline.events import Cue, Ended, Event, Resumed, Withdrawn


def erasure(events: Iterable[Event], lang: str) -> float:
    """Words of a track taken back for each word that stayed: 0 where every cue is written once; of a session that has
    ended, what its editor changes is taken back from no screen.

    Of a revised text, the words from the first that differs on are counted (normalised erasure: Arivazhagan 2020).
    """
    shown: dict[str, list[str]] = {}
    erased, over = 0, False
    for event in events:
        over = isinstance(event, Ended) or (over and not isinstance(event, Resumed))
        if isinstance(event, Cue) and event.lang == lang:
            before, shown[event.id] = shown.get(event.id, []), event.text.split()
            erased += 0 if over else len(before) - _alike(before, shown[event.id])
        elif isinstance(event, Withdrawn):
            gone = shown.pop(event.id, [])
            erased += 0 if over else len(gone)
    return erased / max(1, sum(map(len, shown.values())))


def _alike(before: Sequence[str], now: Sequence[str]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, now, strict=False)))
