"""What a journal leaves to be done when its session was cut off: where a resumed one takes up each thread (pure)."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from math import inf

from pipeline.events import Cue, Sentence, Skipped, Value
from pipeline.flow import Clock
from pipeline.source.recording import Before
from pipeline.state import State

ONSET, LINGERS = 0.1, 0.3
"""Seconds: a word's sound may begin so much before its start, and end so much after its end."""


class Unfinished(Value, frozen=True):
    """Where a session begins: at the start of everything, or where another one was cut off."""

    heard: float = 0.0
    """Stream time from which on nothing has become a sentence."""
    number: int = 1
    """Of the next sentence."""
    sentences: Mapping[str, tuple[Sentence, ...]] = {}
    """By track, those that have no cue in it yet, or perhaps not all of theirs."""
    cues: Mapping[str, tuple[Cue, ...]] = {}
    """By track, those before these."""
    said: Mapping[str, Sentence] = {}
    """Every sentence so far, by id."""
    then: float | None = None
    """Where the speech begins that follows on all this, if that is known."""
    until: Mapping[str, float] = {}
    """By track, where a cue begins that is there already."""

    def before(self, lang: str, sentences: Iterable[Sentence]) -> Iterator[Sentence]:
        """The sentences that the track lacks, then those that come."""
        return chain(self.sentences.get(lang, tuple(self.said.values())), sentences)

    def placed(self, lang: str) -> tuple[Cue, ...]:
        """The cues that the track goes on after."""
        return self.cues.get(lang, ())


def unfinished(state: State, *, records: bool = True) -> Unfinished:
    """What is left of a journal's session; of one that ended in order and `records` no more, only what has no cue.

    Cues are written one by one, so the last sentence that has some may lack the rest: it is placed again, with the same
    ids and, since everything before it is the same, at the same times.
    """
    if not state.session:
        return Unfinished()
    end = state.ended if not records and state.ended and state.ended.reason in ("ended", "stopped") else None
    sentences = list(state.sentences.values())
    left, cues = {}, {}
    for lang in (state.session.src_lang, *state.session.tgt_langs):
        track = state.made(lang)
        whole = track[: len(track) if end else _whole(track)]
        shown = {id for cue in whole for id in cue.sentences}
        left[lang] = tuple(sentence for sentence in sentences if sentence.id not in shown)
        cues[lang] = tuple(whole)
    return Unfinished(
        heard=max((end.stream if end else 0.0, *map(_over, sentences))),
        number=_next(state),
        sentences=left,
        cues=cues,
        said=dict(state.sentences),
    )


def missing(state: State, skipped: Skipped) -> Unfinished:
    """What a stretch that was skipped still lacks, to be put between the cues that there are.

    A session may have been cut off while it was being made good: then from the last sentence of it on.
    """
    langs = (state.session and (state.session.src_lang, *state.session.tgt_langs)) or ()
    tracks = {lang: state.made(lang) for lang in langs}
    begun = [s for s in state.sentences.values() if skipped.start <= s.start < skipped.end]
    heard = max(map(_over, begun), default=skipped.start)
    after = [sentence.start for sentence in state.sentences.values() if sentence.start >= skipped.end]
    return Unfinished(
        heard=heard,
        number=_next(state),
        cues={lang: tuple(cue for cue in tracks[lang] if cue.start < heard) for lang in langs},
        then=min(after, default=None),
        until={lang: min((c.start for c in tracks[lang] if c.start >= heard), default=inf) for lang in langs},
    )


def _next(state: State) -> int:
    return max((int(id[1:]) for id in state.sentences), default=0) + 1


def _over(sentence: Sentence) -> float:
    """Where to listen on after a sentence: past the end of its last word, which is told a little early."""
    if sentence.next_at is None:
        return sentence.end + LINGERS
    return max(sentence.end, min(sentence.next_at - ONSET, sentence.end + LINGERS))


def _whole(track: list[Cue]) -> int:
    """How many cues of a track come before those of its last sentence (of its last two where they share a cue)."""
    if not track:
        return 0
    open_ids = set(track[-1].sentences)
    count = len(track)
    while count and open_ids & set(track[count - 1].sentences):
        open_ids |= set(track[count - 1].sentences)
        count -= 1
    return count


def before(state: State, clock: Clock) -> Before | None:
    """What the session had that is resumed; None for a new one."""
    if not state.session:
        return None
    noted = state.progress
    if noted is None or noted.origin is None or noted.origin_at is None:
        return Before(origin=None, gaps=tuple(state.gaps))
    # The machine may have been started anew meanwhile: then only the wall clock went on.
    same = clock.boot() == noted.boot and clock.up() >= noted.up
    origin = noted.origin if same else clock.up() - (clock.now() - noted.origin_at)
    return Before(origin=origin, gaps=tuple(state.gaps))
