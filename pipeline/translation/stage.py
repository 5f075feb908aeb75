"""The stage: sentences to renderings, one track at a time; what had no good translation is tried again later."""

from collections.abc import Iterable, Iterator

from pipeline.events import UNSPOKEN, Rendering, Sentence
from pipeline.translation.backlog import Backlog
from pipeline.translation.chain import Chain

_AT_END = 60.0
"""Seconds for what is still to be tried again when no more is said."""
_LABELS = {"en": "[Applause]", "fr": "[Applaudissements]", "es": "[Aplausos]", "de": "[Applaus]"}
"""What no engine need be asked; other languages get the English one."""


def translate(
    sentences: Iterable[Sentence], lang: str, chain: Chain, before: Iterable[Rendering] = ()
) -> Iterator[Rendering]:
    """Every sentence as the track `lang` shows it, in order; `chain` is the track's own.

    Between them come renderings of earlier sentences again, with a higher `rev`: those that had no good translation,
    once there is an engine that may have one. `before` are such sentences of a session that goes on.
    """
    if chain.lang != lang:
        raise ValueError(f"a chain into {chain.lang} cannot render the {lang} track")
    return _translated(sentences, chain, Backlog(chain, before))


def _translated(sentences: Iterable[Sentence], chain: Chain, backlog: Backlog) -> Iterator[Rendering]:
    for sentence in sentences:
        rendering = _label(sentence, chain.lang) or chain.render(sentence)
        yield rendering
        yield from backlog.after(rendering)
        backlog.add(rendering)
    yield from backlog.rest(_AT_END)


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
