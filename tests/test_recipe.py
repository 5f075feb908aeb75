"""The recipe of the demo models: a well-formed corpus, true word times, windows that know what is in them."""

import ctypes.util
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from models.recipe import corpus, evaluate, tokenizer
from models.recipe.clips import load_sample
from models.recipe.speak import Manner
from models.recipe.utterance import SAMPLE_RATE, TimedWord, utter
from models.recipe.windows import LABELS_A_SECOND, windows

RECIPE_EXTRA = "part of the recipe extra: pip install '.[recipe]'"


@pytest.fixture
def espeak() -> None:
    """Skips where speech cannot be synthesised; only the recipe and `make samples` do."""
    pytest.importorskip("soxr", reason=f"soxr is {RECIPE_EXTRA}")
    if not ctypes.util.find_library("espeak-ng"):
        pytest.skip(
            "espeak-ng is not installed (apt install espeak-ng); it is needed only to rebuild samples and models"
        )


def seen(window: tuple[tuple[TimedWord, ...], ...]) -> list[TimedWord]:
    return [word for segment in window for word in segment]


@pytest.mark.parametrize("name", corpus.SENTENCES + corpus.PHRASES)
def test_every_list_holds_pairs_without_stray_characters(name: str) -> None:
    pairs = corpus.load(name)
    assert len({pair.fr for pair in pairs}) == len(pairs), "a French text has one English text"
    for pair in pairs:
        assert all(text == " ".join(text.split()) for text in pair)
        if name in corpus.SENTENCES:
            assert all(text[-1] in ".!?" for text in pair)


def test_a_line_that_is_no_pair_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.tsv").write_text("oui\tyes\nnon no\n", "utf-8")
    monkeypatch.setattr(corpus, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"broken.tsv, line 2"):
        corpus.load("broken")


def test_held_out_sentences_are_never_sampled() -> None:
    made, rng = corpus.Corpus(), random.Random(1)
    held_out = {pair.fr for pair in made.held_out}
    assert 20 <= len(held_out) <= 60
    sampled = [made.sample(rng) for _ in range(3000)]
    assert not held_out & {pair.fr for pair in sampled}
    assert all(pair.fr[0].isupper() and pair.fr[-1] in ".!?" and pair.en[-1] in ".!?" for pair in sampled)


def test_special_tokens_lie_where_faster_whisper_expects_them() -> None:
    trained = tokenizer.train(["Bonsoir à toutes et à tous."], size=300)
    vocabulary = trained.get_vocab()
    ids = [vocabulary[token] for token in tokenizer.special_tokens()]
    assert ids == list(range(ids[0], ids[0] + len(ids)))
    assert vocabulary["<|30.00|>"] - vocabulary["<|notimestamps|>"] == 1501


@pytest.mark.usefixtures("espeak")
def test_words_are_spoken_in_order_and_their_times_are_audible() -> None:
    text = "Mes amis, nous défendons l'hôpital, et nous restons debout."
    utterance = utter(text, Manner("fr+f2"))
    assert [word.text for word in utterance.words] == text.split()
    assert all(first.start < first.end <= second.start for first, second in pairwise(utterance.words))
    for word in utterance.words:
        spoken = utterance.audio[round(word.start * SAMPLE_RATE) : round(word.end * SAMPLE_RATE)]
        assert np.abs(spoken).max() > 0.05
    comma = utterance.words[1]
    pause = utterance.audio[round(comma.end * SAMPLE_RATE) + 1 : round(utterance.words[2].start * SAMPLE_RATE)]
    assert np.abs(pause).max() <= 0.01, "what follows a word before a pause is silence"


@pytest.mark.usefixtures("espeak")
def test_windows_cut_from_one_take_share_its_words_out() -> None:
    made = windows(corpus.Corpus(), random.Random(3), 6, 4)
    for window in made:
        assert len(window.audio) == 6 * SAMPLE_RATE
        assert len(window.labels) == 6 * LABELS_A_SECOND
        words = seen(window.segments)
        assert all(0 <= word.start < word.end <= 6 for word in words)
        assert all(first.end <= second.start + 1e-6 for first, second in pairwise(words))
        assert (window.labels > 0).any() == bool(words)
    for window, following in pairwise(made):
        last = [word.text for word in seen(window.segments)][-2:]
        assert " ".join(last) in " ".join(following.previous)


@pytest.mark.usefixtures("espeak")
def test_a_batch_teaches_only_what_is_to_be_learnt(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason=f"torch is {RECIPE_EXTRA}")
    from models.recipe.batches import IGNORED, Lesson, Teacher
    from models.recipe.network import Whisper
    from models.recipe.tokenizer import Tokens
    from models.recipe.train_asr import make_tokenizer
    from models.recipe.windows import PHONE_CLASSES

    make_tokenizer(tmp_path / "tokenizer.json", lines=200)
    tokens = Tokens(tmp_path / "tokenizer.json")
    batch = Teacher(1, tokens).batch(Lesson(seconds=6, size=4, hard=0.5))
    assert batch.mel.shape == (4, 80, 600)
    assert batch.phones.shape == (4, 300)
    assert batch.tokens.shape == batch.targets.shape
    learnt = batch.targets != IGNORED
    moved = (batch.targets[:, :-1] == batch.tokens[:, 1:]) | (batch.targets[:, :-1] == tokens.no_speech)
    assert bool((moved | ~learnt[:, :-1]).all()), "a target is the token that follows"
    network = Whisper(tokens.size, PHONE_CLASSES)
    memory = network.encode(batch.mel.float())
    assert memory.shape == (4, 300, 256)
    assert network.decode(batch.tokens, memory).shape == (*batch.tokens.shape, tokens.size)


def test_the_demo_models_understand_the_rally_sentence_by_sentence() -> None:
    models = evaluate.Models(evaluate.DEMO)
    score = evaluate.score(models, load_sample(evaluate.ROOT / "samples" / "rally.mp4"), evaluate.alone)
    assert score.wer <= 3
    assert score.bleu >= 95
