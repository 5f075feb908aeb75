"""What was heard and shown against references: by hand, and against the libraries used otherwise."""

import json
import random
import subprocess
import sys
import unicodedata
from datetime import timedelta
from pathlib import Path

import jiwer
import pytest
import sacrebleu
import srt
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.events import Cue, Event, Withdrawn
from pipeline.scores.stability import erasure
from pipeline.scores.track import read_srt
from pipeline.scores.translation import bleu, suber
from pipeline.scores.words import Spoken, in_time_errors, plain, wer
from pipeline.subtitles.formats import to_srt
from tests.measures import SAMPLES

TEXTS = st.lists(st.text(min_size=1), min_size=1, max_size=5)


def track(*texts: str, every: float = 3.0) -> list[Cue]:
    return [
        Cue(id=str(n), lang="en", start=n * every, end=(n + 0.9) * every, text=text, sentences=())
        for n, text in enumerate(texts)
    ]


def sample(name: str) -> list[Cue]:
    return read_srt((SAMPLES / name).read_text(encoding="utf-8"), name, "fr")


def test_punctuation_and_case_are_no_errors() -> None:
    assert plain("« L'Usine », c’est NOUS !") == "l usine c est nous"
    assert wer(track("Bonsoir à tous."), track("bonsoir,", "À tous")) == 0
    assert wer(
        track("Soyons clairs, nous ne pouvons plus attendre."), track("Soyons clair, nous pouvons attendre.")
    ) == (pytest.approx(3 / 7))


def worse(cues: list[Cue]) -> list[Cue]:
    """The same with a third of the words gone, doubled or another, and a third of the lines broken elsewhere."""
    chance = random.Random(7)
    made = []
    for cue in cues:
        words = [w for word in cue.text.split() for w in chance.choice([[word]] * 4 + [[], [word, word], ["hello"]])]
        cut = chance.randrange(len(words)) if words else 0
        text = "\n".join(filter(None, (" ".join(words[:cut]), " ".join(words[cut:])))) or "hm"
        made.append(Cue(id=cue.id, lang=cue.lang, start=cue.start + 0.3, end=cue.end, text=text, sentences=()))
    return made


def test_agrees_with_jiwer() -> None:
    reference, found = sample("rally.fr.srt"), worse(sample("rally.fr.srt"))
    said, heard = (" ".join(cue.text.replace("\n", " ").lower() for cue in cues) for cues in (reference, found))
    marks = {c: None for c in map(ord, said + heard) if unicodedata.category(chr(c)).startswith("P")}
    assert wer(reference, found) == pytest.approx(jiwer.wer(said.translate(marks), heard.translate(marks)))
    assert 0.1 < wer(reference, found) < 0.9


def test_what_an_apostrophe_or_a_hyphen_joins_is_one_word() -> None:
    assert wer(track("L’usine,\npeut-être - oui."), track("l'usine peut-être oui")) == 0
    assert wer(track("À l'usine demain."), track("à la mine demain")) == pytest.approx(2 / 3)


def test_agrees_with_sacrebleu() -> None:
    reference, found = sample("rally.en.srt"), worse(sample("rally.en.srt"))
    texts = [" ".join(cue.text.split()) for cue in found], [[cue.text for cue in reference]]
    assert bleu(reference, found) == pytest.approx(sacrebleu.corpus_bleu(*texts).score)
    assert 10 < (bleu(reference, found) or 0) < 90


def test_agrees_with_the_suber_program(tmp_path: Path) -> None:
    made = worse(sample("rally.en.srt"))
    found = tmp_path / "found.srt"
    found.write_text(to_srt(made), encoding="utf-8")
    command = [sys.executable, "-m", "suber", "-H", str(found), "-R", str(SAMPLES / "rally.en.srt")]
    answer = subprocess.run(command, capture_output=True, check=True)
    assert suber(sample("rally.en.srt"), made) == json.loads(answer.stdout)["SubER"] > 10


def test_a_sentence_may_go_over_several_cues() -> None:
    whole = track("We stand together, and together we will win.", "Good night.", every=6)
    parts = [*track("We stand together,", "and together we will win."), whole[1]]
    assert bleu(whole, parts) == pytest.approx(100)
    assert suber(whole, parts) > 0


def test_nothing_said() -> None:
    assert bleu([], []) is None
    assert (wer([], []), suber([], [])) == (0, 0)
    assert in_time_errors([], []) == in_time_errors([], track("Oui.")) == []


def test_cues_that_miss_their_first_word() -> None:
    texts = ["Bonsoir", "à", "tous", ".", "Aujourd'hui", "nous", "venons"]
    said = [Spoken(start=float(n), text=text) for n, text in enumerate(texts)]
    found = [
        Cue(id="1", lang="fr", start=0.25, end=2, text="Bonsoir\nà tous.", sentences=()),
        Cue(id="2", lang="fr", start=3.5, end=5, text="Aujourd’hui nous venons", sentences=()),
    ]
    assert in_time_errors(said, found) == [0.25, 0.5]
    misheard = [*track("Bonjour à tous."), found[1]]
    assert in_time_errors(said, misheard) == [0.5]


def test_a_word_taken_back_counts() -> None:
    def cue(id: str, text: str, lang: str = "en") -> Cue:
        return Cue(id=id, lang=lang, start=0, end=1, text=text, sentences=())

    events: list[Event] = [cue("1", "We shall"), cue("1", "We will win"), cue("2", "now"), cue("2.fr", "a b", "fr")]
    assert erasure(events, "en") == 1 / 4
    assert erasure([*events, Withdrawn(id="2")], "en") == 2 / 3
    assert erasure(events, "fr") == erasure([], "en") == 0


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_against_itself_nothing_is_wrong(texts: list[str]) -> None:
    cues = track(*texts)
    assert wer(cues, cues) == 0
    assert suber(cues, cues) == 0
    assert erasure(cues, "en") == 0


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS)
def test_bleu_is_between_none_and_all(one: list[str], other: list[str]) -> None:
    assert 0 <= (bleu(track(*one), track(*other)) or 0) <= 100.001


def test_srt_of_any_hand() -> None:
    text = to_srt(track("Hello,\nworld", "again"))
    assert [cue.text for cue in read_srt("\r\n".join(text.splitlines()), "x", "en")] == ["Hello,\nworld", "again"]
    backwards = srt.compose(
        [srt.Subtitle(1, timedelta(3), timedelta(4), "b"), srt.Subtitle(2, timedelta(1), timedelta(2), "a")]
    )
    assert [cue.text for cue in read_srt(backwards, "x", "en")] == ["a", "b"]
    assert read_srt("", "x", "en") == read_srt("\n\n", "x", "en") == []


@pytest.mark.parametrize("text", ["hello", "WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n", "1\n00:00:01 hello\n"])
def test_what_is_no_srt_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^mine\.srt is no SRT file; [^\n]+$"):
        read_srt(text, "mine.srt", "en")
