"""Phrases that are made up: texts that were taken out again and again, and those that were put back. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.events import UNSPOKEN, Cue, Sentence, Suppressed
from pipeline.review.learning.changes import Changed
from pipeline.review.learning.proposal import Evidence, Proposal, times
from pipeline.speech.boilerplate import plain
from pipeline.state import State

_OFTEN = 2
_WORDS = 2
"""A text of so few words is said now and then, whatever was taken out today."""


def made_up(state: State, found: Sequence[Changed]) -> Iterator[Proposal]:
    """A line for a list of phrases (docs/guards.md) for each that was taken out and hardly ever left; with `?` those
    that people say, too."""
    out = _taken_out(state, found)
    restored = _restored(state)
    gone = {sentence.id for places in out.values() for sentence, _ in places}
    for said, places in out.items():
        stands = [one for one in state.sentences.values() if plain(one.text) == said and one.id not in gone]
        against = len(stands) + len(restored.get(said, ()))
        if len(places) < _OFTEN or len(places) <= against:
            continue
        seldom = against or len(said.split()) <= _WORDS
        text = " ".join(places[0][0].text.split()).strip('"')
        left = f", left {times(against)}" if against else ""
        yield Proposal(
            kind="phrase",
            what=f"{'? ' if seldom else ''}{text}",
            why=f"taken out {times(len(places))}{left}",
            evidence=tuple(evidence for _, evidence in places),
            against=against,
        )
    yield from _said_after_all(restored)


def _said_after_all(restored: dict[str, list[Evidence]]) -> Iterator[Proposal]:
    """What the built-in lists have and people say here: cut only where the sound does not bear it out."""
    for places in restored.values():
        why = f"kept back as a phrase that is made up, and put back {times(len(places))}"
        yield Proposal(kind="phrase", what=f"? {places[0].after}", why=why, evidence=tuple(places))


def _taken_out(state: State, found: Sequence[Changed]) -> dict[str, list[tuple[Sentence, Evidence]]]:
    """By its words, the sentences whose line was taken out in some track, each once."""
    out: dict[str, dict[str, tuple[Sentence, Evidence]]] = defaultdict(dict)
    for one in found:
        for sentence in (state.sentences[id] for id in one.sentences if id in state.sentences):
            if not one.after and sentence.lang != UNSPOKEN and plain(sentence.text):
                out[plain(sentence.text)].setdefault(sentence.id, (sentence, one.evidence))
    return {said: list(places.values()) for said, places in out.items()}


def _restored(state: State) -> dict[str, list[Evidence]]:
    """By its words, what a list of phrases had kept back and stands there now, put back by a person."""
    put = [cue for cue in state.cues.values() if cue.id in state.handled]
    restored: dict[str, list[Evidence]] = defaultdict(list)
    for kept in state.suppressed:
        back = next((cue for cue in put if _is(cue, kept)), None)
        if back and "phrase" in kept.reason:
            text = " ".join(kept.text.split())
            restored[plain(text)].append(Evidence(cue=back.id, start=kept.start, before="", after=text))
    return restored


def _is(cue: Cue, kept: Suppressed) -> bool:
    brought = kept.id in cue.sentences and plain(cue.text) == plain(kept.text)
    return brought or _same(cue, kept.text, kept.start, kept.end)


def _same(cue: Cue, text: str, start: float, end: float) -> bool:
    return cue.start < end + 1.0 and cue.end > start - 1.0 and plain(cue.text) == plain(text)
