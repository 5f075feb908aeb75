"""The policy `stream`: every word once, none taken back, a second after it was spoken; guards and pauses as ever."""

from collections.abc import Callable
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from statistics import median
from string import ascii_lowercase

import jiwer
import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio import Samples
from pipeline.events import Event, Hypothesis, Suppressed
from pipeline.scores.words import plain
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech import streaming
from pipeline.speech.endpointer import FRAME_SECONDS
from pipeline.speech.languages import Choose, likeliest
from pipeline.speech.local import LocalRecogniser
from pipeline.speech.pieces import Piece, join_pieces
from pipeline.speech.policy import Said
from pipeline.speech.recognition import Continuation, Recognition, compression
from pipeline.speech.stage import recognise
from pipeline.speech.streaming import GrowingPolicy, StreamPolicy
from pipeline.speech.vad import FRAME
from pipeline.speech.whisper import Whisper
from tests.hearing import STREAM, chunks, recorded, sound, true_words, words
from tests.test_speech_policy import ScriptedDetector, ScriptedTranscriber, numbered

WORD = 10
"""Frames of a scripted word, the last one quiet."""
SETTINGS = SpeechSettings(policy="stream", endpoint=0.3)
BITE = 0.25


def written(number: int, sentence: int = 7) -> str:
    """Many that are alike would be kept back as a text that repeats itself."""
    letters = "".join(Random(number).choices(ascii_lowercase, k=5))
    return f" {letters}{number}" + "." * ((number + 1) % sentence == 0)


