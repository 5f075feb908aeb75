"""The whole speech stage on the samples, with the real demo model."""

import shutil
from itertools import pairwise
from pathlib import Path

import jiwer
import msgspec
import numpy as np
import pytest

from pipeline.audio import AudioFile
from pipeline.errors import LivesubsError, ModelError, SettingsError
from pipeline.events import Event, Hypothesis, Suppressed, Word
from pipeline.scores.words import plain
from pipeline.settings import SAMPLE_RATE
from pipeline.speech import LocalRecogniser, recognise
from pipeline.speech.whisper import Whisper
from tests.hearing import DEMO, chunks, recorded, sound, text, true_words, words
from tests.measures import SAMPLES, cues
from tests.spoken import applause


def heard(folder: Path, name: str, step: float = 1.0) -> list[Event]:
    samples = sound(name)
    with LocalRecogniser() as recogniser:
        recogniser.open(recorded(folder, samples), DEMO)
        return list(recognise(chunks(len(samples) / SAMPLE_RATE, step), recogniser))


@pytest.fixture(scope="module")
def rally(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    return heard(tmp_path_factory.mktemp("rally"), "rally")


def wer(name: str, said: str) -> float:
    return float(jiwer.wer(plain(" ".join(w["text"] for w in true_words(name))), plain(said)))


def sentence_starts(name: str, found: list[Word]) -> list[float]:
    """Seconds by which each sentence's first word misses its start, for the sentences whose first word was heard."""
    true, errors = true_words(name), []
    for index, word in enumerate(true):
        if index == 0 or word["sentence"] != true[index - 1]["sentence"]:
            same = [w for w in found if plain(w.text) == plain(word["text"]) and abs(w.start - word["start"]) < 2]
            errors += [min(abs(w.start - word["start"]) for w in same)] if same else []
    return errors


def test_the_rally_is_heard_and_applause_under_speech_costs_nothing(rally: list[Event]) -> None:
    assert wer("rally", text(rally)) <= 0.03
    assert not [e for e in rally if isinstance(e, Suppressed)]
    assert all(w.text.startswith(" ") for w in words(rally))
    assert all(0 <= w.probability <= 1 for w in words(rally))


def test_words_follow_each_other_in_stream_time(rally: list[Event]) -> None:
    found = words(rally)
    assert all(w.start <= w.end for w in found)
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(found))


def test_sentences_begin_where_they_are_spoken(rally: list[Event]) -> None:
    errors = sentence_starts("rally", words(rally))
    assert len(errors) >= 17
    assert np.median(errors) <= 0.1
    assert np.percentile(errors, 95) <= 0.3


def test_how_the_sound_comes_does_not_change_the_words(rally: list[Event], tmp_path: Path) -> None:
    again = heard(tmp_path, "rally", step=0.37)
    assert [(w.text, round(w.start, 3)) for w in words(again)] == [(w.text, round(w.start, 3)) for w in words(rally)]


@pytest.mark.parametrize("policy", ["utterance", "stream"])
def test_whoever_begins_to_hear_in_a_pause_hears_what_one_does_who_has_heard_all_before(
    tmp_path: Path, policy: str
) -> None:
    """As one that takes the place of another which died."""
    samples = sound("noisy")
    settings = msgspec.structs.replace(DEMO, policy=policy)
    path = recorded(tmp_path, samples)
    with LocalRecogniser() as recogniser:
        recogniser.open(path, settings)
        whole = [
            said for said in recogniser.hear(0.0, len(samples) / SAMPLE_RATE).events if isinstance(said, Hypothesis)
        ]
    pauses = [said.heard for said in whole if said.endpoint]
    assert len(pauses) >= 10
    for start, end in pairwise(pauses):
        with LocalRecogniser() as another:
            another.open(path, settings)
            again = [*another.hear(start, end + 1.0).events, *another.finish().events]
        expected = [word for said in whole for word in said.committed if start < word.end <= end]
        found = [word for said in again if isinstance(said, Hypothesis) for word in said.committed if word.end <= end]
        assert [word.text for word in found] == [word.text for word in expected]
        assert [word.start for word in found] == pytest.approx([word.start for word in expected], abs=0.05)


def test_what_was_before_a_gap_is_no_lead(tmp_path: Path) -> None:
    """A minute of zeros makes the detector wake half a second late."""
    parts = ((1, 1000), (3, 0), (1, 1000), (1.9, 0), (1, 1000), (3, 0))
    sound = np.concatenate([np.full(round(seconds * SAMPLE_RATE), level, np.int16) for seconds, level in parts])
    audio = AudioFile(recorded(tmp_path, sound))
    for start, seconds in ((0.5, 0.5), (2.0, 2.0), (3.5, 0.0), (4.5, 0.5), (6.8, 2.8), (7.9, 3.9), (10.5, 0.0)):
        assert len(audio.lead(start, 60)) == round(seconds * SAMPLE_RATE)
    assert len(audio.lead(7.9, 2.5)) == SAMPLE_RATE


