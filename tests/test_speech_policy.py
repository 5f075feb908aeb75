"""When words are committed: properties over scripted detectors and transcribers."""

from itertools import pairwise

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.audio import Samples
from pipeline.events import Hypothesis, Suppressed, Word
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.endpointer import FRAME_SECONDS, SPEECH, best_pause
from pipeline.speech.languages import Choose, likeliest
from pipeline.speech.policy import Said
from pipeline.speech.recognition import Recognition
from pipeline.speech.utterance import UtterancePolicy
from pipeline.speech.vad import FRAME, Probabilities

SETTINGS = SpeechSettings(longest=3.0, endpoint=0.3)


class ScriptedDetector:
    """Its probabilities are given, one a frame."""

    def __init__(self, script: list[float]) -> None:
        self._script = script
        self.reset()

    def reset(self) -> None:
        self._seen = 0

    def probabilities(self, samples: Samples) -> Probabilities:
        before, self._seen = self._seen // FRAME, self._seen + len(samples)
        return np.array(self._script[before : self._seen // FRAME], np.float32)


class ScriptedTranscriber:
    """Says one word over all of each stretch, or over its first `share`, and remembers what it was given."""

    description = "scripted"

    def __init__(self, share: float = 1.0) -> None:
        self.given: list[Samples] = []
        self._share = share

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        self.given.append(samples)
        end = self._share * len(samples) / SAMPLE_RATE
        word = Word(start=0.0, end=end, text=f" mot{len(self.given)}", probability=1.0)
        return Recognition((word,), -0.1, 0.0, 1.0)

    def language(self, samples: Samples) -> tuple[str, float]:
        return "fr", 1.0

    beam = 5

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return ()


def numbered(count: int) -> Samples:
    """Every sample another value, so that it can be told where it went."""
    return (np.arange(count) / 2**24).astype(np.float32)


def uneven(count: int) -> Samples:
    """The same, nine loud frames after nine soft ones."""
    at = np.arange(count)
    return ((at + 2**23 * (at // FRAME // 9 % 2)) / 2**24).astype(np.float32)


def run(script: list[float], cuts: list[int], share: float = 1.0) -> tuple[list[list[Said]], list[Samples]]:
    """(what was said at each hear() and finish(), the stretches that were recognised)."""
    transcriber = ScriptedTranscriber(share)
    policy = UtterancePolicy(ScriptedDetector(script), transcriber, SETTINGS)
    samples, said, position = uneven(len(script) * FRAME), [], 0
    for part in np.split(samples, sorted(cuts)):
        said.append(policy.hear(part, position / SAMPLE_RATE))
        position += len(part)
    said.append(policy.finish())
    return said, transcriber.given


def indices(samples: Samples) -> NDArray[np.int64]:
    return np.rint(samples * 2**24).astype(np.int64) % 2**23


def committed(said: list[list[Said]]) -> list[tuple[Word, ...]]:
    return [e.committed for events in said for e in events if isinstance(e, Hypothesis) and e.committed]


levels = st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.95])
long_quiet = st.tuples(st.just(0.0), st.integers(120, 160))
scripts = st.lists(st.one_of(st.tuples(levels, st.integers(1, 40)), long_quiet), min_size=1, max_size=12).map(
    lambda runs: [level for level, length in runs for _ in range(length)]
)
cuttings = st.lists(st.integers(0, 400 * FRAME), max_size=8)


@given(script=scripts, cuts=cuttings)
def test_any_cutting_gives_the_same_words_from_the_same_stretches(script: list[float], cuts: list[int]) -> None:
    said, stretches = run(script, cuts)
    said_whole, stretches_whole = run(script, [])
    assert committed(said) == committed(said_whole)
    assert [s.tolist() for s in stretches] == [s.tolist() for s in stretches_whole]


@given(script=scripts, cuts=cuttings)
def test_all_speech_is_recognised_and_nothing_twice(script: list[float], cuts: list[int]) -> None:
    _, stretches = run(script, cuts)
    heard = np.concatenate([indices(s) for s in stretches]) if stretches else np.zeros(0, np.int64)
    spoken = np.flatnonzero(np.array(script) >= SPEECH)[:, None] * FRAME + np.arange(FRAME)
    assert (np.diff(heard) > 0).all()
    assert np.isin(spoken, heard).all()


@given(script=scripts, cuts=cuttings)
def test_no_word_comes_after_its_time_was_judged(script: list[float], cuts: list[int]) -> None:
    said, _ = run(script, cuts)
    heard = 0.0
    for events in said:
        assert sum(isinstance(e, Hypothesis) and e == Hypothesis(heard=e.heard) for e in events) <= 1
        for event in events:
            if isinstance(event, Suppressed):
                continue
            for word in event.committed:
                assert heard - 1e-6 <= word.start <= word.end <= event.heard + 1e-6
            assert event.heard >= heard - 1e-9
            heard = event.heard
    assert abs(heard - len(script) * FRAME_SECONDS) < 1e-6


@given(script=scripts)
def test_no_stretch_is_longer_than_an_utterance_may_be(script: list[float]) -> None:
    _, stretches = run(script, [])
    assert all(len(s) <= (SETTINGS.longest + 0.3) * SAMPLE_RATE for s in stretches)


def test_an_utterance_ends_at_an_endpoint_and_time_goes_on_without_words() -> None:
    said, stretches = run([0.0] * 20 + [0.9] * 40 + [0.0] * 60, [frame * 10 * FRAME for frame in range(1, 12)])
    events = [e for es in said for e in es if isinstance(e, Hypothesis) and e.speaking is None]
    assert len(stretches) == 1
    assert [e.endpoint for e in events if e.committed] == [True]
    progress = [e.heard for e in events]
    assert all(b > a for a, b in pairwise(progress))
    assert 20 * FRAME_SECONDS > progress[0] > 0


@given(script=scripts, cuts=cuttings)
def test_speech_is_announced_before_its_words_however_the_sound_comes(script: list[float], cuts: list[int]) -> None:
    def told(said: list[list[Said]]) -> list[tuple[str, float]]:
        events = [e for es in said for e in es if isinstance(e, Hypothesis)]
        return [
            ("speaking", e.speaking) if e.speaking is not None else ("words", e.committed[0].start)
            for e in events
            if e.speaking is not None or e.committed
        ]

    whole = told(run(script, [])[0])
    assert told(run(script, cuts)[0]) == whole
    announced = [at for kind, at in whole if kind == "speaking"]
    assert announced == sorted(announced)


def test_a_long_utterance_is_cut_where_it_pauses() -> None:
    script = [0.9] * 70 + [0.1] * 6 + [0.9] * 60 + [0.0] * 20
    _, stretches = run(script, [])
    assert 70 * FRAME <= len(stretches[0]) <= 76 * FRAME


def test_what_the_model_left_out_at_the_end_is_recognised_by_itself() -> None:
    said, stretches = run([0.9] * 80 + [0.0] * 20, [], share=0.5)
    assert len(stretches) > 1
    assert indices(stretches[1])[-1] == indices(stretches[0])[-1]
    words = [w for ws in committed(said) for w in ws]
    assert all(a.end <= b.start for a, b in pairwise(words))


def test_a_word_that_takes_no_time_is_not_asked_for_again_and_again() -> None:
    _, stretches = run([0.9] * 80 + [0.0] * 20, [], share=0.0)
    assert len(stretches) <= 5


class Guessing(ScriptedTranscriber):
    """Says of every stretch after the first that it is no more than a guess."""

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        said = super().recognise(samples, choose)
        return said if len(self.given) == 1 else msgspec.structs.replace(said, log_probability=-3.0)


def test_a_sentence_before_a_fragment_that_is_kept_back_is_whole() -> None:
    script = [0.95] * 40 + [0.0] * 40 + [0.95] * 15  # the recording ends while somebody speaks
    for transcriber, broken in ((Guessing(), False), (ScriptedTranscriber(), True)):
        policy = UtterancePolicy(ScriptedDetector(script), transcriber, SETTINGS)
        said = [*policy.hear(numbered(len(script) * FRAME), 0.0), *policy.finish()]
        spoken = [event for event in said if isinstance(event, Hypothesis)]
        assert [event.broken for event in spoken if event.over] == [broken]


def test_a_jump_closes_what_was_open() -> None:
    transcriber = ScriptedTranscriber()
    policy = UtterancePolicy(ScriptedDetector([0.9] * 50), transcriber, SETTINGS)
    policy.hear(numbered(30 * FRAME), 0.0)
    events = policy.hear(numbered(30 * FRAME), 100.0)
    closed = events[0]
    assert isinstance(closed, Hypothesis)
    assert closed.committed
    assert closed.heard < 1.0
    [*_, last, over] = policy.finish()
    assert isinstance(last, Hypothesis)
    assert isinstance(over, Hypothesis)
    assert over.over
    assert last.committed[0].start >= 100.0


def test_the_best_pause_is_the_longest_and_deepest() -> None:
    speech, breath, pause = (0.95, -20.0), (0.6, -30.0), (0.05, -60.0)
    frames = [speech] * 100 + [pause] * 12 + [speech] * 80 + [breath] * 3 + [speech] * 20
    assert 100 <= best_pause(frames, 80) <= 112
