"""A language that a session was not translated into, made of what its source track says now, edits included."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from pipeline.events import Cue, Sentence, Word
from pipeline.settings import CueRules
from pipeline.state import State, apply
from pipeline.subtitles.cues import to_cues
from pipeline.translation.chain import Chain
from pipeline.translation.stage import translate

_BY_HAND = {"edited", "typed"}
"""Flags of a cue whose text a person wrote."""


def add(state: State, chain: Chain, rules: CueRules, tell: Callable[[float, float], None]) -> int:
    """Adds the track of the chain's language to `state`; gives how many sentences stay untranslated in it.

    `tell` is told how many sentences are done, of how many.
    """
    assert state.session, "the session event is the journal's first"
    for cue in state.track(state.session.src_lang):
        if not cue.sentences:  # a line that was typed: it is its own sentence
            apply(state, replace(cue, sentences=(cue.id,)))
    told = list(_said(state))

    def counted() -> Iterator[Sentence]:
        for done, sentence in enumerate(told, 1):
            yield sentence
            tell(done, len(told))

    for event in to_cues(translate(counted(), chain.lang, chain), rules):
        apply(state, event)
    apply(state, replace(state.session, tgt_langs=(*state.session.tgt_langs, chain.lang)))
    return len({id for cue in state.track(chain.lang) if "untranslated" in cue.flags for id in cue.sentences})


def _said(state: State) -> Iterator[Sentence]:
    """The sentences as the source track shows them, by time; none that a person took out."""
    assert state.session, "the session event is the journal's first"
    cues: dict[str, list[Cue]] = defaultdict(list)
    for cue in state.track(state.session.src_lang):
        for id in cue.sentences:
            cues[id].append(cue)
    found = (_as_shown(state.sentences.get(id), id, mine) for id, mine in cues.items())
    return iter(sorted((sentence for sentence in found if sentence), key=lambda sentence: sentence.start))


def _as_shown(sentence: Sentence | None, id: str, cues: list[Cue]) -> Sentence | None:
    """None for one whose text stands in an edited cue with that of the sentence before."""
    if sentence and not any(_BY_HAND & {*cue.flags} for cue in cues):
        return sentence
    mine = [cue for cue in cues if cue.sentences[0] == id]
    if not mine:
        return None
    text = " ".join(line for cue in mine for line in cue.text.split("\n"))
    if sentence:
        return replace(sentence, text=text)
    # it was typed, so nobody knows when which word is said, but for its line
    words = tuple(Word(start=c.start, end=c.end, text=f" {' '.join(c.text.split())}", probability=1.0) for c in mine)
    return Sentence(id=id, lang=cues[0].lang, start=mine[0].start, end=mine[-1].end, text=text, words=words)
