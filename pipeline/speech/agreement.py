"""The policy `stream` for a recogniser that can neither go on from what was said nor align: LocalAgreement-2.

All the sound since the last finished sentence is heard anew each time; a word is said once two readings in a row have
it and all before it (Liu et al. 2020; Macháček et al. 2023), and another word follows. What has been said stays,
whatever a later reading makes of its sound.
"""

from collections.abc import Sequence
from itertools import takewhile

import msgspec

from pipeline.audio import Samples
from pipeline.events import Word
from pipeline.speech.boilerplate import plain
from pipeline.speech.guards import judge
from pipeline.speech.onsets import mend
from pipeline.speech.streaming import GrowingPolicy, Reading, not_before
from pipeline.speech.utterance import later

NEAR = 2
"""Words by which the last one that was said may stand elsewhere in a reading than its time says."""


class AgreementPolicy(GrowingPolicy):
    """Two readings agree."""

    def _read(self, samples: Samples, start: float, speech: Sequence[bool]) -> Reading:
        heard = self._transcriber.recognise(samples, self._choice(speech))
        every = mend(heard.words, samples)
        before = later(self._said.words, -start)
        after = max((word.end for word in before), default=0.0)
        words = tuple(not_before(word, after) for word in every[_said(before, every) :])
        judged = judge(msgspec.structs.replace(heard, words=(*before, *words)), samples, speech, self._settings)
        return Reading(later(words, start), ((),) * len(words), heard.lang or self._lang, judged)

    def _sure(self, words: Sequence[Word], end: float) -> int:
        agreed = takewhile(lambda pair: pair[0].text == pair[1], zip(words[:-1], self._tail, strict=False))
        return sum(1 for _ in agreed)


def _said(before: Sequence[Word], words: Sequence[Word]) -> int:
    """How many of the words are those said before: by their times, and by the last one where it stands near."""
    if not before:
        return 0
    last = before[-1]
    count = sum(word.start + word.end <= 2 * last.end for word in words)
    places = range(max(1, count - NEAR), min(len(words), count + NEAR) + 1)
    near = [place for place in places if plain(words[place - 1].text) == plain(last.text)]
    return min(near, key=lambda place: abs(place - count), default=count)
