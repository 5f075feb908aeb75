"""Sentences of the second pass beside those of the first: which is which, and which are new. Pure."""

from collections.abc import Iterator, Sequence
from itertools import count

from msgspec.structs import replace

from pipeline.events import Hypothesis, Sentence, Value, Word
from pipeline.refining.voting import Heard

_PAUSE = 0.4
"""Seconds between two stretches that a speaker has paused."""


class Aligned(Value, frozen=True):
    """What becomes of the sentences that no person has had a hand in."""

    new: tuple[Sentence, ...] = ()
    """Those that read or are cut otherwise, by time; under the id of the live one that each takes the place of."""
    gone: tuple[Sentence, ...] = ()
    """Live ones that no new one takes the place of."""
    same: tuple[Sentence, ...] = ()
    """Live ones that stay, by time."""


def hypotheses(stretches: Sequence[tuple[Heard, ...]], held: frozenset[str]) -> Iterator[Hypothesis]:
    """The words of what was voted for, as `to_sentences` takes them, without those of the sentences that are `held`:
    there the sound breaks off for it, so that no sentence goes on behind one of them."""
    last = 0.0
    for stretch in stretches:
        if last and stretch[0].word.start - last >= _PAUSE:
            yield Hypothesis(heard=stretch[0].word.start, endpoint=True)
        for one in stretch:
            if one.sentence in held:
                yield Hypothesis(heard=one.word.start, over=True)
            else:
                yield Hypothesis(heard=one.word.end, committed=(one.word,), lang=one.lang)
        last = max(one.word.end for one in stretch)


def aligned(live: Sequence[Sentence], new: Sequence[Sentence], first: int) -> Aligned:
    """`live` and `new`, each by time. A new one takes the place of the live one that shares more than half of both
    durations; the others are numbered from `first` on."""
    numbers = count(first)
    left = {one.id: one for one in live}
    made: list[Sentence] = []
    same: list[Sentence] = []
    for one in new:
        place = next((other for other in left.values() if _alike(one, other)), None)
        if place is None:
            made.append(replace(one, id=f"s{next(numbers):06d}", pass_=2))
            continue
        del left[place.id]
        if place.text == one.text:
            same.append(place)
        else:
            made.append(replace(one, id=place.id, rev=place.rev + 1, cut=place.cut, pass_=2))
    return Aligned(new=tuple(made), gone=tuple(left.values()), same=tuple(same))


def _alike(one: Sentence, other: Sentence) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared > (one.end - one.start) / 2 and shared > (other.end - other.start) / 2


def words_of(sentence: Sentence) -> Iterator[Heard]:
    """As a reading has them; a sentence without words of its own as one."""
    text = f" {sentence.text}"
    whole = (Word(start=sentence.start, end=sentence.end, text=text, probability=1.0),)
    for word in sentence.words or whole:
        yield Heard(word=word, lang=sentence.lang, sentence=sentence.id)
