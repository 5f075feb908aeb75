"""Several languages in an evening: each utterance in its own, each sentence its own way.

The demo model knows only French, so what is heard is scripted; the rest is real: voice detection, policy, sentences,
both translators, cues, files and journal.
"""

import re
import wave
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import assets, cli
from pipeline.audio import Samples
from pipeline.commands import options
from pipeline.errors import ModelError, SettingsError
from pipeline.events import Chunk, Hypothesis, Suppressed, Word
from pipeline.flow import SystemClock
from pipeline.journal import Entry, read
from pipeline.session import Session
from pipeline.settings import (
    SAMPLE_RATE,
    SentenceRules,
    Settings,
    SpeechSettings,
    TranslationSettings,
    override,
)
from pipeline.speech.languages import CLEAR, SHORT, Choose, chosen, likeliest
from pipeline.speech.local import LocalRecogniser
from pipeline.speech.messages import Heard
from pipeline.speech.policy import Policy
from pipeline.speech.recognition import Recognition
from pipeline.speech.stage import recognise
from pipeline.speech.utterance import UtterancePolicy
from pipeline.speech.vad import Silero
from pipeline.speech.whisper import Whisper
from pipeline.state import fold
from pipeline.subtitles.sentences import to_sentences
from pipeline.system import program
from pipeline.translation.build import build_chains
from tests.hearing import DEMO, sound, true_words
from tests.measures import cues
from tests.test_speech_policy import ScriptedDetector
from tests.translators import Libre, serving

DEMO_FR_EN = str(assets.demo_translator())
SPOKEN = ("fr", "es", "en")
Turn = tuple[Mapping[str, float], Mapping[str, str]]
"""How likely the model thinks each language, and what it reads in each."""

TURNS: tuple[Turn, ...] = (
    ({"fr": 0.95, "es": 0.04, "en": 0.01}, {"fr": "Bonsoir à toutes et à tous."}),
    ({"fr": 0.10, "es": 0.85, "en": 0.05}, {"es": "Buenas noches, compañeros.", "fr": "Bonne nuit, compagnons."}),
    ({"fr": 0.40, "es": 0.45, "en": 0.15}, {"es": "La lucha sigue en Madrid.", "fr": "La lutte continue à Madrid."}),
    ({"fr": 0.02, "es": 0.03, "en": 0.95}, {"en": "Thank you all, and good night to Manchester."}),
    ({"fr": 0.50, "es": 0.20, "en": 0.30}, {"en": "We stand with you, whatever comes."}),
    ({"fr": 0.97, "es": 0.02, "en": 0.01}, {"fr": "La séance est levée, bon retour à tous."}),
)
SPANISH = {"Buenas noches, compañeros.": "Good evening, comrades.", "La lucha sigue en Madrid.": "The fight goes on."}
ENGLISH = [
    "Good evening, everyone.",
    "Good evening, comrades.",
    "The fight goes on.",
    "Thank you all, and good night to Manchester.",
    "We stand with you, whatever comes.",
    "The session is closed, safe journey home, everyone.",
]


class Deaf:
    """What a transcriber here need not know."""

    description, beam = "scripted", 5

    def language(self, samples: Samples) -> tuple[str, float]:
        return "fr", 1.0

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return ()


class Scripted(Deaf):
    """Says of the nth stretch what the nth turn has in the language that is chosen, evenly spread."""

    def __init__(self) -> None:
        self._turns = iter(TURNS)

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        likely, texts = next(self._turns)
        lang = choose(likely)
        said, seconds = texts[lang].split(), len(samples) / SAMPLE_RATE
        step = seconds / len(said)
        words = [Word(start=n * step, end=(n + 1) * step, text=f" {w}", probability=0.9) for n, w in enumerate(said)]
        return Recognition(tuple(words), -0.1, 0.0, 1.0, lang)


def scripted(settings: SpeechSettings) -> tuple[Policy, str]:
    return UtterancePolicy(Silero(), Scripted(), settings), "scripted"


class Nobody:
    """Watches nothing."""

    def show(self, entry: Entry) -> None: ...

    def announce(self, starts_at: object) -> None: ...


