"""What is told of a fit: the pieces, what of theirs is not ours, and what became of the cues (pure)."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from pipeline.events import Cue, Value
from pipeline.fit.fitting import Match
from pipeline.fit.pieces import Piece
from pipeline.fit.placing import Placed, Reason, place
from pipeline.lines import clock_time

_HOLE = 1.0
"""Seconds of theirs that are not ours and worth telling."""


class Stretch(Value, frozen=True):
    """theirs from-to = ours from-to, seconds; `shift` is what is added to our time at the beginning."""

    theirs: tuple[float, float]
    ours: tuple[float, float]
    shift: float
    like: float
    """How sure: 1 for the same sound, less under music, noise and echo; no piece comes under 0.45."""


class LeftOut(Value, frozen=True):
    """A cue without a counterpart; times of ours."""

    id: str
    start: float
    end: float
    text: str
    why: Reason


class Track(Value, frozen=True):
    file: str
    cues: int
    shortened: int
    left: tuple[LeftOut, ...]


class Fitted(Value, frozen=True):
    """All of it, as --json prints it."""

    video: str
    seconds: float
    """Of theirs."""
    speed: float
    """So many times as fast as ours it runs."""
    pieces: tuple[Stretch, ...]
    extra: tuple[tuple[float, float], ...]
    """What of theirs is not ours."""
    tracks: dict[str, Track]


def moved(cues: Sequence[Cue], match: Match, gap: float) -> Placed:
    """The cues by the clock of the video's players."""
    tempo = match.speed.tempo
    placed = place(cues, match.pieces, match.alike, gap * tempo)
    shown = (replace(cue, start=round(cue.start / tempo, 3), end=round(cue.end / tempo, 3)) for cue in placed.cues)
    return replace(placed, cues=tuple(shown))


def fitted(match: Match, seconds: float, video: str, tracks: Mapping[str, tuple[str, Placed]]) -> Fitted:
    """`seconds` is how long the video lasts; `tracks` are by language, each with its file."""
    found = tuple(_stretch(piece, match.speed.tempo) for piece in match.pieces)
    return Fitted(
        video=video,
        seconds=round(seconds, 3),
        speed=round(match.speed.tempo, 4),
        pieces=found,
        extra=_extra(found, seconds),
        tracks={lang: _track(file, placed) for lang, (file, placed) in tracks.items()},
    )


def _stretch(piece: Piece, tempo: float) -> Stretch:
    theirs = piece.start / tempo, piece.end / tempo
    ours = piece.line.ours(piece.start), piece.line.ours(piece.end)
    shift = round(theirs[0] - ours[0], 3)
    return Stretch(theirs=_rounded(theirs), ours=_rounded(ours), shift=shift, like=round(piece.like, 2))


def _rounded(span: tuple[float, float]) -> tuple[float, float]:
    return round(span[0], 3), round(span[1], 3)


def _extra(found: Sequence[Stretch], seconds: float) -> tuple[tuple[float, float], ...]:
    """What lies before, between and behind them."""
    edges = [0.0, *(time for stretch in found for time in stretch.theirs), seconds]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple(_rounded((start, end)) for start, end in pairs if end - start >= _HOLE)


def _track(file: str, placed: Placed) -> Track:
    left = tuple(
        LeftOut(id=one.cue.id, start=one.cue.start, end=one.cue.end, text=one.cue.text, why=one.reason)
        for one in placed.left
    )
    return Track(file=file, cues=len(placed.cues), shortened=placed.shortened, left=left)


_WHY = {"missing": "not in the video", "other": "the video has another sound there"}


def lines(fitted: Fitted) -> Iterator[str]:
    """What lies where, by time; what is left out; the files."""
    if fitted.speed != 1:
        yield f"The video runs {fitted.speed:.3f} times as fast; the cues go with it."
    there = {one.theirs: f"is {_span(one.ours)} of the session: {_how(one)}" for one in fitted.pieces}
    for span, what in sorted({**there, **dict.fromkeys(fitted.extra, "is not in the session")}.items()):
        yield f"{_span(span)} {what}"
    for lang, found in fitted.tracks.items():
        for left in found.left:
            text = " ".join(left.text.split("\n"))
            yield f'{lang} {clock_time(left.start)} left out, {_WHY[left.why]}: "{text}"'
    for found in fitted.tracks.values():
        short = f", {found.shortened} of them shortened by a cut" if found.shortened else ""
        yield f"{found.file}: {found.cues} cues{short}; {len(found.left)} left out"


def _how(one: Stretch) -> str:
    return f"{one.shift:+.2f} s, likeness {one.like:.2f}"


def _span(span: tuple[float, float]) -> str:
    return f"{clock_time(span[0])}-{clock_time(span[1])}"
