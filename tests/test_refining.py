"""The parts of the second pass: blocks, the vote, and which sentence is which."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events import Sentence, Word
from pipeline.refining.aligning import aligned
from pipeline.refining.blocks import LEAST, MOST, cuts
from pipeline.refining.planning import changes, run
from pipeline.refining.voting import Heard, Span, voted
from pipeline.settings import CueRules
from pipeline.state import State, apply


def reading(text: str, sure: float = 0.9, start: float = 0.0) -> list[Heard]:
    """A word each second half, each half a second long."""
    return [
        Heard(word=Word(start=start + n / 2, end=start + n / 2 + 0.5, text=f" {word}", probability=sure), lang="fr")
        for n, word in enumerate(text.split())
    ]


def chosen(live: str, others: list[tuple[str, float]], *, veto: bool = True, unheard: tuple[Span, ...] = ()) -> str:
    made = voted(reading(live), [reading(*one) for one in others], unheard, (), veto=veto)
    return "".join(heard.word.text for stretch in made for heard in stretch).strip()


LIVE, OTHER = "nous tiendrons bon", "nous tiendrons bonne"


def test_live_words_give_way_only_to_others_that_agree_and_are_surer() -> None:
    assert chosen(LIVE, [(OTHER, 0.99)] * 3) == OTHER
    assert chosen(LIVE, [(OTHER, 0.9)] * 3) == LIVE
    assert chosen(LIVE, [(OTHER, 0.99), (LIVE, 0.9), (LIVE, 0.9)]) == LIVE
    assert chosen(LIVE, [(OTHER, 0.5)] * 3, veto=False) == OTHER


def test_in_a_hole_the_live_silence_has_no_vote() -> None:
    hole = Span(start=0.0, end=2.0)
    assert chosen("", [(LIVE, 0.5), (LIVE, 0.5), (OTHER, 0.9)], unheard=(hole,)) == LIVE


def test_what_a_person_has_settled_is_not_voted_on() -> None:
    settled = Span(start=0.2, end=0.4)
    made = voted(reading(LIVE), [reading(OTHER, 0.99)] * 3, (), (settled,), veto=True)
    assert [heard.word.text.strip() for stretch in made for heard in stretch] == LIVE.split()


def sentence(id: str, start: float, end: float, text: str = "Bonsoir.") -> Sentence:
    return Sentence(id=id, lang="fr", start=start, end=end, text=text, words=())


def test_a_new_sentence_takes_the_place_that_shares_more_than_half_of_both() -> None:
    live = [sentence("s1", 0, 4), sentence("s2", 5, 7), sentence("s3", 8, 10), sentence("s4", 11, 12)]
    new = [sentence("x1", 0, 4, "Bonsoir à tous."), sentence("x2", 5, 9.9), sentence("x3", 11, 12)]
    found = aligned(live, new, 5)
    assert [(one.id, one.rev, one.text) for one in found.new] == [
        ("s1", 2, "Bonsoir à tous."),
        ("s000005", 1, "Bonsoir."),
    ]
    assert [one.id for one in found.gone] == ["s2", "s3"]
    assert [one.id for one in found.same] == ["s4"]


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=200), st.integers(1, 60))
def test_blocks_are_neither_long_nor_short_and_all_of_the_sound(speech: list[float], times: int) -> None:
    frames = np.array(speech * times, np.float32)
    edges = [0.032 * frame for frame in (0, *cuts(frames, 512 * len(frames)), len(frames))]
    assert all(after - before <= MOST for before, after in pairwise(edges))
    assert all(after - before > LEAST - 0.1 for before, after in pairwise(edges[:-1]))


def test_a_block_ends_in_the_longest_pause() -> None:
    frames = np.ones(4000, np.float32)
    frames[1500:1510] = frames[2000:2050] = 0.0
    assert cuts(frames, 512 * len(frames)) == [2025]


def test_sentences_whose_words_are_others_count_and_not_clauses_that_were_joined() -> None:
    live = [
        sentence("s1", 0, 2, "Nous marchons,"),
        sentence("s2", 2, 4, "et nous chantons."),
        sentence("s3", 5, 7, "Bonsoir à tout."),
    ]
    new = [
        sentence("x1", 0, 4, "Nous marchons et nous chantons."),
        sentence("x2", 5, 7, "Bonsoir à tous."),
        sentence("x3", 8, 9, "Merci."),
    ]
    state = State()
    for one in live:
        apply(state, one)
    found = aligned(live, new, 4)
    runs = [run(state, change, {}, (), CueRules()) for change in changes(state, found, ())]
    assert sum(one.replaced for one in runs if one) == 1
    assert sum(one.added for one in runs if one) == 1
