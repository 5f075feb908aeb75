"""The speech stage: what was recorded in, what was said out."""

from collections.abc import Callable, Iterable, Iterator

from pipeline.events import Chunk, Skipped, Warned
from pipeline.names.live import Names
from pipeline.speech.local import Recogniser
from pipeline.speech.messages import Answered
from pipeline.speech.overload import Degraded
from pipeline.speech.seam import Seam


def recognise(
    chunks: Iterable[Chunk | Degraded | Skipped | Warned],
    recogniser: Recogniser,
    names: Names | None = None,
    speaker: Callable[[], str] = str,
) -> Iterator[Answered]:
    """What an opened recogniser says of the chunks, as it says it, and at their end what was still open.

    At an empty chunk the sound breaks off: what is open is said then (`Seam`), and not when it goes on. Before a chunk
    it is told the names that may be said and the language that `speaker` names, if any, whenever they are others than
    before. What `overload` puts between them is done.
    """
    seam, assumed = Seam(recogniser), ""
    expected: tuple[str, ...] = ()
    for chunk in chunks:
        if isinstance(chunk, Degraded):
            recogniser.degrade(chunk.level)
            continue
        if not isinstance(chunk, Chunk):
            yield chunk
            continue
        if names and (wanted := names.hotwords) != expected:
            expected = wanted
            names.left_out(recogniser.expect(wanted))
        if (lang := speaker()) != assumed:
            assumed = lang
            recogniser.assume(lang)
        yield from seam.hear(chunk)
    yield from seam.finish()
