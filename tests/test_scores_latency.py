"""Latency and conformity by hand: journals and cues whose figures are known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.events import Cue, Event, Progress, Sentence, SourceState, Withdrawn, Word
from pipeline.journal import Entry
from pipeline.scores.conformity import conformity
from pipeline.scores.latency import latencies
from pipeline.scores.spread import Spread, spread


def sentence(id: str, start: float, text: str) -> Sentence:
    """A word each half second."""
    words = tuple(
        Word(start=start + n / 2, end=start + n / 2 + 0.5, text=f" {word}", probability=1.0)
        for n, word in enumerate(text.split())
    )
    return Sentence(id=id, lang="fr", start=start, end=words[-1].end, text=text, words=words)


def cue(id: str, text: str, *sentences: str, start: float = 0.0, end: float = 0.0, rev: int = 1) -> Cue:
    lang = id.split(".")[1]
    return Cue(id=id, lang=lang, start=start, end=end or start + 2, text=text, sentences=sentences, rev=rev)


def progress(*notes: tuple[float, float]) -> list[tuple[float, Event]]:
    """(wall clock, seconds recorded)"""
    return [(at, Progress(recorded=recorded, heard=recorded, compute=0.0)) for at, recorded in notes]


def found(*lines: tuple[float, Event]) -> dict[str, tuple[float, float]]:
    """(stream time, latency) by cue."""
    entries = [Entry(seq, at, event) for seq, (at, event) in enumerate(sorted(lines, key=lambda line: line[0]), 1)]
    return {late.cue: (late.stream, round(late.seconds, 3)) for late in latencies(entries)}


def test_from_the_end_of_the_last_word_to_the_line_of_the_cue() -> None:
    even = progress((102.5, 2), (104.1, 4), (106.1, 6))
    said = (103.0, sentence("s1", 1.0, "Bonsoir à tous."))
    assert found(*even, said, (103.5, cue("s1.fr.1", "Bonsoir à tous.", "s1"))) == {"s1.fr.1": (2.5, 0.9)}


def test_what_came_late_is_not_the_programs_fault() -> None:
    stalled = progress((102, 2), (104, 4), (106, 4), (134, 4), (136, 10), (138, 12))
    said = (136.5, sentence("s1", 4.5, "Bonsoir à tous."))
    assert found(*stalled, said, (136.5, cue("s1.fr.1", "Bonsoir à tous.", "s1"))) == {"s1.fr.1": (6.0, 2.5)}


def test_a_part_of_a_sentence_ends_with_its_own_last_word() -> None:
    said = (105.0, sentence("s1", 1.0, "Nous irons, et vous aussi."))
    cues = [
        cue("s1.fr.1", "Nous irons,", "s1"),
        cue("s1.fr.2", "et vous aussi.", "s1", start=2),
        cue("s1.en.1", "We shall go there,", "s1"),
        cue("s1.en.2", "and so shall you.", "s1", start=2),
    ]
    ends = found(*progress((101, 1), (105, 5)), said, *((105.0, c) for c in cues))
    assert {id: stream for id, (stream, _) in ends.items()} == {
        "s1.fr.1": 2.0,
        "s1.fr.2": 3.5,
        "s1.en.1": 2.5,
        "s1.en.2": 3.5,
    }


def test_two_sentences_in_a_cue_end_with_the_second() -> None:
    said = [(104.0, sentence("s1", 1.0, "Oui.")), (104.0, sentence("s2", 2.0, "Et non."))]
    shared = (105.0, cue("s1.fr.1", "Oui.\nEt non.", "s1", "s2"))
    assert found(*progress((101, 1), (105, 5)), *said, shared) == {"s1.fr.1": (3.0, 2.0)}


def test_the_first_line_of_a_cue_counts_and_withdrawn_ones_do_not() -> None:
    said = (103.0, sentence("s1", 1.0, "Bonsoir à tous."))
    lines = [(103.0, cue("s1.fr.1", "Bonsoir", "s1")), (104.0, cue("s1.fr.1", "Bonsoir à tous.", "s1", rev=2))]
    gone = [(103.0, cue("s1.fr.2", "à tous.", "s1")), (103.5, Withdrawn(id="s1.fr.2"))]
    assert found(*progress((101, 1), (105, 5)), said, *lines, *gone) == {"s1.fr.1": (2.5, 0.5)}


def test_a_cue_that_a_correction_adds_was_not_late() -> None:
    said = (103.0, sentence("s1", 1.0, "Bonsoir à tous."))
    lines = [
        (103.5, cue("s1.en.1", "Bonsoir à tous.", "s1")),
        (190.0, cue("s1.en.2", "everyone.", "s1", start=2, rev=2)),
        (190.0, cue("s1.en.1", "Good evening,", "s1", rev=2)),
    ]
    even = progress((101, 1), (105, 5), (109, 9))
    assert {*found(*even, said, *lines)} == {"s1.en.1"}


@pytest.mark.parametrize(
    "notes",
    [
        progress(),
        progress((102, 70), (104, 70), (106, 70)),
        progress((102, 16), (104, 32), (106, 48), (108, 60), (120, 60)),
    ],
)
def test_a_recording_read_faster_than_it_lasts_has_no_latency(notes: list[tuple[float, Event]]) -> None:
    said = (103.0, sentence("s1", 1.0, "Bonsoir."))
    connected = (100.0, SourceState(state="connected", stream=0.0))
    assert found(connected, *notes, said, (103.5, cue("s1.fr.1", "Bonsoir.", "s1"))) == {}


def test_spread() -> None:
    assert spread([]) is None
    assert spread([3.0]) == Spread(median=3.0, p95=3.0)
    assert spread([float(n) for n in range(101)]) == Spread(median=50.0, p95=95.0)


def test_conformity_counts_cues() -> None:
    fast = cue("1.en", "x" * 21, start=0, end=1)
    wide = cue("2.en", "x" * 43 + "\n" + "x", start=5, end=10)
    tall = cue("3.en", "a\nb\nc", start=10, end=12)
    fine = cue("4.en", "x" * 20, start=12, end=13)
    made = conformity([fast, wide, tall, fine])
    assert (made.cues, made.cps20, made.cpl42, made.lpb2) == (4, 0.75, 0.75, 0.75)
    assert (conformity([]).cues, conformity([]).cps20) == (0, 1.0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.floats(0, 1e4), st.floats(0.001, 60))))
def test_shares_are_shares(texts: list[tuple[str, float, float]]) -> None:
    made = conformity(cue(f"{n}.en", text, start=s, end=s + d) for n, (text, s, d) in enumerate(texts))
    assert all(0 <= share <= 1 for share in (made.cps20, made.cpl42, made.lpb2))
