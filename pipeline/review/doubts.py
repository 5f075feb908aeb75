"""The words of a session's cues that may be wrong, as signs. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from math import prod

import numpy as np

from pipeline.events import Word
from pipeline.report.record import Record
from pipeline.review.heard import Judged, judged
from pipeline.review.loud import Levels, Loud
from pipeline.review.shown import by_sentence, shown
from pipeline.review.signs import Sign
from pipeline.review.unsure import unsure

_NAMED = 0.04
"""A word that is likelier wrong than this is named."""
_TOLD = 0.1
"""... and of a cue that has none, the likeliest, if all together come to this."""
_MOST = 3
"""Words that are named for one reason."""
_MARKS = ' .,;:!?…«»“”"()[]'


def words(record: Record, lang: str, levels: Levels | None = None) -> Iterator[tuple[str, Sign]]:
    """All that the words of a track's cues have against them, each with the id of its cue.

    `levels` are of the recording (`loud.levels`); without them nothing is known of speech that has no words.
    """
    sentences = sorted(record.state.sentences.values(), key=lambda one: one.start)
    said: list[Word] = [word for sentence in sentences for word in sentence.words]
    loud = Loud(np.zeros(0, np.float32) if levels is None else levels, said)
    of = judged(sentences, loud, unsure(record))
    found: dict[str, list[Judged]] = defaultdict(list)
    for id, cues in by_sentence(record.state.track(lang)).items():
        for cue, places in shown(record.state.sentences[id], cues) if id in of else ():
            found[cue] += [of[id][at] for at in places]
    for cue, all in found.items():
        for sign in _signs(all):
            yield cue, sign


def _signs(words: list[Judged]) -> Iterator[Sign]:
    """One for each signal that speaks most against some word; a silent one for words that are hardly in doubt."""
    words = sorted(words, key=lambda one: -one.chance)
    named = [one for one in words if one.chance >= _NAMED]
    if not named and _together(words) >= _TOLD:
        named = words[:1]
    for signal in dict.fromkeys(one.signal for one in named):
        mine = [one for one in named if one.signal == signal]
        yield Sign(chance=_together(mine), said=_said(signal, mine))
    yield Sign(chance=_together(words[len(named) :]))


def _together(words: list[Judged]) -> float:
    return 1 - prod(1 - one.chance for one in words)


def _said(signal: str, words: list[Judged]) -> str:
    first, amount = _quoted(words[:1]), words[0].amount
    match signal:
        case "unknown":
            return f"No dictionary has {_quoted(words)}."
        case "held":
            return f"{first} is held {amount:.1f} s too long for a word of its length."
        case "pause":
            return f"After {first} {amount:.1f} s pass without a word."
        case "loud":
            return f"Beside {first} it is loud for {amount:.1f} s without a word."
        case "translated":
            return "The translation engine is less sure of this sentence than of most: it may be misheard."
    return f"The recogniser was unsure of {_quoted(words)}."


def _quoted(words: list[Judged]) -> str:
    """`“levons”, “contre” and 2 more`"""
    some = ", ".join(f"“{one.word.text.strip(_MARKS)}”" for one in words[:_MOST])
    return f"{some} and {len(words) - _MOST} more" if len(words) > _MOST else some
