"""Which words each cue of a track shows. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

from pipeline.events import Cue, Sentence

_LOOSE = 0.1
"""A translation has its words in another order: those of so much of the sentence before and after count, too."""


def shown(sentence: Sentence, cues: Sequence[Cue]) -> list[tuple[str, list[int]]]:
    """By cue, the places of the sentence's words that it shows; `cues` are all that show the sentence, by time.

    Told by shares of the text: exact in the track of what was said. Of several sentences in a cue each counts alike.
    """
    ends = list(accumulate(_size(cue.text) / len(cue.sentences) for cue in cues))
    sums = list(accumulate(_size(word.text) for word in sentence.words))
    if not ends or not sums or not ends[-1]:
        return []
    loose = 0.0 if cues[0].lang == sentence.lang or len(cues) == 1 else _LOOSE
    middles = [(upto - _size(word.text) / 2) / sums[-1] for word, upto in zip(sentence.words, sums, strict=True)]
    edges = [0.0, *(end / ends[-1] for end in ends)]
    return [
        (cue.id, list(range(bisect_left(middles, edges[at] - loose), bisect_left(middles, edges[at + 1] + loose))))
        for at, cue in enumerate(cues)
    ]


def by_sentence(cues: Iterable[Cue]) -> dict[str, list[Cue]]:
    """The cues that show each sentence, in their order."""
    of: dict[str, list[Cue]] = defaultdict(list)
    for cue in cues:
        for id in cue.sentences:
            of[id].append(cue)
    return of


def _size(text: str) -> int:
    return sum(not letter.isspace() for letter in text)
