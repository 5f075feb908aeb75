"""What was heard against what was said: word error rate, and how well cues begin with their first word."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from pipeline.events import Cue, Value

if TYPE_CHECKING:
    from jiwer import Compose


class Spoken(Value, frozen=True):
    """A word that was said, and when, stream time."""

    start: float
    text: str


def plain(text: str) -> str:
    """Lower-cased, without punctuation, words a space apart; what an apostrophe or a hyphen joins becomes two words."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", text.lower()).split())


def wer(reference: Iterable[Cue], found: Iterable[Cue]) -> float:
    """Word error rate of one track against another, see `text_wer`."""
    said, heard = (" ".join(cue.text for cue in cues) for cues in (reference, found))
    return text_wer(said, heard)


def text_wer(said: str, heard: str) -> float:
    """What jiwer computes on lower-cased text without punctuation: 0 is perfect, 1 and more is useless."""
    import jiwer

    said, heard = (" ".join(text.split()) for text in (said, heard))  # to jiwer only a space ends a word
    return float(jiwer.wer(said, heard, reference_transform=_words(), hypothesis_transform=_words()))


@cache
def _words() -> "Compose":
    """To words without case and punctuation: "l'usine" is one, so that one mistake in it counts once."""
    import jiwer

    marks = jiwer.RemovePunctuation()  # type: ignore[no-untyped-call]
    parts = jiwer.ToLowerCase(), marks, jiwer.RemoveMultipleSpaces(), jiwer.Strip(), jiwer.ReduceToListOfListOfWords()
    return jiwer.Compose(list(parts))


def in_time_errors(said: Iterable[Spoken], found: Iterable[Cue]) -> list[float]:
    """Seconds by which each cue's start misses the start of its first word, for the cues whose first word is right."""
    import jiwer

    true = [part for word in said for part in _timed(word.text, word.start)]
    shown = [part for cue in found for part in _timed(cue.text, cue.start)]
    aligned = jiwer.process_words(_joined(true), _joined(shown)).alignments[0]
    pairs = [
        (true[chunk.ref_start_idx + n][1], shown[chunk.hyp_start_idx + n][1])
        for chunk in aligned
        if chunk.type == "equal"
        for n in range(chunk.ref_end_idx - chunk.ref_start_idx)
    ]
    return [abs(start - word) for word, start in pairs if word is not None and start is not None]


def _timed(text: str, start: float) -> Iterable[tuple[str, float | None]]:
    """The plain words of a text, the first with its time."""
    words = plain(text).split()
    return zip(words, [start, *[None] * len(words)], strict=False)


def _joined(words: Sequence[tuple[str, float | None]]) -> str:
    return " ".join(word for word, _ in words)
