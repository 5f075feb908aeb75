"""Writes the trained networks as CTranslate2 folders, int8: `python -m models.recipe.export WORK OUT`."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
import torch
from ctranslate2.specs import common_spec, transformer_spec, whisper_spec
from numpy.typing import NDArray
from torch import Tensor, nn

from models.recipe.network import (
    DECODER_LAYERS,
    ENCODER_LAYERS,
    HEADS,
    TRANSLATOR_LAYERS,
    Attention,
    Block,
    Translator,
    Whisper,
)
from models.recipe.tokenizer import LANGUAGES, Tokens
from models.recipe.train_nmt import PAD
from models.recipe.windows import PHONE_CLASSES

Spec = Any
"""CTranslate2's specs have no types."""


def export_asr(work: Path, folder: Path) -> None:
    """A folder that faster-whisper loads."""
    tokens = Tokens(work / "tokenizer.json")
    network = Whisper(tokens.size, PHONE_CLASSES)
    network.load_state_dict(torch.load(work / "asr.pt")["network"])
    spec = whisper_spec.WhisperSpec(ENCODER_LAYERS, HEADS, DECODER_LAYERS, HEADS)
    _convolution(spec.encoder.conv1, network.first)
    _convolution(spec.encoder.conv2, network.second)
    spec.encoder.position_encodings.encodings = _array(network.audio_positions)
    spec.decoder.position_encodings.encodings = _array(network.text_positions)
    spec.decoder.embeddings.weight = _array(network.embedding.weight)
    _body(spec, network)
    spec.register_vocabulary(tokens.vocabulary())
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.lang_ids = [tokens.id(language) for language in LANGUAGES]
    spec.config.alignment_heads = [[DECODER_LAYERS - 1, head] for head in range(HEADS)]
    _save(spec, folder)
    tokens.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    features = {"feature_size": 80, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features), "utf-8")


def export_nmt(work: Path, folder: Path) -> None:
    """A folder in the layout of converted OPUS-MT models."""
    pieces = sentencepiece.SentencePieceProcessor(str(work / "source.spm"))
    vocabulary = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    network = Translator(len(vocabulary))
    network.load_state_dict(torch.load(work / "nmt.pt"))
    spec = transformer_spec.TransformerSpec.from_config(
        (TRANSLATOR_LAYERS, TRANSLATOR_LAYERS), HEADS, pre_norm=True, activation=common_spec.Activation.RELU
    )
    for side, embeddings in (
        (spec.encoder, spec.encoder.embeddings[0]),
        (spec.decoder, spec.decoder.embeddings),
    ):
        embeddings.weight = _array(network.embedding.weight)
        side.scale_embeddings = True
        side.position_encodings.encodings = _array(network.positions)
    _body(spec, network)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.decoder_start_token = vocabulary[PAD]
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = "<s>", "</s>", "<unk>"
    spec.config.add_source_eos = False
    _save(spec, folder)
    for name in ("source.spm", "target.spm"):
        shutil.copyfile(work / name, folder / name)


def _body(spec: Spec, network: Whisper | Translator) -> None:
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
    _norm(spec.encoder.layer_norm, network.encoder_norm)
    _norm(spec.decoder.layer_norm, network.decoder_norm)
    for layer, block in zip(spec.encoder.layer, network.encoder, strict=True):
        _block(layer, block)
    for layer, block in zip(spec.decoder.layer, network.decoder, strict=True):
        _block(layer, block)


def _block(spec: Spec, block: Block) -> None:
    own, cross = block.self_attention, getattr(block, "cross_attention", None)
    _norm(spec.self_attention.layer_norm, block.self_norm)
    _linear(spec.self_attention.linear[0], own.query, own.key, own.value)
    _linear(spec.self_attention.linear[1], own.out)
    if cross:
        _norm(spec.attention.layer_norm, block.cross_norm)
        _cross(spec.attention, cross)
    _norm(spec.ffn.layer_norm, block.feed_norm)
    _linear(spec.ffn.linear_0, block.widen)
    _linear(spec.ffn.linear_1, block.narrow)


def _cross(spec: Spec, attention: Attention) -> None:
    _linear(spec.linear[0], attention.query)
    _linear(spec.linear[1], attention.key, attention.value)
    _linear(spec.linear[2], attention.out)


def _linear(spec: Spec, *layers: nn.Linear) -> None:
    """Several layers side by side, as CTranslate2 fuses them; a missing bias is zero beside others."""
    spec.weight = np.concatenate([_array(layer.weight) for layer in layers])
    zeros = [np.zeros(layer.weight.shape[0], np.float32) for layer in layers]
    biases = [zero if layer.bias is None else _array(layer.bias) for layer, zero in zip(layers, zeros, strict=True)]
    if any(layer.bias is not None for layer in layers):
        spec.bias = np.concatenate(biases)


def _norm(spec: Spec, norm: nn.LayerNorm) -> None:
    spec.gamma, spec.beta = _array(norm.weight), _array(norm.bias)


def _convolution(spec: Spec, convolution: nn.Conv1d) -> None:
    spec.weight, spec.bias = _array(convolution.weight), _array(convolution.bias)


def _array(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.detach().float().numpy()
    return array


def _save(spec: Spec, folder: Path) -> None:
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def main(work: Path, out: Path) -> None:
    export_asr(work, out / "whisper-demo-fr")
    export_nmt(work, out / "nmt-demo-fr-en")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
