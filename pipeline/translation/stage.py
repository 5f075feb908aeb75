"""The stage: sentences to renderings, one track at a time."""

from collections.abc import Iterable, Iterator

from pipeline.events import Rendering, Sentence
from pipeline.translation.chain import Chain


def translate(sentences: Iterable[Sentence], lang: str, chain: Chain) -> Iterator[Rendering]:
    """Every sentence as the track `lang` shows it, in order; `chain` is the track's own."""
    if chain.lang != lang:
        raise ValueError(f"a chain into {chain.lang} cannot render the {lang} track")
    return map(chain.render, sentences)


def verbatim(sentences: Iterable[Sentence], lang: str) -> Iterator[Rendering]:
    """Every sentence as it was said, for the track in its own language."""
    return (Rendering(sentence=sentence, lang=lang, text=sentence.text) for sentence in sentences)
