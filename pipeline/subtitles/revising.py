"""Cues of a sentence that was rendered again, in the time that its old cues had: their neighbours stay as they are.

Only where the new text cannot stand there in as many cues as it takes, the cues after it are placed anew, too.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from math import inf

from msgspec.structs import replace

from pipeline.events import Cue, Rendering, Value, Withdrawn
from pipeline.settings import CueRules
from pipeline.subtitles.placing import Next, Piece, begin, cut, following, join, place

_TOLERANCE = 0.0005
"""Seconds: times in files are whole milliseconds."""


class Placed(Value, frozen=True):
    """A cue, and what it was made of."""

    cue: Cue
    piece: Piece | None = None
    """None when that is forgotten, or was in a session before: it is guessed from the cue's time."""
    coming: Next | None = None

    @property
    def parts(self) -> tuple[Piece, ...]:
        """The pieces of one sentence each."""
        return (self.piece or _guessed(self.cue)).parts


def _guessed(cue: Cue) -> Piece:
    return Piece(
        id=cue.id,
        lang=cue.lang,
        text_lang=cue.lang,
        lines=tuple(cue.text.split("\n")),
        first=cue.start,
        last=cue.end,
        sentences=cue.sentences,
        flags=tuple(flag for flag in cue.flags if flag not in ("fast", "late")),
    )


def settled(one: Placed) -> Placed:
    """As much of it as has to be remembered once its neighbours are no longer revised with it, as a rule.

    What may be revised itself, and what shares a cue, keeps what it was made of.
    """
    owed = {"untranslated", "doubtful"} & {*one.cue.flags} or len(one.cue.sentences) > 1
    return one if owed else Placed(cue=one.cue)


def revised(
    placed: list[Placed], rendering: Rendering, rules: CueRules, touched: Collection[str] = ()
) -> Iterator[Cue | Withdrawn]:
    """Puts a sentence's new text in place of its old one: changes `placed`, the track, and gives what is different.

    A sentence of which a person has `touched` a cue (ids) is left as it is, and no such cue is moved.
    """
    id = rendering.sentence.id
    places = [place for place, one in enumerate(placed) if id in one.cue.sentences]
    if not places:
        return
    first, last = places[0], places[-1] + 1
    parts = [part for one in placed[first:last] for part in one.parts]
    mine = [part for part in parts if id in part.sentences]
    new = cut(rendering, rules)
    if not new or _alike(mine, new) or any(len(part.sentences) > 1 for part in mine):
        return  # it is no better, or nobody can tell any more whose text is whose
    at = parts.index(mine[0])
    parts[at : at + len(mine)] = new
    if any(one.cue.id in touched for one in placed[first:last]):
        return
    while (made := _laid(placed, first, last, parts, rules)) is None:
        if placed[last].cue.id in touched:
            return
        parts.extend(placed[last].parts)
        last += 1
    old = {one.cue.id: one for one in placed[first:last]}
    made = [_kept(one, old.get(one.cue.id)) for one in made]
    placed[first:last] = made
    # The first comes last: whoever is killed in between finds its old flags, and does it all again.
    yield from (Withdrawn(id=gone) for gone in old if gone not in {one.cue.id for one in made})
    yield from (one.cue for one in reversed(made) if one is not old.get(one.cue.id))


def _kept(one: Placed, before: Placed | None) -> Placed:
    """The cue as it was before, if it is no different now."""
    return before if before and replace(before.cue, rev=one.cue.rev) == one.cue else one


def _alike(before: Sequence[Piece], after: Sequence[Piece]) -> bool:
    """The same text, and the same to be said of it."""
    texts = ("".join(" ".join(piece.lines) for piece in pieces).replace(" ", "") for pieces in (before, after))
    flags = ({flag for piece in pieces for flag in piece.flags} - {"backfilled"} for pieces in (before, after))
    return len({*texts}) == 1 and next(flags) == next(flags)


def _together(parts: Sequence[Piece], old: Sequence[Placed], rules: CueRules) -> list[Piece]:
    """The parts as pieces: sentences that shared a cue share one again, if they still fit."""
    ids = [[part.sentences[0] for part in one.parts] for one in old]
    pairs = {pair for shared in ids for pair in pairwise(shared)}
    pieces: list[Piece] = []
    for part in parts:
        if pieces and (pieces[-1].sentences[-1], part.sentences[0]) in pairs:
            pieces[-1:] = join(pieces[-1], [part], rules)
        else:
            pieces.append(part)
    return pieces


def _laid(placed: list[Placed], first: int, last: int, parts: Sequence[Piece], rules: CueRules) -> list[Placed] | None:
    """The parts between the cues before `first` and from `last` on; None if that leaves too little time."""
    old = placed[first:last]
    pieces = _together(parts, old, rules)
    step = rules.shortest + rules.gap
    until = placed[last].cue.start if last < len(placed) else inf
    latest = [until - number * step for number in range(len(pieces), 0, -1)]
    start = old[0].cue.start
    if start > latest[0] + _TOLERANCE:
        return None
    # What cannot wait longer is treated as if it were said sooner.
    early = [replace(piece, first=min(piece.first, most)) for piece, most in zip(pieces, latest, strict=True)]
    coming = [
        then and replace(then, spare=max(0.0, min(then.spare, most - then.at)))
        for then, most in zip(following(early, None, rules)[:-1], latest[1:], strict=True)
    ]
    end = Next(at=until, spare=0.0) if until < inf else old[-1].coming
    rev = 1 + max(one.cue.rev for one in old)
    made: list[Placed] = []
    for piece, sooner, then in zip(pieces, early, [*coming, end], strict=True):
        if made:
            start = begin(sooner.first, made[-1].cue, rules)
        made.append(Placed(cue=place(piece, start, then, rules, rev), piece=piece, coming=then))
    return made
