"""Word times mended by the signal."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio import Samples
from pipeline.events import Word
from pipeline.settings import SAMPLE_RATE
from pipeline.speech.onsets import mend

RNG = np.random.default_rng(1)


def shaped(*parts: tuple[float, float], floor: float = 0.0) -> Samples:
    """Noise in parts of (seconds, amplitude), over a floor of another noise."""
    levels = np.concatenate([np.full(round(s * SAMPLE_RATE), a) for s, a in parts])
    sound = levels * RNG.standard_normal(len(levels)) + floor * RNG.standard_normal(len(levels))
    return sound.astype(np.float32)


def word(text: str, start: float, end: float) -> Word:
    return Word(start=start, end=end, text=text, probability=0.9)


@pytest.mark.parametrize("floor", [0.0, 0.0005, 0.02])
def test_a_sentence_begins_where_the_sound_rises_and_ends_where_it_falls(floor: float) -> None:
    sound = shaped((0.25, 0.0), (1.0, 0.1), (0.3, 0.0), (1.0, 0.1), (0.3, 0.0), floor=floor)
    said = [word(" Bonsoir.", 0.0, 1.3), word(" Merci", 1.3, 2.0), word(" bien.", 2.0, 2.85)]
    first, second, third = mend(said, sound)
    assert first.start == pytest.approx(0.25, abs=0.03)
    assert first.end == pytest.approx(1.25, abs=0.03)
    assert second.start == pytest.approx(1.55, abs=0.03)
    assert (second.end, third.start) == (2.0, 2.0)
    assert third.end == pytest.approx(2.55, abs=0.03)


def test_the_closure_of_a_plosive_is_no_pause() -> None:
    sound = shaped((0.5, 0.1), (0.08, 0.0), (0.5, 0.1), (0.3, 0.0))
    said = (word(" un", 0.0, 0.5), word(" pas", 0.5, 1.08))
    mended = mend(said, sound)
    assert (mended[0], mended[1].start) == (said[0], said[1].start)


def test_a_pause_is_before_one_word_and_the_short_one_after_it_stays_whole() -> None:
    sound = shaped((0.15, 0.0), (1.2, 0.1), (0.3, 0.0))
    first, second = mend([word(" Pour", 0.0, 0.25), word(" certains", 0.25, 1.2)], sound)
    assert first.start == pytest.approx(0.15, abs=0.03)
    assert (first.end, second.start) == (0.25, 0.25)


def test_nothing_was_said_in_the_quiet_that_the_sound_begins_with() -> None:
    """While a sentence has hardly begun, the aligner puts both of its words there."""
    sound = shaped((0.15, 0.0), (0.4, 0.1))
    first, second = mend([word(" Pour", 0.0, 0.04), word(" certains", 0.04, 0.1)], sound)
    assert first.start == pytest.approx(0.15, abs=0.03)
    assert second.start >= first.end > first.start


def test_times_stay_where_the_signal_does_not_tell() -> None:
    said = (word(" sous", 0.0, 0.4), word(" les", 0.4, 0.7), word(" bravos", 0.7, 1.5))
    assert mend(said, shaped((1.5, 0.1))) == said
    assert mend(said, np.zeros(24_000, np.float32)) == said
    assert mend((), shaped((1.0, 0.1))) == ()


@given(
    times=st.lists(st.floats(0, 3), min_size=2, max_size=12),
    parts=st.lists(st.tuples(st.floats(0.01, 0.6), st.sampled_from([0.0, 0.01, 0.2])), min_size=1, max_size=8),
)
def test_words_stay_whole_in_order_and_inside(times: list[float], parts: list[tuple[float, float]]) -> None:
    sound, edges = shaped(*parts), sorted(times)
    said = [word(f" m{i}.", s, e) for i, (s, e) in enumerate(pairwise(edges))]
    mended = mend(said, sound)
    assert [w.text for w in mended] == [w.text for w in said]
    flat = [t for w in mended for t in (w.start, w.end)]
    assert flat == sorted(flat)
    assert flat[0] >= 0
    assert flat[-1] <= len(sound) / SAMPLE_RATE