@pytest.mark.parametrize(
    ("before", "level"), [("quiet", 0), ("quiet", 0.003), ("applause", 0.18)], ids=["zeros", "a quiet hall", "applause"]
)
def test_who_speaks_first_is_heard_from_the_first_word_on_and_no_sooner(
    tmp_path: Path, before: str, level: float
) -> None:
    """An hour before the show nobody speaks; and then they clap."""
    samples, true, rng = sound("rally"), true_words("rally"), np.random.default_rng(0)
    first = level * (rng.normal(size=60 * SAMPLE_RATE) if before == "quiet" else applause(6.0, rng))
    lost, errors = [], []
    for number in sorted({word["sentence"] for word in true}):
        spoken = [word for word in true if word["sentence"] == number]
        start, end = (round(at * SAMPLE_RATE) for at in (spoken[0]["start"] - 0.25, spoken[-1]["end"] + 0.25))
        whole = np.concatenate([(32767 * np.clip(first, -1, 1)).astype(np.int16), samples[start:end]])
        with LocalRecogniser() as recogniser:
            recogniser.open(recorded(tmp_path, whole), DEMO)
            said = words([*recogniser.hear(0.0, len(whole) / SAMPLE_RATE).events, *recogniser.finish().events])
        lost += [] if said and plain(said[0].text) == plain(spoken[0]["text"]) else [(spoken[0]["text"], said[:1])]
        errors += [abs(word.start - len(first) / SAMPLE_RATE - 0.25) for word in said[:1]]
    assert not lost
    assert max(errors) < 0.1


def test_speech_in_a_crowd(tmp_path: Path) -> None:
    found = heard(tmp_path, "noisy")
    errors = sentence_starts("noisy", words(found))
    assert wer("noisy", text(found)) <= 0.05
    assert np.median(errors) <= 0.1
    assert np.percentile(errors, 95) <= 0.3


@pytest.mark.parametrize("name", ["silence", "applause"])
def test_nothing_is_invented_where_nobody_speaks(name: str, tmp_path: Path) -> None:
    found = heard(tmp_path, name)
    assert words(found) == []
    last = found[-1]
    assert isinstance(last, Hypothesis)
    assert last.heard == pytest.approx(len(sound(name)) / SAMPLE_RATE)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.1, 0.4])
def test_a_moment_of_sound_does_no_harm(seconds: float, tmp_path: Path) -> None:
    piece = sound("rally")[round(3.8 * SAMPLE_RATE) :][: round(seconds * SAMPLE_RATE)]
    with LocalRecogniser() as recogniser:
        recogniser.open(recorded(tmp_path, piece), DEMO)
        assert len(text(recognise(chunks(seconds, 1.0), recogniser))) < 30
        assert len(text(recogniser.recognise(0.0, seconds))) < 30


def spoken(sentence: str) -> tuple[float, float]:
    """From a little before a sentence of the rally to a little after it."""
    cue = next(cue for cue in cues(SAMPLES / "rally.fr.srt") if cue.content == sentence)
    return cue.start.total_seconds() - 0.2, cue.end.total_seconds() + 0.2


SOYONS = spoken("Soyons clairs, nous ne pouvons plus attendre.")


def test_one_stretch_again_and_the_time_it_took(tmp_path: Path) -> None:
    with LocalRecogniser() as recogniser:
        used = "whisper-demo-fr on cpu (int8, 2 threads, window 0.5 s)"
        assert recogniser.open(recorded(tmp_path, sound("rally")), DEMO) == used
        again = recogniser.recognise(*SOYONS)
        assert text(again) == "Soyons clairs, nous ne pouvons plus attendre."
        assert words(again.events)[0].start == pytest.approx(SOYONS[0] + 0.2, abs=0.1)
        assert recogniser.compute == again.compute > 0


def test_a_full_window_gives_the_same_sentence(tmp_path: Path) -> None:
    with LocalRecogniser() as recogniser:
        recogniser.open(recorded(tmp_path, sound("rally")), msgspec.structs.replace(DEMO, window=30.0))
        assert text(recogniser.recognise(*SOYONS)) == "Soyons clairs, nous ne pouvons plus attendre."


def refusal(**changes: object) -> LivesubsError:
    with pytest.raises(LivesubsError) as caught:
        Whisper(msgspec.structs.replace(DEMO, **changes))
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("missing", ["config.json", "model.bin", "tokenizer.json", "vocabulary.json"])
def test_an_incomplete_folder_is_named_with_what_is_missing(missing: str, tmp_path: Path) -> None:
    folder = shutil.copytree(DEMO.model, tmp_path / "model", ignore=shutil.ignore_patterns(missing))
    error = refusal(model=str(folder))
    assert isinstance(error, ModelError)
    assert missing in str(error)


def test_a_damaged_model_and_models_that_are_not_there(tmp_path: Path) -> None:
    folder = shutil.copytree(DEMO.model, tmp_path / "model")
    (folder / "model.bin").write_bytes(b"not a model")
    assert isinstance(refusal(model=str(folder)), ModelError)
    shutil.copy(Path(DEMO.model, "model.bin"), folder)
    (folder / "tokenizer.json").write_text("{")
    assert isinstance(refusal(model=str(folder)), ModelError)
    for name in ("", "no-such-model", "large-v3", "a/b/c/d", str(tmp_path / "nowhere")):
        assert isinstance(refusal(model=name), ModelError)
    assert isinstance(refusal(compute_type="no-such-type"), ModelError)
    assert isinstance(refusal(device="no-such-device"), ModelError)


def test_a_language_that_the_model_does_not_know() -> None:
    assert isinstance(refusal(language="xx"), SettingsError)
    assert isinstance(refusal(language="ja"), SettingsError)