class Scripted(ScriptedTranscriber):
    """Hears word n in the frames from `WORD * n` on; one that is not there whole it takes for another."""

    def __init__(self, spoken: set[int], sentence: int = 7) -> None:
        super().__init__()
        self._spoken, self._sentence = spoken, sentence

    def go_on(self, samples: Samples, said: tuple[int, ...], choose: Choose = likeliest) -> Continuation:
        first, last = (round(float(samples[at]) * 2**24) / FRAME for at in (0, -1))
        pieces = []
        for number in range(round(first / WORD), int(last // WORD) + 1):
            start, end = WORD * number, WORD * number + WORD - 1
            if number not in self._spoken or number in said:
                continue
            heard = written(number, self._sentence) if last >= end - 0.01 else " bruit"
            begins, ends = (max(0.0, FRAME_SECONDS * (at - first)) for at in (start, min(end, last)))
            pieces.append(Piece(heard, begins, ends, 1.0, (number,)))
        return Continuation(tuple(pieces), 0.0, "fr")

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        found = join_pieces(self.go_on(samples, ()).pieces, "fr")
        return Recognition(found, -0.1, 0.0, compression("".join(word.text for word in found)), "fr")


def stream_policy(detector: ScriptedDetector, spoken: set[int]) -> GrowingPolicy:
    return StreamPolicy(detector, Scripted(spoken), SETTINGS)


def run(
    turns: list[int], cuts: list[int], made: Callable[[ScriptedDetector, set[int]], GrowingPolicy] = stream_policy
) -> tuple[list[Said], list[str]]:
    """What is said of so many words, a pause, words, a pause ..., and what should be."""
    edges = list(accumulate(turns, initial=0))
    spoken = {n for at, (first, end) in enumerate(pairwise(edges)) if at % 2 == 0 for n in range(first, end)}
    script = [0.9 if n in spoken else 0.0 for n in range(edges[-1]) for _ in range(WORD)]
    policy = made(ScriptedDetector(script), spoken)
    said: list[Said] = []
    position = 0
    for part in np.split(numbered(len(script) * FRAME), sorted(cuts)):
        said += policy.hear(part, position / SAMPLE_RATE)
        position += len(part)
    return [*said, *policy.finish()], [written(n) for n in sorted(spoken)]


@given(
    turns=st.lists(st.integers(2, 40), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 600 * FRAME), max_size=40),
)
def test_every_word_is_said_once_and_in_order_however_the_sound_comes(turns: list[int], cuts: list[int]) -> None:
    said, expected = run(turns, cuts)
    found = [word for event in said if isinstance(event, Hypothesis) for word in event.committed]
    assert [word.text for word in found] == expected
    assert all(before.end <= after.start + 1e-6 for before, after in pairwise(found))


@given(turns=st.lists(st.integers(2, 40), min_size=1, max_size=4))
def test_no_word_comes_that_ends_before_what_has_been_judged(turns: list[int]) -> None:
    said, _ = run(turns, [*range(0, WORD * FRAME * sum(turns), 4 * FRAME)])
    judged = 0.0
    for event in said:
        if isinstance(event, Hypothesis):
            assert all(word.end >= judged - 1e-6 for word in event.committed)
            assert event.heard >= judged - 1e-6
            judged = event.heard


class Breaking(Scripted):
    """Takes the beginning of a word for all of it, and makes up what is behind: a word, or that one again and again."""

    def __init__(self, spoken: set[int], sure: float, again: int, then: float) -> None:
        super().__init__(spoken)
        self._sure, self._again, self._then = sure, again, then

    def go_on(self, samples: Samples, said: tuple[int, ...], choose: Choose = likeliest) -> Continuation:
        found = super().go_on(samples, said, choose)
        *whole, last = found.pieces or [None]
        if last and last.text == " bruit":
            half = Piece(" mo", last.start, last.start, self._sure)
            invented = Piece(" de", last.start, last.end, self._then)
            found = msgspec.structs.replace(found, pieces=(*whole, half, *[half] * self._again, invented))
        return found


@pytest.mark.parametrize(("sure", "again", "then"), [(1.0, 0, 0.01), (1.0, 2, 1.0), (0.5, 0, 1.0)])
def test_half_a_word_is_not_said_whatever_is_made_up_behind_it(
    sure: float, again: int, then: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "MARGIN", 0.15)  # less than a scripted word takes
    cuts = [*range(0, 400 * FRAME, 4 * FRAME)]
    said, expected = run([40], cuts, lambda d, spoken: StreamPolicy(d, Breaking(spoken, sure, again, then), SETTINGS))
    found = [word.text for event in said if isinstance(event, Hypothesis) for word in event.committed]
    assert found == expected


class Early(Scripted):
    """Ends a long last word long before it is over, and hears something else in what is left of it."""

    def go_on(self, samples: Samples, said: tuple[int, ...], choose: Choose = likeliest) -> Continuation:
        pieces = [Piece(" Bien", 0.0, 0.3, 1.0, (0,)), Piece(" anticonstitutionnellement.", 0.3, 0.35, 1.0, (1,))]
        return Continuation(tuple(piece for piece in pieces if piece.tokens[0] not in said), 0.0, "fr")


def test_a_last_word_that_is_timed_too_short_is_not_heard_twice() -> None:
    policy = StreamPolicy(ScriptedDetector([0.9] * 60 + [0.0] * 40), Early({0, 1, 2, 3, 4, 5}), SETTINGS)
    said: list[Said] = []
    for at in range(0, 100 * FRAME, 4 * FRAME):
        said += policy.hear(numbered(100 * FRAME)[at : at + 4 * FRAME], at / SAMPLE_RATE)
    found = [word.text for event in said if isinstance(event, Hypothesis) for word in event.committed]
    assert found == [" Bien", " anticonstitutionnellement."]


def test_a_speech_without_a_pause_is_said_as_it_goes_and_its_sound_is_let_go() -> None:
    spoken = set(range(400))
    policy = StreamPolicy(ScriptedDetector([0.9] * 4000), Scripted(spoken), SETTINGS)
    came, kept = 0, 0
    for part in np.split(numbered(4000 * FRAME), range(8 * FRAME, 4000 * FRAME, 8 * FRAME)):
        start = came / SAMPLE_RATE
        said = policy.hear(part, start)
        came += len(part)
        late = [came / SAMPLE_RATE - word.end for e in said if isinstance(e, Hypothesis) for word in e.committed]
        assert max(late, default=0.0) < 1.6
        kept = max(kept, len(policy._samples))
    assert kept < 10 * SAMPLE_RATE


@pytest.fixture(scope="module")
def streamed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[float, Event]]:
    """The rally as it comes, each event with how much sound had come by then."""
    folder = tmp_path_factory.mktemp("streamed")
    samples = sound("rally")
    seconds = len(samples) / SAMPLE_RATE
    recogniser = LocalRecogniser()
    recogniser.open(recorded(folder, samples), STREAM)
    said: list[tuple[float, Event]] = []
    for chunk in chunks(seconds, BITE):
        said += [(chunk.end, event) for event in recogniser.hear(chunk.start, chunk.end).events]
    return [*said, *((seconds, event) for event in recogniser.finish().events)]


