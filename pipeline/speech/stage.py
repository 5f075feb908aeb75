"""The speech stage: what was recorded in, what was said out."""

from collections.abc import Iterable, Iterator

from pipeline.events import Chunk, Hypothesis, Suppressed
from pipeline.names.live import Names
from pipeline.speech.local import Recogniser


def recognise(
    chunks: Iterable[Chunk], recogniser: Recogniser, names: Names | None = None
) -> Iterator[Hypothesis | Suppressed]:
    """What an opened recogniser says of the chunks, as it says it, and at their end what was still open.

    Before a chunk it is told the names that may be said, whenever they are others than before.
    """
    expected: tuple[str, ...] = ()
    for chunk in chunks:
        if names and (wanted := names.hotwords) != expected:
            expected = wanted
            names.left_out(recogniser.expect(wanted))
        yield from recogniser.hear(chunk.start, chunk.end).events
    yield from recogniser.finish().events
