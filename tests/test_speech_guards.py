"""Guards against invented text: what they keep back, what they must not, and what that does to a minute of each."""

import ctypes.util
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.audio import Samples
from pipeline.events import Hypothesis, Word
from pipeline.settings import SAMPLE_RATE, SentenceRules, SpeechSettings
from pipeline.speech.boilerplate import plain
from pipeline.speech.guards import Judged, judge
from pipeline.speech.recognition import Recognition, compression
from pipeline.speech.repetition import repetition
from pipeline.speech.utterance import UtterancePolicy
from pipeline.speech.vad import FRAME
from pipeline.subtitles.sentences import to_sentences
from pipeline.translation.stage import verbatim
from tests import spoken
from tests.hearing import DEMO, STREAM
from tests.test_speech_policy import ScriptedDetector, ScriptedTranscriber

QUIET = np.zeros(0, np.float32)


DEFAULTS = SpeechSettings()


def recognised(
    text: str, seconds: float, *, sure: float = 0.9, log_probability: float = -0.2, no_speech: float = 0.0
) -> Recognition:
    """The text's words spread evenly over so many seconds."""
    texts = text.split()
    step = seconds / len(texts)
    words = tuple(
        Word(start=n * step, end=(n + 1) * step, text=f" {said}", probability=sure) for n, said in enumerate(texts)
    )
    return Recognition(words, log_probability, no_speech, compression(text))


def judged(
    recognition: Recognition, *, voiced: float = 1.0, samples: Samples = QUIET, settings: SpeechSettings = DEFAULTS
) -> Judged:
    """... in a stretch that ends with them, of which that share, the first of every ten frames, is speech."""
    seconds = recognition.words[-1].end
    sound = samples if len(samples) else np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    frames = len(sound) // FRAME + 1
    return judge(recognition, sound, [frame % 10 < 10 * voiced for frame in range(frames)], settings)


def text(words: tuple[Word, ...]) -> str:
    return "".join(word.text for word in words).strip()


@pytest.mark.parametrize(
    "recognition",
    [
        recognised("Bonsoir à toutes et à tous.", 2.0),
        recognised("Oui.", 0.5, log_probability=-0.9),
        recognised("Merci.", 0.6),
        recognised("Merci beaucoup. Merci à tous.", 2.0),
        recognised("On ne lâche rien! On ne lâche rien! On ne lâche rien!", 5.0),
        recognised("On veut des profs! On veut des lits! On veut des trains! On veut vivre!", 6.0),
        recognised("un peu indistinct", 2.0, log_probability=-1.1, no_speech=0.1),
        recognised("Merci d'avoir regardé la vérité en face.", 3.0),
    ],
    ids=lambda recognition: recognition.text[:30],
)
def test_what_was_said_passes(recognition: Recognition) -> None:
    assert judged(recognition) == Judged(recognition.words)


@pytest.mark.parametrize(
    ("recognition", "voiced", "why"),
    [
        (recognised("Bonsoir à tous.", 0.6), 0.1, "s of speech"),
        (recognised("Bonsoir à toutes et à tous.", 5.0), 0.2, "nobody speaks in 8"),
        (recognised("merci " * 40, 20.0), 1.0, "repeats itself (said 40 times where"),
        (recognised("Oh yeah " * 30, 2.0), 1.0, "faster than anyone speaks"),
        (recognised("Bravo.", 2.0, log_probability=-1.05, no_speech=0.8), 1.0, "nobody"),
        (recognised("Maïco", 2.0, log_probability=-1.4), 1.0, "guess"),
        (recognised("bien plus de texte qu'une personne ne peut en dire en si peu de temps", 1.0), 1.0, "characters"),
        (recognised("Sous-titres réalisés para la communauté d'Amara.org", 3.0), 1.0, "makes up"),
        (recognised("SOUS-TITRAGE ST' 501", 2.0), 1.0, "makes up"),
        (recognised("Merci d’avoir regardé cette vidéo !", 2.0), 1.0, "makes up"),
        (recognised("Untertitelung des ZDF, 2020", 2.0), 1.0, "makes up"),
        (recognised("¡Gracias por ver el video!", 2.0), 1.0, "makes up"),
        (recognised("Thanks for watching!", 2.0), 1.0, "makes up"),
        (recognised("[Applaudissements]", 2.0), 1.0, "label"),
        (recognised(". . .", 2.0), 1.0, "without a word"),
        (recognised("Merci.", 1.5, sure=0.4), 1.0, "40% certain"),
        (recognised("Merci.", 1.5), 0.4, "speech under"),
    ],
    ids=lambda value: value.text[:30] if isinstance(value, Recognition) else None,
)
def test_what_nobody_said_is_kept_back(recognition: Recognition, voiced: float, why: str) -> None:
    [dropped] = judged(recognition, voiced=voiced).dropped
    assert dropped.words == recognition.words
    assert why in dropped.reason


def test_boilerplate_is_cut_out_of_what_was_said_around_it() -> None:
    said = recognised("Nous restons debout. Abonnez-vous à la chaîne! La séance est levée.", 5.0)
    found = judged(said)
    assert text(found.kept) == "Nous restons debout. La séance est levée."
    assert [text(dropped.words) for dropped in found.dropped] == ["Abonnez-vous à la chaîne!"]