@pytest.fixture
def speakers(tmp_path: Path) -> Path:
    """Six people, one after another: the longest sentences of the rally, with silence between them."""
    spans: dict[int, list[float]] = {}
    for word in true_words("rally"):
        first, _ = spans.setdefault(word["sentence"], [word["start"], word["end"]])
        spans[word["sentence"]] = [first, word["end"]]
    longest = sorted(spans.values(), key=lambda span: span[0] - span[1])[: len(TURNS)]
    audio, pause = sound("rally"), np.zeros(round(1.3 * SAMPLE_RATE), np.int16)
    parts = [part for s, e in longest for part in (pause, audio[round(s * SAMPLE_RATE) : round(e * SAMPLE_RATE)])]
    with wave.open(str(tmp_path / "speakers.wav"), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(np.concatenate([*parts, pause]).astype("<i2").tobytes())
    return tmp_path / "speakers.wav"


def test_each_sentence_goes_its_own_way(speakers: Path, tmp_path: Path) -> None:
    out = tmp_path / "s"
    with serving(Libre(lambda text, src_lang, tgt_lang: SPANISH[text])) as server:
        translation = {"models": (DEMO_FR_EN,), "chain": ("local", "libre"), "urls": {"libre": server.url}}
        settings = override(Settings(), speech={"languages": SPOKEN}, translation=translation | {"deadline": 30.0})
        chains = build_chains(settings.translation, settings.speech.spoken)
        Session(str(speakers), out, settings, LocalRecogniser(scripted), chains, SystemClock()).run(Nobody())
        assert {asked.params["source"] for asked in server.asked} == {"es"}
    state = fold(entry.event for entry in read(out / "journal.jsonl"))
    assert state.session
    assert state.session.src_lang == "fr"
    assert [sentence.lang for sentence in state.sentences.values()] == ["fr", "es", "es", "en", "en", "fr"]
    assert [" ".join(cue.text.split()) for cue in state.track("en")] == ENGLISH
    assert not [cue for cue in state.track("en") if "untranslated" in cue.flags]
    assert sorted(path.name for path in out.glob("*.srt")) == [f"subtitles.{n}.srt" for n in ("en", "fr-en", "fr")]
    said = [sentence.text for sentence in state.sentences.values()]
    assert [" ".join(cue.content.split()) for cue in cues(out / "subtitles.fr.srt")] == said
    both = [" ".join(cue.content.split()) for cue in cues(out / "subtitles.fr-en.srt")]
    assert both == [en if fr == en else f"{fr} {en}" for fr, en in zip(said, ENGLISH, strict=True)]


def _shares(drawn: tuple[float, ...]) -> dict[str, float]:
    return {lang: share / sum(drawn) for lang, share in zip(SPOKEN, drawn, strict=True)}


@given(
    likely=st.tuples(*[st.floats(0.01, 1)] * 3).map(
        lambda p: {lang: x / sum(p) for lang, x in zip(SPOKEN, p, strict=True)}
    ),
    current=st.sampled_from(SPOKEN),
    voiced=st.floats(0, 10),
)
def test_a_language_is_left_only_for_a_clear_majority_and_a_long_utterance(
    likely: dict[str, float], current: str, voiced: float
) -> None:
    found = chosen(likely, current, voiced)
    if found != current:
        assert voiced >= SHORT
        assert likely[found] == max(likely.values())
        assert likely[found] > CLEAR * (likely[found] + likely[current])
        assert chosen(likely, found, voiced) == found  # and it is not left again for the same sound


def test_what_is_clear_is_followed_at_once() -> None:
    assert chosen({"fr": 0.05, "es": 0.95}, "fr", SHORT) == "es"
    assert chosen({"fr": 0.05, "es": 0.95}, "fr", SHORT - 0.1) == "fr"
    assert chosen({"fr": 0.4, "es": 0.6}, "fr", 9.0) == "fr"


class Doubtful(Deaf):
    """Hears Spanish in applause, of which it is no more than guessing, then a short greeting, then a long one."""

    def __init__(self) -> None:
        self._turns = iter(((-3.0, {"fr": 0.05, "es": 0.95}), *[(-0.1, {"fr": 0.02, "es": 0.98})] * 2))

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        score, likely = next(self._turns)
        word = Word(start=0.2, end=len(samples) / SAMPLE_RATE - 0.2, text=" Hola", probability=0.9)
        return Recognition((word,), score, 0.0, 1.0, choose(likely))


def test_neither_invented_text_nor_a_short_word_changes_the_language() -> None:
    speech = [frames for seconds in (3.0, 0.9, 3.0) for frames in ([0.9] * round(seconds / 0.032), [0.0] * 40)]
    script = [probability for frames in speech for probability in frames]
    policy = UtterancePolicy(ScriptedDetector(script), Doubtful(), SpeechSettings(languages=("fr", "es")))
    said = [*policy.hear(np.zeros(len(script) * 512, np.float32), 10.0), *policy.finish()]
    [kept_back] = [event for event in said if isinstance(event, Suppressed)]
    assert (kept_back.lang, [word.text for word in kept_back.words]) == ("es", [" Hola"])
    assert 10.0 < kept_back.words[0].start == kept_back.start < kept_back.end < 14.0
    assert [event.lang for event in said if isinstance(event, Hypothesis) and event.committed] == ["fr", "es"]


def test_what_a_person_says_is_spoken_is_spoken_until_they_leave_it_open() -> None:
    speech = [frames for _ in range(4) for frames in ([0.9] * 90, [0.0] * 40)]
    script = [probability for frames in speech for probability in frames]
    step = len(script) * 512 // 4

    class Sure(Deaf):
        def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
            word = Word(start=0.2, end=len(samples) / SAMPLE_RATE - 0.2, text=" Hola", probability=0.9)
            return Recognition((word,), -0.1, 0.0, 1.0, choose({"fr": 0.98, "es": 0.02}))

    class Local(LocalRecogniser):
        def hear(self, start: float, end: float) -> Heard:
            samples = round((end - start) * SAMPLE_RATE)
            return Heard(tuple(self._opened().hear(np.zeros(samples, np.float32), start)), 0.0)

    settings = SpeechSettings(languages=("fr", "es"))
    recogniser = Local(lambda _: (UtterancePolicy(ScriptedDetector(script), Sure(), settings), "scripted"))
    recogniser.open(Path(), settings)
    chunks = [Chunk(start=n * step / SAMPLE_RATE, end=(n + 1) * step / SAMPLE_RATE) for n in range(4)]
    said = iter(["", "es", "es", ""])
    heard = list(recognise(chunks, recogniser, speaker=lambda: next(said)))
    assert [event.lang for event in heard if isinstance(event, Hypothesis) and event.committed] == [
        "fr",
        "es",
        "es",
        "fr",
    ]


def test_the_model_is_asked_for_listed_languages_only() -> None:
    """The demo model knows the names of six languages, and speech in none but French."""
    asked: list[Mapping[str, float]] = []

    def choose(likely: Mapping[str, float]) -> str:
        asked.append(likely)
        return "fr"

    whisper = Whisper(msgspec.structs.replace(DEMO, languages=SPOKEN))
    heard = whisper.recognise(np.asarray(sound("rally")[: 6 * SAMPLE_RATE] / 32768, np.float32), choose)
    assert (heard.lang, "Bonsoir" in heard.text) == ("fr", True)
    [likely] = asked
    assert set(likely) == set(SPOKEN)
    assert sum(likely.values()) == pytest.approx(1)


def test_a_language_that_cannot_be_is_refused() -> None:
    with pytest.raises(SettingsError, match="does not know the language 'ja'"):
        Whisper(msgspec.structs.replace(DEMO, languages=("fr", "ja")))
    with pytest.raises(ModelError, match=f"from es to en; type `{re.escape(program())} models pull opus-mt-es-en`"):
        build_chains(TranslationSettings(models=(DEMO_FR_EN,), chain=("local",)), SPOKEN)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--demo", "--languages", "fr,es"], "the demo models know French only"),
        (["--language", "es", "--languages", "fr,es"], "leave out --language"),
    ],
)
@pytest.mark.parametrize("command", ["run", "check"])
def test_flags_that_cannot_be_are_refused(
    command: str, typed: list[str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=said):
        cli.app([command, "x.mp4", *typed], standalone_mode=False)


def test_one_language_on_the_command_line_is_one() -> None:
    loaded = override(Settings(), speech={"languages": SPOKEN})
    assert options.settle(loaded, {"language": "de", "demo": False}).speech.spoken == ("de",)
    assert options.settle(loaded, {"languages": "de, en,de", "demo": False}).speech.spoken == ("de", "en")
    assert options.settle(loaded, {"demo": False}).speech.spoken == SPOKEN


def test_a_sentence_ends_where_the_language_changes() -> None:
    def words(text: str, start: float) -> tuple[Word, ...]:
        said = enumerate(text.split())
        return tuple(Word(start=start + n, end=start + n + 0.9, text=f" {w}", probability=1.0) for n, w in said)

    heard = [
        Hypothesis(heard=3.0, committed=words("mes amis,", 0.0), lang="fr"),
        Hypothesis(heard=5.0, committed=words("muchas gracias. Buenas", 2.05), lang="es"),
        Hypothesis(heard=7.0, committed=words("noches.", 5.05), lang="es", endpoint=True),
    ]
    made = list(to_sentences(heard, SentenceRules(), "fr"))
    assert [(s.lang, s.text, s.next_at) for s in made] == [
        ("fr", "mes amis,", 2.05),
        ("es", "muchas gracias.", 4.05),
        ("es", "Buenas noches.", None),
    ]
