"""Words for the glossary: those whose translation was put right the same way more than once. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.events import Sentence
from pipeline.names.glossary import Glossary
from pipeline.review.learning.changes import Changed, Correction, corrections, words
from pipeline.review.learning.names import line
from pipeline.review.learning.proposal import Evidence, Proposal, times
from pipeline.state import State

_OFTEN = 2
_COMMON = 150
"""So many of the most frequent words of a language say nothing of what is spoken of."""
_SHARE = 0.5
"""Of the sentences with a word, so many must have been put right: in others it means something else."""
_PLACED = 0.5
"""What it is worth that a word stands where its translation stands, against that it is nowhere else."""

Frequent = Callable[[str, int], Sequence[str]]
Place = tuple[str, float, Evidence]
"""A sentence, where in its translation the words stood (0 to 1), and what was done."""


def terms(state: State, found: Sequence[Changed], glossary: Glossary, frequent: Frequent) -> Iterator[Proposal]:
    """`source = target` for words that were translated otherwise than the editor wants, at least twice."""
    assert state.session, "whoever calls has looked"
    source = state.session.src_lang
    empty = {lang: frozenset(frequent(lang, _COMMON)) for lang in (source, *state.session.tgt_langs)}
    for (lang, before, after), places in _places(state, found, empty).items():
        sentences = {id: state.sentences[id] for id, _, _ in places}
        if len(sentences) < _OFTEN or (lang,) != state.session.tgt_langs[:1]:
            continue
        if word := _said(state, sentences, {id: place for id, place, _ in places}, empty[source]):
            left = sum(_has(one, word) for id, one in state.sentences.items() if id not in sentences)
            yield Proposal(
                kind="word",
                what=line(word, after, (), glossary),
                why=f'"{before}" was made "{after}" {times(len(sentences))}, where "{word}" was said',
                evidence=tuple({id: evidence for id, _, evidence in places}.values()),
                against=left,
            )


def _places(
    state: State, found: Sequence[Changed], empty: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str, str], list[Place]]:
    """By language, what stood there and what was put there; names are not among them, nor words that say little."""
    places: dict[tuple[str, str, str], list[Place]] = defaultdict(list)
    for one in found:
        known = [id for id in one.sentences if id in state.sentences]
        if len(known) != 1 or state.sentences[known[0]].lang == one.lang:
            continue
        for correction in corrections(one):
            if _tells(correction, empty.get(one.lang, frozenset())):
                key = one.lang, correction.before.casefold(), correction.after.casefold()
                places[key].append((known[0], correction.place, one.evidence))
    return places


def _tells(correction: Correction, empty: frozenset[str]) -> bool:
    name = any(word[0].isupper() for word in words(correction.after)) and not correction.begins
    content = all({*words(side.casefold())} - empty for side in (correction.before, correction.after))
    return content and not name and correction.before.casefold() != correction.after.casefold()


def _said(state: State, sentences: Mapping[str, Sentence], places: Mapping[str, float], empty: frozenset[str]) -> str:
    """What was said in all of them, hardly elsewhere, about where the translation stood; empty if that is unclear."""
    runs = set.intersection(*(set(_runs(sentence, empty)) for sentence in sentences.values()))
    best, most = "", 0.0
    for run in sorted(runs, key=lambda run: (-len(run), run)):
        share = len(sentences) / sum(_has(one, run) for one in state.sentences.values())
        off = [abs(_place(sentences[id], run) - place) for id, place in places.items()]
        worth = share - _PLACED * sum(off) / len(off)
        if share > _SHARE and worth > most + 1e-6:
            best, most = run, worth
    return best


def _runs(sentence: Sentence, empty: frozenset[str]) -> Iterator[str]:
    """One to three words that do not begin or end with one that says little."""
    said = _bare(sentence)
    for length in (1, 2, 3):
        for at in range(len(said) - length + 1):
            run = said[at : at + length]
            if run[0] not in empty and run[-1] not in empty and not run[0].isdigit():
                yield " ".join(run)


def _bare(sentence: Sentence) -> list[str]:
    """Its words without what is joined to them by an apostrophe: `l'usine` is `usine`."""
    return [word.casefold().replace("’", "'").rpartition("'")[2] for word in words(sentence.text)]


def _has(sentence: Sentence, run: str) -> bool:
    return f" {run} " in f" {' '.join(_bare(sentence))} "


def _place(sentence: Sentence, run: str) -> float:
    said = _bare(sentence)
    length = len(run.split())
    at = next(at for at in range(len(said)) if " ".join(said[at : at + length]) == run)
    return at / len(said)
