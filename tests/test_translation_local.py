"""Local models: the demo model for real, and the NLLB and M2M-100 layouts with small random models made here."""

import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest
import sacrebleu
import sentencepiece
from ctranslate2.specs import TransformerSpec, common_spec

from models.recipe.corpus import Corpus
from pipeline import assets
from pipeline.errors import ModelError
from pipeline.translation.engine import Context, TranslationFailed
from pipeline.translation.local import LocalEngine, _opened, pair_in_name
from tests.translators import plainly

SAID = "Bonsoir à toutes et à tous."
LANGUAGES = ("fr", "en", "es")
NLLB = {"fr": "fra_Latn", "en": "eng_Latn", "es": "spa_Latn"}
M2M = {lang: f"__{lang}__" for lang in LANGUAGES}

Copy = Callable[[str], Path]


@pytest.fixture(scope="module")
def demo() -> LocalEngine:
    return LocalEngine(assets.demo_translator())


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """The demo model in a folder of another name."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(assets.demo_translator(), tmp_path / name))

    return copy


def test_the_demo_model_translates_as_its_figures_say(demo: LocalEngine) -> None:
    corpus, rng = Corpus(), random.Random(99)
    pairs = [corpus.composed(rng) for _ in range(60)]
    answers = [plainly(demo)(pair.fr, "fr", "en") or "" for pair in pairs]
    assert sacrebleu.corpus_bleu(answers, [[pair.en for pair in pairs]]).score > 98


def test_the_demo_model_serves_its_pair_only(demo: LocalEngine) -> None:
    assert demo.serves("fr", "en")
    assert not demo.serves("en", "fr")
    assert not demo.serves("fr", "es")
    with pytest.raises(TranslationFailed, match="from en to fr"):
        demo.translate("Good evening.", "en", "fr")


def test_a_text_that_the_decoder_loops_on_ends_soon(demo: LocalEngine) -> None:
    answer = demo.translate("zxq " * 12, "fr", "en")
    assert answer is None or len(answer.text) < 2000


def test_half_a_word_has_words_and_a_mark_has_none(demo: LocalEngine) -> None:
    """What is left of a sentence behind a gap: its line would be French for good."""
    for text in ("soin.", "ment.", "Hô."):
        answer = demo.translate(text, "fr", "en")
        assert answer
        assert any(map(str.isalnum, answer.text)), answer
    marks = demo.translate("?", "fr", "en")
    assert marks
    assert not any(map(str.isalnum, marks.text)), marks


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("opus-mt-fr-en", ("fr", "en")),
        ("opus-mt-en-es", ("en", "es")),
        ("opus-mt-tc-big-fr-en-int8", ("fr", "en")),
        ("nmt-demo-fr-en", ("fr", "en")),
        ("translate_fr_en", ("fr", "en")),
    ],
)
def test_the_folder_names_the_pair(name: str, pair: tuple[str, str]) -> None:
    assert pair_in_name(Path("models") / name) == pair


def test_a_folder_that_names_no_pair_says_how_to_rename_it(copy: Copy) -> None:
    with pytest.raises(ModelError, match="rename it to something like opus-mt-fr-en"):
        LocalEngine(copy("my-model"))


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "source.spm", "target.spm", "shared_vocabulary.json"])
def test_an_incomplete_folder_is_refused_in_one_line(copy: Copy, missing: str) -> None:
    folder = copy("opus-mt-fr-en")
    (folder / missing).unlink()
    with pytest.raises(ModelError, match=r"opus-mt-fr-en.*; (copy|check)") as caught:
        LocalEngine(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damaged", ["model.bin", "config.json", "source.spm"])
def test_a_damaged_file_is_refused_in_one_line(copy: Copy, damaged: str) -> None:
    folder = copy("opus-mt-fr-en")
    (folder / damaged).write_bytes(b"oh")
    with pytest.raises(ModelError, match="copy") as caught:
        LocalEngine(folder)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="check the path"):
        LocalEngine(tmp_path / "opus-mt-fr-en")


def test_the_end_token_is_added_once(tmp_path: Path) -> None:
    """A model whose configuration makes CTranslate2 add `</s>` must answer as one for which we add it."""
    folder = tiny_model(tmp_path / "many", M2M.values())
    ours = LocalEngine(folder).translate(SAID, "fr", "en")
    config = json.loads((folder / "config.json").read_text())
    assert config["add_source_eos"] is False
    (folder / "config.json").write_text(json.dumps({**config, "add_source_eos": True}))
    assert LocalEngine(folder).translate(SAID, "fr", "en") == ours


@pytest.mark.parametrize("tokens", [NLLB, M2M], ids=["nllb", "m2m100"])
def test_multilingual_layouts_get_their_language_tokens(tmp_path: Path, tokens: dict[str, str]) -> None:
    folder = tiny_model(tmp_path / "many", tokens.values())
    engine = LocalEngine(folder)
    assert engine.serves("fr", "en")
    assert engine.serves("en", "es")
    assert not engine.serves("fr", "de")
    assert not engine.serves("fr", "fr")

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.bpe.model"))
    said = pieces.encode(SAID, out_type=str)
    model = ctranslate2.Translator(str(folder), compute_type="auto")

    def directly(source: list[str], first: str) -> str:
        [result] = model.translate_batch(
            [source], target_prefix=[[first]], beam_size=4, max_decoding_length=3 * len(said) + 16, disable_unk=True
        )
        assert result.hypotheses[0][0] == first
        return str(pieces.decode(result.hypotheses[0][1:]))

    right = directly([tokens["fr"], *said, "</s>"], tokens["en"])
    assert plainly(engine)(SAID, "fr", "en") == right
    # The small model tells these apart, so the line above shows each token in its place.
    assert right not in {
        directly([*said, "</s>"], tokens["en"]),
        directly([tokens["fr"], *said], tokens["en"]),
        directly([*said, "</s>", tokens["fr"]], tokens["en"]),
        directly([tokens["es"], *said, "</s>"], tokens["en"]),
        directly([tokens["fr"], *said, "</s>"], tokens["es"]),
    }


def test_a_multilingual_folder_without_language_tokens_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no language tokens"):
        LocalEngine(tiny_model(tmp_path / "many", []))


def tiny_model(folder: Path, tokens: Any) -> Path:
    """A random model of one layer whose vocabulary holds `tokens`, with sentencepiece pieces of the demo corpus."""
    folder.mkdir()
    text = "\n".join(part for pair in Corpus().trained[:300] for part in pair)
    (folder / "text").write_text(text, "utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "text"),
        model_prefix=str(folder / "sentencepiece.bpe"),
        vocab_size=200,
        model_type="bpe",
        minloglevel=2,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.bpe.model"))
    vocabulary = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary += [piece for piece in map(pieces.id_to_piece, range(len(pieces))) if piece not in vocabulary]
    vocabulary += tokens

    spec = TransformerSpec.from_config(1, 2, pre_norm=True, activation=common_spec.Activation.RELU)
    _fill(spec, len(vocabulary), np.random.default_rng(5))
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.decoder_start_token = "</s>"
    spec.validate()
    spec.optimize()
    spec.save(str(folder))
    return folder


def _fill(spec: Any, words: int, rng: np.random.Generator) -> None:
    """Random weights, 16 wide, large enough that every token of the source matters."""
    width = 16

    def linear(layer: Any, outputs: int, inputs: int = width) -> None:
        layer.weight = rng.normal(0, 1, (outputs, inputs)).astype(np.float32)
        layer.bias = np.zeros(outputs, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    linear(spec.decoder.projection, words)
    for side, embeddings in ((spec.encoder, spec.encoder.embeddings[0]), (spec.decoder, spec.decoder.embeddings)):
        embeddings.weight = rng.normal(0, 1, (words, width)).astype(np.float32)
        side.position_encodings.encodings = rng.normal(0, 1, (300, width)).astype(np.float32)
        norm(side.layer_norm)
        for layer in side.layer:
            linear(layer.ffn.linear_0, 32)
            linear(layer.ffn.linear_1, width, 32)
            linear(layer.self_attention.linear[0], 3 * width)
            linear(layer.self_attention.linear[1], width)
            norm(layer.ffn.layer_norm)
            norm(layer.self_attention.layer_norm)
    [layer] = spec.decoder.layer
    norm(layer.attention.layer_norm)
    for part, outputs in zip(layer.attention.linear, (width, 2 * width, width), strict=True):
        linear(part, outputs)


def by_clauses(demo: LocalEngine, sentence: str) -> list[str]:
    """What is shown of a sentence, clause by clause."""
    *before, last = re.split(r"(?<=,) ", sentence)
    shown: tuple[tuple[str, str], ...] = ()
    for clause in before:
        shown = (*shown, (clause, plainly(demo)(clause, "fr", "en", Context(clauses=shown, more=True)) or ""))
    return [*(answer for _, answer in shown), plainly(demo)(last, "fr", "en", Context(clauses=shown)) or ""]


def test_a_clause_goes_on_with_what_was_shown(demo: LocalEngine) -> None:
    said = "Nous défendons nos bureaux de poste, et nous restons debout."
    assert by_clauses(demo, said) == ["We defend our post offices,", "and we remain standing."]
    assert (
        by_clauses(demo, "Au premier rang, les filles de cette génération vivront en paix.")[0] == "In the front row,"
    )


def test_by_clauses_the_translation_is_nearly_as_good(demo: LocalEngine) -> None:
    corpus, rng = Corpus(), random.Random(11)
    pairs = [pair for pair in (corpus.composed(rng) for _ in range(400)) if ", " in pair.fr]
    answers = [" ".join(by_clauses(demo, pair.fr)) for pair in pairs]
    assert sacrebleu.corpus_bleu(answers, [[pair.en for pair in pairs]]).score >= 0.9 * 99


@pytest.mark.parametrize(
    ("said", "answer", "shown"),
    [
        ("Au premier rang,", "In the front row, pool.", "In the front row,"),
        ("À Paris nous avons marché des heures,", "In Paris, we marched for hours.", "In Paris, we marched for hours"),
        ("à 10 h 30 nous marchons,", "at 10:30 we march.", "at 10:30 we march"),
        ("Il y avait 1000 personnes,", "There were 1,000 people.", "There were 1,000 people"),
    ],
)
def test_of_a_clause_only_an_end_that_was_made_up_is_left_out(said: str, answer: str, shown: str) -> None:
    assert _opened(said, answer) == shown