def test_the_rally_is_heard_about_a_second_after_it_is_spoken(streamed: list[tuple[float, Event]]) -> None:
    true = [(part, word["end"]) for word in true_words("rally") for part in plain(word["text"]).split()]
    came = [
        (part, at)
        for at, event in streamed
        if isinstance(event, Hypothesis)
        for word in event.committed
        for part in plain(word.text).split()
    ]
    found = jiwer.process_words(" ".join(part for part, _ in true), " ".join(part for part, _ in came))
    assert found.wer <= 0.02
    late = [
        came[after][1] - true[before][1]
        for one in found.alignments[0]
        if one.type == "equal"
        for before, after in zip(
            range(one.ref_start_idx, one.ref_end_idx), range(one.hyp_start_idx, one.hyp_end_idx), strict=True
        )
    ]
    assert median(late) <= 1.0


def test_what_has_been_said_is_the_beginning_of_what_follows(streamed: list[tuple[float, Event]]) -> None:
    found = words(event for _, event in streamed)
    assert all(before.end <= after.start for before, after in pairwise(found))
    tails = [event for _, event in streamed if isinstance(event, Hypothesis) and event.tail]
    assert tails
    assert all(event.tail[0].start >= event.heard - 1e-6 for event in tails)


def test_where_a_sentence_begins_does_not_hang_on_when_one_looks(tmp_path: Path) -> None:
    """Sessions that begin at other moments, or are resumed, look at the sound at others."""
    part = sound("rally")[41 * SAMPLE_RATE : 60 * SAMPLE_RATE]
    begun: list[list[float]] = []
    for before in range(37, 16 * FRAME, 2 * FRAME):
        samples = np.concatenate([np.zeros(before, np.int16), part])
        recogniser = LocalRecogniser()
        recogniser.open(recorded(tmp_path, samples), STREAM)
        found = words(recognise(chunks(len(samples) / SAMPLE_RATE, BITE), recogniser))
        firsts = [found[0], *(word for last, word in pairwise(found) if last.text.endswith("."))]
        begun.append([word.start - before / SAMPLE_RATE for word in firsts])
    assert len(begun[0]) == 6
    assert all(max(starts) - min(starts) < 0.05 for starts in zip(*begun, strict=True)), begun


@pytest.mark.parametrize("name", ["applause", "silence"])
def test_nothing_is_invented_where_nobody_speaks(name: str, tmp_path: Path) -> None:
    recogniser = LocalRecogniser()
    samples = sound(name)
    recogniser.open(recorded(tmp_path, samples), STREAM)
    spoken = true_words(name)
    for word in words(recognise(chunks(len(samples) / SAMPLE_RATE, BITE), recogniser)):
        assert any(word.start < true["end"] + 0.5 and word.end > true["start"] - 0.5 for true in spoken), word


class Inventive(Scripted):
    """Thanks for watching, word by word, as Whisper does where nobody speaks."""

    def go_on(self, samples: Samples, said: tuple[int, ...], choose: Choose = likeliest) -> Continuation:
        text = " Merci d'avoir regardé cette vidéo.".replace(" ", "| ").split("|")[1:]
        step = len(samples) / SAMPLE_RATE / len(text)
        pieces = [Piece(part, n * step, (n + 1) * step, 0.9, (n,)) for n, part in enumerate(text) if n not in said]
        return Continuation(tuple(pieces), 0.0, "fr")


