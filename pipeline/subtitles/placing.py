"""Where the texts of a track stand in time: each piece as long as it would like to be, as far as its neighbours let it.

The order of surrender where speech is faster than reading (`docs/cue-rules.md`): the silence after the words; a longer
out-time; a late start of the next cue, if that one can afford it; then a cue that is too fast, flagged. Lines, length,
gap, duration and order hold always, and no text is ever dropped.
"""

from collections.abc import Sequence

import msgspec

from pipeline.events import Cue, Rendering, Value
from pipeline.settings import CueRules
from pipeline.subtitles.lines import break_lines
from pipeline.subtitles.pieces import split
from pipeline.subtitles.quality import characters, too_fast

LEAST = 0.2
"""Seconds under which a cue is a flash."""
_LATE = 0.1
"""Seconds after its first word from which a cue's start is flagged: what a viewer notices."""


class Piece(Value, frozen=True):
    """A text that makes one cue, and the stretch of speech that it belongs to."""

    id: str
    lang: str
    """Of the track."""
    text_lang: str
    lines: tuple[str, ...]
    first: float
    last: float
    sentences: tuple[str, ...]
    flags: tuple[str, ...] = ()
    shared: "tuple[Piece, ...]" = ()
    """The pieces that stand in it together."""

    @property
    def parts(self) -> "tuple[Piece, ...]":
        """Of one sentence each."""
        return self.shared or (self,)


class Next(Value, frozen=True):
    """What comes after a piece: where its speech begins, and how much later its cue may begin."""

    at: float
    spare: float


def cut(rendering: Rendering, rules: CueRules) -> list[Piece]:
    """A rendering's text in pieces."""
    sentence = rendering.sentence
    return [
        Piece(
            id=f"{sentence.id}.{rendering.lang}.{number}",
            lang=rendering.lang,
            text_lang=rendering.text_lang,
            lines=piece.lines,
            first=piece.start,
            last=piece.end,
            sentences=(sentence.id,),
            flags=tuple(flag for flag, true in _flags(rendering) if true),
        )
        for number, piece in enumerate(split(rendering, rules), 1)
    ]


def _flags(rendering: Rendering) -> tuple[tuple[str, bool], ...]:
    return (
        ("untranslated", rendering.untranslated),
        ("doubtful", bool(rendering.doubtful)),
        ("backfilled", rendering.rev > 1),
        ("cut", rendering.sentence.cut),
        ("name", bool(rendering.sentence.uncertain)),
    )


def following(pieces: Sequence[Piece], next_at: float | None, rules: CueRules) -> list[Next | None]:
    """What comes after each piece of a sentence: the next piece, and at last the speech after the sentence, if any."""
    starts = [*(piece.first for piece in pieces[1:]), next_at]
    within: list[Next | None] = [
        Next(at=piece.first, spare=_spare(piece, then, rules))
        for piece, then in zip(pieces[1:], starts[1:], strict=True)
    ]
    return [*within, None if next_at is None else Next(at=next_at, spare=rules.late_blind)]


def _spare(piece: Piece, then: float | None, rules: CueRules) -> float:
    """How late a cue may start for the sake of the one before without becoming too fast in its turn."""
    until = piece.last + rules.linger_most
    if then is not None:
        until = min(until, then - rules.gap)
    return min(rules.late_most, max(0.0, until - piece.first - _size(piece) / rules.cps_most))


def _size(piece: Piece) -> int:
    return characters("\n".join(piece.lines))


def begin(first: float, last: Cue | None, rules: CueRules) -> float:
    """With the first word; later while the cue before needs the screen, a little earlier where a gap would flicker."""
    if last is None:
        return max(0.0, first)
    return last.end + rules.gap if _flickers(last.end, first, rules) else first


def _flickers(end: float, start: float, rules: CueRules) -> bool:
    """The gap between two cues is so short that it must be closed; judged in the milliseconds that files have."""
    return round(round(start, 3) - round(end, 3), 3) < rules.bridge


def too_close(piece: Piece, last: Cue | None, coming: Next, rules: CueRules) -> bool:
    """The next would come too late even after the shortest cue; together they may fit."""
    return begin(piece.first, last, rules) + rules.shortest + rules.gap - coming.at > rules.late_most


def place(piece: Piece, start: float, coming: Next | None, rules: CueRules, rev: int = 1) -> Cue:
    """The cue as long as it would like to be, cut back or held on to meet the coming one."""
    start = round(start, 3)
    end = round(_end(piece, start, coming, rules), 3)
    text = "\n".join(piece.lines)
    fast = ("fast",) if too_fast(text, start, end, rules) else ()
    late = ("late",) if start > piece.first + _LATE else ()
    return Cue(
        id=piece.id,
        lang=piece.lang,
        start=start,
        end=end,
        text=text,
        sentences=piece.sentences,
        flags=(*piece.flags, *fast, *late),
        rev=rev,
    )


def fit(cue: Cue, since: float, until: float, rules: CueRules) -> Cue:
    """The cue ended before the one that begins at `until`; where that leaves too little of it, begun earlier, but not
    before the one that ends at `since` is over."""
    end = min(cue.end, until - rules.gap)
    if end == cue.end:
        return cue
    start = round(max(min(cue.start, end - rules.shortest), since + rules.gap), 3)
    if end - start < LEAST:
        return cue  # there is no room for it at all: a person has to decide
    fast = ("fast",) if too_fast(cue.text, start, end, rules) and "fast" not in cue.flags else ()
    return msgspec.structs.replace(cue, start=start, end=round(end, 3), flags=(*cue.flags, *fast))


def _end(piece: Piece, start: float, coming: Next | None, rules: CueRules) -> float:
    shortest, longest = start + rules.shortest, start + rules.longest
    unhurried = start + _size(piece) / rules.cps
    wanted = min(max(piece.last + rules.linger, min(unhurried, piece.last + rules.linger_most), shortest), longest)
    if coming is None:
        return wanted
    read = start + _size(piece) / rules.cps_most
    needed = min(max(shortest, min(read, piece.last + rules.linger_most)), longest)
    # As late as this one needs and the next one can afford.
    next_start = max(coming.at, min(needed + rules.gap, coming.at + coming.spare), shortest + rules.gap)
    if _flickers(wanted, next_start, rules):
        return min(next_start - rules.gap, longest)
    return wanted


def join(held: Piece | None, pieces: list[Piece], rules: CueRules) -> list[Piece]:
    """The pieces after the one held back, which shares the first one's cue if both are short and fit."""
    if held is None:
        return pieces
    if not pieces or not (lines := _stacked(held, pieces[0], rules)):
        return [held, *pieces]
    shared = msgspec.structs.replace(
        held,
        lines=lines,
        last=max(held.last, pieces[0].last),
        sentences=(*held.sentences, *pieces[0].sentences),
        flags=tuple(dict.fromkeys((*held.flags, *pieces[0].flags))),
        shared=(*held.parts, *pieces[0].parts),
    )
    return [shared, *pieces[1:]]


def _stacked(upper: Piece, lower: Piece, rules: CueRules) -> tuple[str, ...] | None:
    """Two short texts one above the other, else run together; None unless both are short and fit."""
    texts = (" ".join(upper.lines), " ".join(lower.lines))
    if max(map(len, texts)) > rules.cpl or lower.last - upper.first > rules.longest:
        return None
    return texts if rules.lines > 1 and len(upper.lines) == 1 else break_lines(" ".join(texts), rules, upper.text_lang)
