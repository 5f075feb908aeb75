"""LocalAgreement-2: every word once, none taken back, also where a later reading changes its mind."""

from itertools import accumulate, pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.audio import Samples
from pipeline.events import Hypothesis
from pipeline.settings import SAMPLE_RATE
from pipeline.speech.agreement import AgreementPolicy
from pipeline.speech.languages import Choose, likeliest
from pipeline.speech.policy import Said
from pipeline.speech.recognition import Recognition
from pipeline.speech.utterance import later
from pipeline.speech.vad import FRAME
from tests.test_speech_policy import ScriptedDetector, numbered
from tests.test_speech_streaming import SETTINGS, WORD, Scripted, written


class Whole(Scripted):
    """Numbered words are much alike, but not repeated."""

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        return replace(super().recognise(samples, choose), compression=1.0)


def run(turns: list[int], cuts: list[int], hears: type[Scripted] = Whole) -> tuple[list[Said], list[str]]:
    """What is said of so many words, a pause, words, a pause ..., and what should be."""
    edges = list(accumulate(turns, initial=0))
    spoken = {n for at, (first, end) in enumerate(pairwise(edges)) if at % 2 == 0 for n in range(first, end)}
    script = [0.9 if n in spoken else 0.0 for n in range(edges[-1]) for _ in range(WORD)]
    policy = AgreementPolicy(ScriptedDetector(script), hears(spoken), SETTINGS)
    said: list[Said] = []
    position = 0
    for part in np.split(numbered(len(script) * FRAME), sorted(cuts)):
        said += policy.hear(part, position / SAMPLE_RATE)
        position += len(part)
    return [*said, *policy.finish()], [written(n) for n in sorted(spoken)]


def said_of(events: list[Said]) -> list[str]:
    return [word.text for event in events if isinstance(event, Hypothesis) for word in event.committed]


@settings(deadline=None)
@given(
    turns=st.lists(st.integers(2, 40), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 600 * FRAME), max_size=40),
)
def test_every_word_is_said_once_and_in_order_however_the_sound_comes(turns: list[int], cuts: list[int]) -> None:
    said, expected = run(turns, cuts)
    assert said_of(said) == expected


def test_a_word_is_said_when_two_readings_have_it_and_another_follows() -> None:
    said, expected = run([40], [*range(0, 40 * WORD * FRAME, 4 * FRAME)])
    parts = [event for event in said if isinstance(event, Hypothesis) and event.committed]
    assert len(parts) > 10
    assert all(event.tail for event in parts[:-1])
    assert said_of(said) == expected


class Wavering(Whole):
    """Every other reading has its third word otherwise, and all of them a little later."""

    def __init__(self, spoken: set[int]) -> None:
        super().__init__(spoken)
        self._readings = 0

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        heard = super().recognise(samples, choose)
        self._readings += 1
        if self._readings % 2:
            return heard
        words = [replace(word, text=" autre") if at == 2 else word for at, word in enumerate(later(heard.words, 0.12))]
        return replace(heard, words=tuple(words))


def test_what_readings_do_not_agree_on_waits_and_is_said_once_in_the_end() -> None:
    said, expected = run([12, 6], [*range(0, 18 * WORD * FRAME, 4 * FRAME)], Wavering)
    heard = said_of(said)
    assert len(heard) == len(expected)
    assert heard[:2] == expected[:2]
    assert [word for word in heard if word != " autre"] == [word for word in expected if word in heard]
