"""The stage: sentences to renderings, one track at a time."""

from collections.abc import Iterable, Iterator

from pipeline.events import UNSPOKEN, Rendering, Sentence
from pipeline.translation.chain import Chain

_LABELS = {"en": "[Applause]", "fr": "[Applaudissements]", "es": "[Aplausos]", "de": "[Applaus]"}
"""What no engine need be asked; other languages get the English one."""


def translate(sentences: Iterable[Sentence], lang: str, chain: Chain) -> Iterator[Rendering]:
    """Every sentence as the track `lang` shows it, in order; `chain` is the track's own."""
    if chain.lang != lang:
        raise ValueError(f"a chain into {chain.lang} cannot render the {lang} track")
    return (_label(sentence, lang) or chain.render(sentence) for sentence in sentences)


def verbatim(sentences: Iterable[Sentence], lang: str) -> Iterator[Rendering]:
    """Every sentence as it was said, for the track in its own language."""
    return (
        _label(sentence, lang) or Rendering(sentence=sentence, lang=lang, text=sentence.text) for sentence in sentences
    )


def _label(sentence: Sentence, lang: str) -> Rendering | None:
    """A label as the track has it; None for a sentence that was spoken."""
    if sentence.lang != UNSPOKEN:
        return None
    return Rendering(sentence=sentence, lang=lang, text=_LABELS.get(lang, sentence.text))
