"""Where the sound breaks off, its last words may be halves: they wait until it is known whether it goes on.

A stream may stand still for half a minute and then go on within the word. So all else is said when it breaks off, and
where it goes on without a gap its end is heard once more, as the middle that it is.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from pipeline.events import Chunk, Hypothesis, Suppressed, Word
from pipeline.speech.local import Recogniser
from pipeline.speech.messages import Answered
from pipeline.speech.supervisor import OVERLAP

_HALF = 0.5
"""Seconds before the end of the sound within which a word that ends there may be half of one, or made up for one."""
_NEAR = 0.5
"""Seconds by which the same word may lie elsewhere when it is heard again."""
_NO_GAP = 1e-3
"""Seconds between two stretches, at most."""


class Seam:
    """An opened recogniser, to those who are told what it says."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._begin = self._end = 0.0  # of the sound without a gap so far
        self._broken = False  # it breaks off there
        self._waiting: Hypothesis | None = None  # the words that wait, as they are said if nothing more comes
        self._told = 0.0  # up to where all is said, or kept back
        self._said: Word | None = None  # the last one
        self._since = 0.0  # what is heard before that is heard again
        self._before: Word | None = None  # the last word that is heard again

    def hear(self, chunk: Chunk) -> Iterator[Answered]:
        """What it says of a stretch; at an empty one the sound breaks off."""
        yield from self._noted(self._hear(chunk) if chunk.end > chunk.start else self._break_off())

    def finish(self) -> Iterator[Answered]:
        """What is still open: the sound is over."""
        yield from self._noted(self._new(self._recogniser.finish().events))
        yield from self._rest()

    def _hear(self, chunk: Chunk) -> Iterator[Answered]:
        start = chunk.start
        if abs(start - self._end) > _NO_GAP:
            if self._since:  # what is open has parts that were said
                yield from self._new(self._recogniser.finish().events)
            yield from self._rest()
            self._begin = self._told = start
            self._said, self._since, self._before = None, 0.0, None
        elif self._broken:
            self._since, self._before = max(self._told, self._end - OVERLAP), self._said
            start = max(self._begin, self._since - OVERLAP)
        self._waiting, self._broken, self._end = None, False, chunk.end
        yield from self._new(self._recogniser.hear(start, chunk.end).events)

    def _break_off(self) -> Iterator[Answered]:
        """What is open, but for the words that wait."""
        said = tuple(self._new(self._recogniser.finish().events))
        self._broken = True
        over = next((one for one in said if isinstance(one, Hypothesis) and one.broken), None)
        last = next((one for one in reversed(said) if isinstance(one, Hypothesis) and one.committed), None)
        halves = tuple(word for word in last.committed if word.end > self._end - _HALF) if over and last else ()
        if not (over and last and halves):
            yield from said
            return
        self._waiting = replace(over, committed=halves, lang=last.lang)
        begun, whole = halves[0].start, last.committed[: -len(halves)]
        for one in said:
            if one is last:
                yield replace(last, committed=whole, heard=begun, endpoint=False)
            else:  # that the sound breaks off is seen by the words that are open, if any are
                yield replace(over, heard=begun, broken=False) if one is over else one

    def _rest(self) -> Iterator[Answered]:
        """The words that wait, where they are all there is."""
        if self._waiting:
            yield self._waiting
        self._waiting = None

    def _noted(self, said: Iterable[Answered]) -> Iterator[Answered]:
        for one in said:
            if isinstance(one, Hypothesis) and one.committed:
                self._said = one.committed[-1]
                self._told = max(self._told, self._said.end)
            elif isinstance(one, Suppressed):
                self._told = max(self._told, one.end)
            yield one

    def _new(self, said: Sequence[Answered]) -> Iterator[Answered]:
        """Of what it says what has not been told."""
        for one in said:
            if isinstance(one, Hypothesis) and self._since:
                yield self._later(one)
            elif not isinstance(one, Suppressed) or one.end > self._since:
                yield one

    def _later(self, said: Hypothesis) -> Hypothesis:
        if self._before and (again := _again(self._before, said.committed)):
            self._since, self._before = again.end, None  # words may lie a little elsewhere the second time
        committed, tail = (
            tuple(word for word in words if word.start + word.end > 2 * self._since)
            for words in (said.committed, said.tail)
        )
        speaking = said.speaking and max(said.speaking, self._since)
        return replace(
            said, heard=max(said.heard, self._since), committed=committed, tail=tail, speaking=speaking, begun=False
        )


def _again(before: Word, words: Sequence[Word]) -> Word | None:
    """The same word among those that are heard now."""
    same = [word for word in words if _letters(word) == _letters(before) and abs(word.start - before.start) < _NEAR]
    return min(same, key=lambda word: abs(word.start - before.start), default=None)


def _letters(word: Word) -> str:
    return "".join(filter(str.isalnum, word.text.casefold()))
