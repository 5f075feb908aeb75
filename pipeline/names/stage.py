"""The stage between sentences and their translation: names put right, and what was done or is in doubt told."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial

import msgspec

from pipeline.events import Repaired, Sentence
from pipeline.names.glossary import Glossary
from pipeline.names.lexicon import ordinary
from pipeline.names.live import Names
from pipeline.names.repair import Ear, Find, put


def mended(sentences: Iterable[Sentence], names: Names) -> Iterator[Sentence | Repaired]:
    """Every sentence with the names of the glossary as they are written, after what was repaired in it."""
    for sentence in sentences:
        finds = _ear(names.current, sentence.lang).finds(sentence.words) if names.current.terms else []
        names.said([find.name for find in finds if find.safe])
        yield from (_repaired(sentence, find) for find in finds if find.repairs)
        yield _mended(sentence, finds) if finds else sentence


@lru_cache(maxsize=8)
def _ear(glossary: Glossary, lang: str) -> Ear:
    return Ear(glossary, partial(ordinary, lang=lang))


def _repaired(sentence: Sentence, find: Find) -> Repaired:
    start = sentence.words[find.first].start
    return Repaired(sentence=sentence.id, start=start, heard=find.heard, name=find.name, score=find.score)


def _mended(sentence: Sentence, finds: Sequence[Find]) -> Sentence:
    words = put(sentence.words, finds)
    text = "".join(word.text for word in words).strip()
    uncertain = tuple(dict.fromkeys(find.name for find in finds if not find.safe))
    return msgspec.structs.replace(sentence, words=words, text=text, uncertain=uncertain)
