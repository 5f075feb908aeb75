"""Where the sound breaks off and goes on: no word is lost, told twice, or told as a half that it is not."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.events import Chunk, Hypothesis, Suppressed, Word
from pipeline.scores.words import plain
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech import LocalRecogniser, recognise
from pipeline.speech.messages import Heard
from tests.hearing import DEMO, STREAM, chunks, recorded, sound, text
from tests.test_session_waiting import Deaf

WITHIN_WORDS = (4.8, 8.2, 10.1)
"""Seconds of the rally: in "tous", "reliés", "camarades"."""


def given_in(breaks: list[float], end: float, begin: float = 0.0) -> list[Chunk]:
    """A second at a time; it breaks off at `breaks` and goes on without a gap."""
    edges = sorted({begin, end, *breaks, *(float(n) for n in range(int(begin) + 1, int(end) + 1) if n < end)})
    given = [Chunk(start=start, end=upto) for start, upto in pairwise(edges)]
    return [one for chunk in given for one in (chunk, *(Chunk(start=b, end=b) for b in breaks if b == chunk.end))]


@pytest.mark.parametrize("settings", [DEMO, STREAM], ids=["utterance", "stream"])
def test_a_stream_that_stood_still_within_a_word_goes_on_with_the_whole_word(
    tmp_path: Path, settings: SpeechSettings
) -> None:
    samples = sound("rally")[: 12 * SAMPLE_RATE]
    with LocalRecogniser() as recogniser:
        recogniser.open(recorded(tmp_path, samples), settings)
        whole = plain(text(list(recognise(chunks(12.0, 1.0), recogniser))))
        for at in WITHIN_WORDS:
            said = list(recognise(given_in([at], 12.0), recogniser))
            assert plain(text(said)) == whole, at


class Listener(Deaf):
    """Says at the end of what it was given the words in it: each within 0.05 s of its place, and of a half a half."""

    def __init__(self, words: list[Word], kept_back: Word | None = None) -> None:
        super().__init__(lambda: None)
        self._words, self._kept_back, self._times = words, kept_back, 0
        self._start = self._end = 0.0

    def hear(self, start: float, end: float) -> Heard:
        before = self.finish() if abs(start - self._end) > 1e-6 else Heard((), 0.0)
        self._start, self._end = (start if before.events or self._start == self._end else self._start), end
        return before

    def finish(self) -> Heard:
        start, end = self._start, self._end
        self._start, self._times = end, self._times + 1
        if start == end:
            return Heard((), 0.0)
        here = [word for word in self._words if word.start < end and word.end > start]
        off = 0.05 if self._times % 2 else 0.0
        said = tuple(
            replace(
                word,
                text=word.text if word.start >= start and word.end <= end else f"{word.text}?",
                start=max(start, word.start + off),
                end=min(end, word.end + off),
            )
            for word in here
        )
        broken = bool(here) and here[-1].end > end
        over = Hypothesis(heard=end, broken=broken, over=True)
        kept = [Suppressed(start=k.start, end=k.end, text=k.text, reason="loop") for k in [self._kept_back] if k]
        kept = [one for one in kept if start <= one.start and one.end <= end]
        return Heard((*kept, *([Hypothesis(heard=end, committed=said)] if said else []), over), 0.0)


@st.composite
def speech(draw: st.DrawFn) -> list[Word]:
    words, at = [], 0.5
    for number in range(draw(st.integers(1, 25))):
        at += draw(st.sampled_from([0.0, 0.0, 0.06, 0.3, 2.0]))
        end = at + draw(st.floats(0.2, 0.8))
        words.append(Word(start=at, end=end, text=f" w{number}", probability=1.0))
        at = end
    return words


def said_by(recogniser: Listener, given: list[Chunk]) -> list[str]:
    return text(list(recognise(given, recogniser))).split()


@given(speech(), st.data())
def test_every_word_is_told_once_and_whole_wherever_the_sound_breaks_off(
    words: list[Word], data: st.DataObject
) -> None:
    end = words[-1].end + 1.0
    breaks = data.draw(st.lists(st.floats(0.3, end - 0.1), max_size=3))
    assert said_by(Listener(words), given_in(breaks, end)) == [word.text.strip() for word in words]


def test_words_that_wait_are_told_when_nothing_more_comes_or_only_after_a_gap() -> None:
    words = [Word(start=n * 0.4, end=n * 0.4 + 0.4, text=f" w{n}", probability=1.0) for n in range(10)]
    before = given_in([1.8], 1.8)
    assert said_by(Listener(words), before) == ["w0", "w1", "w2", "w3", "w4?"]
    assert said_by(Listener(words), [*before, *given_in([], 4.2, begin=3.2)]) == [
        "w0",
        "w1",
        "w2",
        "w3",
        "w4?",
        "w8",
        "w9",
    ]


def test_what_was_said_before_a_gap_is_not_said_again_after_it() -> None:
    words = [Word(start=n * 0.4, end=n * 0.4 + 0.4, text=f" w{n}", probability=1.0) for n in range(12)]
    goes_on = [*given_in([1.8], 2.4), *given_in([], 4.2, begin=3.2)]  # it goes on, and then has a gap
    assert said_by(Listener(words), goes_on) == ["w0", "w1", "w2", "w3", "w4", "w5", "w8", "w9", "w10?"]
    soon = [*given_in([], 2.0), *given_in([3.4], 5.0, begin=3.2)]  # it breaks off just after the gap
    assert said_by(Listener(words), soon) == ["w0", "w1", "w2", "w3", "w4", "w8", "w9", "w10", "w11"]
    resumed = given_in([3.4], 5.0, begin=3.2)
    assert said_by(Listener(words), resumed) == ["w8", "w9", "w10", "w11"]


def test_what_was_kept_back_before_the_sound_broke_off_is_told_once() -> None:
    loop = Word(start=2.0, end=3.0, text="loop", probability=1.0)
    words = [Word(start=3.0, end=4.0, text=" w0", probability=1.0)]
    said = list(recognise(given_in([3.5], 5.0), Listener(words, loop)))
    assert [one.text for one in said if isinstance(one, Suppressed)] == ["loop"]
    assert text(said).split() == ["w0"]


def test_a_word_that_was_said_twice_is_told_twice() -> None:
    words = [Word(start=0.4 * n, end=0.4 * n + 0.3, text=" non", probability=1.0) for n in range(8)]
    assert said_by(Listener(words), given_in([1.65], 5.0)) == ["non"] * 8
