"""What the recogniser heard, word by word: where edges snap to and lines are split."""

from collections.abc import Iterator

from pipeline.events import Event, Sentence, Value


class HeardWord(Value, frozen=True):
    """A word, and the sentence it stands in."""

    start: float
    end: float
    text: str
    """With the space before it, as it is joined."""
    probability: float
    sentence: str


class Heard:
    """The words of a session's sentences."""

    def __init__(self) -> None:
        self._sentences: dict[str, Sentence] = {}

    def note(self, event: Event) -> None:
        if isinstance(event, Sentence):
            self._sentences[event.id] = event

    def between(self, start: float, end: float) -> Iterator[HeardWord]:
        """Those that lie in a stretch of time, or reach into it; by sentence, each in the order spoken."""
        for sentence in self._sentences.values():
            if sentence.end < start or sentence.start > end:
                continue
            for word in sentence.words:
                if word.end >= start and word.start <= end:
                    yield HeardWord(
                        start=word.start,
                        end=word.end,
                        text=word.text,
                        probability=word.probability,
                        sentence=sentence.id,
                    )