def test_what_may_become_a_phrase_that_is_made_up_waits_until_that_is_known() -> None:
    policy = StreamPolicy(ScriptedDetector([0.9] * 100 + [0.0] * 40), Inventive(set()), SETTINGS)
    said: list[Said] = []
    for at in range(0, 140 * FRAME, 4 * FRAME):
        said += policy.hear(numbered(140 * FRAME)[at : at + 4 * FRAME], at / SAMPLE_RATE)
    said += policy.finish()
    assert not [word for event in said if isinstance(event, Hypothesis) for word in event.committed]
    assert [event.text for event in said if isinstance(event, Suppressed)] == ["Merci d'avoir regardé cette vidéo."]


def test_whisper_goes_on_from_what_was_said() -> None:
    whisper = Whisper(STREAM)
    samples = (sound("rally") / 32768).astype(np.float32)
    sentence = [word for word in true_words("rally") if word["sentence"] == true_words("rally")[0]["sentence"]]
    first, last = (round(SAMPLE_RATE * at) for at in (sentence[0]["start"], sentence[-1]["end"]))
    stretch = samples[max(0, first - 3000) : last + 3000]
    whole = whisper.go_on(stretch, ())
    for count in range(1, len(whole.pieces)):
        said = tuple(token for piece in whole.pieces[:count] for token in piece.tokens)
        rest = whisper.go_on(stretch, said)
        assert [piece.text for piece in rest.pieces] == [piece.text for piece in whole.pieces[count:]]


def test_a_word_that_was_cut_in_two_is_gone_on_with() -> None:
    """The tokens of what is new, and no more, though the aligner gives the word as one."""
    whisper = Whisper(STREAM)
    samples = (sound("rally") / 32768).astype(np.float32)[: 8 * SAMPLE_RATE]
    whole = whisper.go_on(samples, ())
    at, long = next((n, piece) for n, piece in enumerate(whole.pieces) if len(piece.tokens) > 1)
    said = (*(token for piece in whole.pieces[:at] for token in piece.tokens), long.tokens[0])
    rest = whisper.go_on(samples, said)
    assert not rest.pieces[0].text.startswith(" ")
    assert long.text.endswith(rest.pieces[0].text)


class Quiet(Scripted):
    """Hears no more than the first words of each utterance, whatever comes: the sound is a crowd's."""

    def go_on(self, samples: Samples, said: tuple[int, ...], choose: Choose = likeliest) -> Continuation:
        found = super().go_on(samples, said, choose)
        return Continuation(tuple(piece for piece in found.pieces if piece.tokens[0] % 40 < 12), 0.0, "fr")


@pytest.mark.parametrize("heard", [Scripted, Quiet])
@pytest.mark.parametrize("longest", [3.0, 5.0, 8.0, 10.0])
def test_a_sentence_that_is_cut_for_length_is_said_once(longest: float, heard: type[Scripted]) -> None:
    """Sentences of forty words, which take thirteen seconds."""
    policy = StreamPolicy(
        ScriptedDetector([0.9] * 80 * WORD),
        heard(set(range(80)), sentence=40),
        SpeechSettings(policy="stream", longest=longest),
    )
    said: list[Said] = []
    for at in range(0, 80 * WORD, 4):
        said += policy.hear(numbered(80 * WORD * FRAME)[at * FRAME : (at + 4) * FRAME], at * FRAME / SAMPLE_RATE)
    found = [
        word.text for event in [*said, *policy.finish()] if isinstance(event, Hypothesis) for word in event.committed
    ]
    numbers = [int("".join(filter(str.isdigit, text))) for text in found]
    assert len(numbers) == len(set(numbers))
    if heard is Scripted:
        assert numbers == list(range(80))
