"""A recogniser of Whisper small's size with random weights: it costs what that costs, and always hears one word."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import whisper_spec
from numpy.typing import NDArray

from pipeline import assets

LAYERS, HEADS, WIDTH, WORDS = 12, 12, 768, 51_865
_FRAMES, _TOKENS, _BANDS = 1500, 448, 80
SAYS = " maison"

_random = np.random.default_rng(8)


def write(folder: Path) -> None:
    """Its folder, in int8, with the demo's tokenizer."""
    demo = assets.demo_recogniser()
    words: list[str] = json.loads((demo / "vocabulary.json").read_text("utf-8"))
    known = json.loads((demo / "config.json").read_text("utf-8"))
    spec = whisper_spec.WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    _convolution(spec.encoder.conv1, _BANDS)
    _convolution(spec.encoder.conv2, WIDTH)
    spec.encoder.position_encodings.encodings = _weights(_FRAMES, WIDTH)
    spec.decoder.position_encodings.encodings = _weights(_TOKENS, WIDTH)
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = _weights(WORDS, WIDTH)
    spec.decoder.projection.bias = _bias(words)
    for side in (spec.encoder, spec.decoder):
        _norm(side.layer_norm)
        for layer in side.layer:
            _layer(layer)
    spec.register_vocabulary([*words, *(f"<unused{n}>" for n in range(WORDS - len(words)))])
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], [words.index("<|endoftext|>")]
    spec.config.lang_ids = known["lang_ids"]
    spec.config.alignment_heads = [[LAYERS - 1, head] for head in range(HEADS)]
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir()
    spec.save(str(folder))
    for name in ("tokenizer.json", "preprocessor_config.json"):
        shutil.copyfile(demo / name, folder / name)


def _bias(words: list[str]) -> NDArray[np.float32]:
    """The word is the likeliest, but that the text is over, which it cannot be at its beginning."""
    bias = np.zeros(WORDS, np.float32)
    bias[words.index("<|endoftext|>")], bias[words.index(SAYS.replace(" ", "Ġ"))] = 2000.0, 1000.0
    return bias


def _layer(layer: Any) -> None:
    _attention(layer.self_attention, (3 * WIDTH, WIDTH))
    if hasattr(layer, "attention"):
        _attention(layer.attention, (WIDTH, 2 * WIDTH, WIDTH))
    _norm(layer.ffn.layer_norm)
    _linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
    _linear(layer.ffn.linear_1, WIDTH, 4 * WIDTH)


def _attention(attention: Any, sizes: tuple[int, ...]) -> None:
    _norm(attention.layer_norm)
    for linear, size in zip(attention.linear, sizes, strict=True):
        _linear(linear, size, WIDTH)


def _linear(linear: Any, outputs: int, inputs: int) -> None:
    linear.weight, linear.bias = _weights(outputs, inputs), np.zeros(outputs, np.float32)


def _norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _convolution(convolution: Any, inputs: int) -> None:
    convolution.weight, convolution.bias = _weights(WIDTH, inputs, 3), np.zeros(WIDTH, np.float32)


def _weights(*shape: int) -> NDArray[np.float32]:
    return _random.standard_normal(shape, np.float32) * np.float32(0.02)