@given(
    texts=st.lists(
        st.sampled_from(["Nous voulons.", "Merci!", "Abonnez-vous", "[Rires]", "oui", "Thanks for watching."]),
        min_size=1,
        max_size=12,
    ),
    sure=st.floats(0, 1),
    voiced=st.floats(0, 1),
)
def test_no_word_is_lost_or_said_twice(texts: list[str], sure: float, voiced: float) -> None:
    said = recognised(" ".join(texts), len(texts) * 1.0, sure=sure)
    found = judged(said, voiced=voiced)
    kept_back = [word for dropped in found.dropped for word in dropped.words]
    assert sorted([*found.kept, *kept_back], key=lambda word: word.start) == list(said.words)


def test_a_chant_is_in_the_sound_and_a_loop_is_not() -> None:
    """The same text with the same times over four kinds of sound."""
    rng = np.random.default_rng(1)
    phrase = _syllables(rng, 1.2)
    chant = np.concatenate([phrase * rng.uniform(0.5, 1) for _ in range(6)])
    other = np.concatenate([_syllables(rng, 1.2) for _ in range(6)])
    hiss = (0.1 * rng.standard_normal(len(chant))).astype(np.float32)
    said = recognised("On ne lâche rien! " * 6, len(chant) / SAMPLE_RATE)
    assert text(judged(said, samples=chant).kept) == said.text
    assert text(judged(said, samples=chant + 0.2 * hiss).kept) == said.text
    for sound in (other, hiss, np.zeros_like(chant)):
        assert "repeats nothing" in judged(said, samples=sound).dropped[0].reason


def _syllables(rng: np.random.Generator, seconds: float) -> Samples:
    """Tones one after another, each with a pitch and a length of its own."""
    parts: list[Samples] = []
    while sum(map(len, parts)) < seconds * SAMPLE_RATE:
        time = np.arange(int(rng.uniform(0.08, 0.25) * SAMPLE_RATE)) / SAMPLE_RATE
        hertz = rng.uniform(200, 3000)
        parts.append((0.3 * np.sin(2 * np.pi * hertz * time) * np.sin(np.pi * time / time[-1])).astype(np.float32))
    return np.concatenate(parts)[: round(seconds * SAMPLE_RATE)]


@given(
    phrase=st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True),
    times=st.integers(3, 9),
    around=st.lists(st.sampled_from("uvwxyz"), max_size=3, unique=True),
)
def test_a_repeated_phrase_is_found_wherever_it_stands(phrase: list[str], times: int, around: list[str]) -> None:
    found = repetition([*around, *phrase * times])
    assert found is not None
    assert len(found.spans) * (found.spans[0][1] - found.spans[0][0]) == len(phrase) * times
    assert repetition([*around, *phrase]) is None


def test_a_hall_may_have_guards_of_its_own() -> None:
    faint, guess = recognised("Bonsoir à toutes et à tous.", 2.0), recognised("des mots", 2.0, log_probability=-1.3)
    assert judged(faint, voiced=0.2).dropped
    assert not judged(faint, voiced=0.2, settings=SpeechSettings(voiced=0.15)).dropped
    assert judged(guess).dropped
    assert not judged(guess, settings=SpeechSettings(likely=-1.4)).dropped
    assert judged(faint, settings=SpeechSettings(phrases=("bonsoir à toutes et à tous",))).dropped


def test_phrases_are_compared_without_capitals_accents_and_marks() -> None:
    assert plain("Sous-titrage Société Radio-Canada") == "sous titrage societe radio canada"
    assert plain("❤️ par SousTitreur.com") == "par soustitreur com"


Hear = Callable[..., spoken.Heard]


@pytest.fixture
def hear(tmp_path: Path) -> Hear:
    """What the demo model hears in some material."""
    pytest.importorskip("soxr")
    if not ctypes.util.find_library("espeak-ng"):
        pytest.skip("espeak-ng is not installed (apt install espeak-ng); the corpora are spoken by it")
    return partial(spoken.heard, tmp_path)


@pytest.mark.parametrize("settings", [DEMO, STREAM], ids=lambda settings: settings.policy)
def test_where_nobody_speaks_nothing_is_shown(settings: SpeechSettings, hear: Hear) -> None:
    assert hear(spoken.nobody(60), settings).text == ""


def test_anaphora_and_chants_are_kept(hear: Hear) -> None:
    material = spoken.rhetoric(60)
    assert hear(material, DEMO).dropped(material) == []


def test_speech_under_applause_costs_nothing(hear: Hear) -> None:
    material = spoken.under_applause(60)
    assert hear(material, DEMO).wer(material) <= 1.05 * hear(material, DEMO, guards=False).wer(material)


def test_a_label_is_shown_only_when_asked_and_only_for_noise() -> None:
    rng = np.random.default_rng(1)
    clapping, tones = spoken.applause(8, rng), 0.5 * spoken.chords(8, rng)
    silence = np.zeros(4 * SAMPLE_RATE, np.float32)
    for labels, sound, shown in (
        (True, clapping, ["[Applause]"]),
        (True, tones, []),
        (True, silence, []),
        (False, clapping, []),
    ):
        detector = ScriptedDetector([0.0] * (len(sound) // FRAME))
        policy = UtterancePolicy(detector, ScriptedTranscriber(), SpeechSettings(labels=labels))
        said = [*policy.hear(sound, 0.0), *policy.finish()]
        found = list(to_sentences((e for e in said if isinstance(e, Hypothesis)), SentenceRules(), "fr"))
        assert [sentence.text for sentence in found] == shown
        assert [rendering.text for rendering in verbatim(found, "fr")] == ["[Applaudissements]"] * len(shown)
