"""Cues of one track, placed in time one after the other.

A sentence knows where the speech after it begins, so no cue has to wait for the next one, and each is written once: but
for sentences that had no good translation and are rendered again later (`docs/decisions/0004-written-once.md`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from math import inf

from pipeline.events import Cue, Rendering, Withdrawn
from pipeline.settings import CueRules
from pipeline.subtitles.placing import Next, Piece, begin, cut, fit, following, join, place, too_close
from pipeline.subtitles.revising import Placed, revised, settled

_RECENT = 100
"""Cues that are remembered with all they were made of; of those before, three hours of them, what may be revised."""


def to_cues(
    renderings: Iterable[Rendering],
    rules: CueRules,
    before: Iterable[Cue] = (),
    until: float = inf,
    touched: Callable[[], Collection[str]] = tuple,
) -> Iterator[Cue | Withdrawn]:
    """One track's cues as they come. A sentence too short to stand before the next one waits for it, to share a cue.

    A rendering with a `rev` above 1 revises the cues of its sentence. `before` is the track of a session that goes on.
    At `until` a cue begins that is there already. `touched` tells the ids of cues that a person has changed.
    """
    track = _Track(rules, before, until, touched)
    for rendering in renderings:
        yield from track.add(rendering) if rendering.rev == 1 else track.revise(rendering)
    yield from track.finish()


class _Track:
    """What was placed so far, and what waits."""

    def __init__(
        self, rules: CueRules, before: Iterable[Cue], until: float, touched: Callable[[], Collection[str]]
    ) -> None:
        self._rules, self._until, self._touched = rules, until, touched
        self._placed: list[Placed] = [Placed(cue=cue) for cue in before]
        self._held: Piece | None = None
        self._again: list[Rendering] = []
        """Came while its sentence was held."""

    def add(self, rendering: Rendering) -> Iterator[Cue | Withdrawn]:
        rules = self._rules
        pieces = join(self._held, cut(rendering, rules), rules)
        self._held = None
        for piece, coming in zip(pieces, following(pieces, rendering.sentence.next_at, rules), strict=False):
            wait = piece is pieces[-1] and rendering.sentence.next_heard
            if wait and coming and too_close(piece, self._last, coming, rules):
                self._held = piece
            else:
                yield self._place(piece, coming)
        yield from self._revise_waiting()

    def revise(self, rendering: Rendering) -> Iterator[Cue | Withdrawn]:
        self._again.append(rendering)
        yield from self._revise_waiting()

    def finish(self) -> Iterator[Cue | Withdrawn]:
        held, self._held = self._held, None
        if held:
            yield self._place(held, None)
        yield from self._revise_waiting()

    @property
    def _last(self) -> Cue | None:
        return self._placed[-1].cue if self._placed else None

    def _place(self, piece: Piece, coming: Next | None) -> Cue:
        cue = place(piece, begin(piece.first, self._last, self._rules), coming, self._rules)
        cue = fit(cue, self._last.end if self._last else 0.0, self._until, self._rules)
        self._placed.append(Placed(cue=cue, piece=piece, coming=coming))
        if len(self._placed) > _RECENT:
            self._placed[-_RECENT] = settled(self._placed[-_RECENT])
        return cue

    def _revise_waiting(self) -> Iterator[Cue | Withdrawn]:
        """Those whose sentence is placed, in the order they came."""
        waiting, self._again = self._again, []
        for rendering in waiting:
            if self._held and rendering.sentence.id in self._held.sentences:
                self._again.append(rendering)
            else:
                yield from revised(self._placed, rendering, self._rules, self._touched())
