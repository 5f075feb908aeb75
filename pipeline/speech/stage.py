"""The speech stage: what was recorded in, what was said out."""

from collections.abc import Iterable, Iterator

from pipeline.events import Chunk, Hypothesis, Suppressed
from pipeline.speech.local import Recogniser


def recognise(chunks: Iterable[Chunk], recogniser: Recogniser) -> Iterator[Hypothesis | Suppressed]:
    """What an opened recogniser says of the chunks, as it says it, and at their end what was still open."""
    for chunk in chunks:
        yield from recogniser.hear(chunk.start, chunk.end).events
    yield from recogniser.finish().events
