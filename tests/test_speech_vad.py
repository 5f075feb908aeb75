"""The streaming voice detector."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.audio import Samples
from pipeline.speech.vad import FRAME, Silero
from tests.hearing import sound, true_words


@pytest.fixture(scope="module")
def rally() -> Samples:
    samples = (sound("rally") / 32768).astype(np.float32)
    samples.setflags(write=False)  # a detector that writes into what it is given fails here
    return samples


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 160_000), max_size=12))
def test_any_cutting_gives_the_same_probabilities(rally: Samples, cuts: list[int]) -> None:
    piece = rally[3 * 16_000 : 13 * 16_000]
    whole = Silero().probabilities(piece)
    detector = Silero()
    parts = [detector.probabilities(part) for part in np.split(piece, sorted(cuts))]
    assert len(whole) == len(piece) // FRAME
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-5)


def test_speech_is_told_from_music_applause_and_pause(rally: Samples) -> None:
    probabilities = Silero().probabilities(rally)
    times = (np.arange(len(probabilities)) + 0.5) * FRAME / 16_000
    spoken = np.zeros(len(times), bool)
    near = np.zeros(len(times), bool)
    for word in true_words("rally"):
        spoken |= (times > word["start"]) & (times < word["end"])
        near |= (times > word["start"] - 0.2) & (times < word["end"] + 0.2)
    assert (probabilities[spoken] > 0.5).mean() > 0.9
    assert (probabilities[~near] > 0.5).mean() < 0.02


def test_after_a_reset_nothing_is_remembered(rally: Samples) -> None:
    detector = Silero()
    first = detector.probabilities(rally[60_000:90_000])
    detector.reset()
    np.testing.assert_array_equal(detector.probabilities(rally[60_000:90_000]), first)
