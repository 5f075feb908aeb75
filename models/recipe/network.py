"""Whisper's architecture, small: an encoder over log-mel frames, a decoder over text; tensors are batch first."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS = 256, 4
ENCODER_LAYERS, DECODER_LAYERS, TRANSLATOR_LAYERS = 4, 2, 2
_MEL_BANDS, _AUDIO_FRAMES, _TEXT_TOKENS = 80, 1500, 448


class Attention(nn.Module):
    """Whisper's keys have no bias; the translator's have."""

    def __init__(self, width: int, *, key_bias: bool) -> None:
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=key_bias)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None = None, causal: bool = False) -> Tensor:
        mixed = functional.scaled_dot_product_attention(
            self._split(self.query(x)),
            self._split(self.key(memory)),
            self._split(self.value(memory)),
            attn_mask=mask,
            is_causal=causal,
        )
        return self.out(mixed.transpose(1, 2).reshape(x.shape))

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], -1, HEADS, x.shape[2] // HEADS).transpose(1, 2)


class Block(nn.Module):
    """Self-attention, cross-attention in decoders, feed-forward, each behind its norm; Whisper's by default."""

    def __init__(
        self, width: int, *, decoder: bool, key_bias: bool = False, relu: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.decoder, self.dropout = decoder, dropout
        self.activation = functional.relu if relu else functional.gelu
        self.self_norm = nn.LayerNorm(width)
        self.self_attention = Attention(width, key_bias=key_bias)
        if decoder:
            self.cross_norm = nn.LayerNorm(width)
            self.cross_attention = Attention(width, key_bias=key_bias)
        self.feed_norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """`mask` is over the source: over x itself in an encoder, over the memory in a decoder."""
        normed = self.self_norm(x)
        own_mask = None if self.decoder else mask
        x = x + self._drop(self.self_attention(normed, normed, own_mask, causal=self.decoder))
        if self.decoder:
            x = x + self._drop(self.cross_attention(self.cross_norm(x), memory, mask))
        return x + self._drop(self.narrow(self.activation(self.widen(self.feed_norm(x)))))

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


def sinusoids(length: int, width: int) -> Tensor:
    inverse = torch.exp(-math.log(10000) / (width // 2 - 1) * torch.arange(width // 2))
    angles = torch.arange(length)[:, None] * inverse
    return torch.cat([angles.sin(), angles.cos()], 1)


class Whisper(nn.Module):
    """6.4 million weights with a vocabulary of 3100; `phones` reads phone classes off the encoder's frames.

    That head is used in training alone: it is what makes so small a network converge in hours.
    """

    def __init__(
        self, vocabulary: int, phone_classes: int, width: int = 256, encoder: int = 4, decoder: int = 2
    ) -> None:
        super().__init__()
        self.first = nn.Conv1d(_MEL_BANDS, width, 3, padding=1)
        self.second = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.register_buffer("audio_positions", sinusoids(_AUDIO_FRAMES, width))
        self.encoder = nn.ModuleList(Block(width, decoder=False) for _ in range(ENCODER_LAYERS))
        self.encoder_norm = nn.LayerNorm(width)
        self.embedding = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.text_positions = nn.Parameter(torch.randn(_TEXT_TOKENS, width) * 0.01)
        self.decoder = nn.ModuleList(Block(width, decoder=True) for _ in range(DECODER_LAYERS))
        self.decoder_norm = nn.LayerNorm(width)
        self.phones = nn.Linear(width, phone_classes)

    def encode(self, mel: Tensor) -> Tensor:
        """[batch, 80, frames] to [batch, frames / 2, width]."""
        x = functional.gelu(self.second(functional.gelu(self.first(mel)))).transpose(1, 2)
        x = x + self.audio_positions[: x.shape[1]]
        for block in self.encoder:
            x = block(x)
        return self.encoder_norm(x)

    def decode(self, tokens: Tensor, memory: Tensor) -> Tensor:
        """[batch, tokens] to [batch, tokens, vocabulary]."""
        x = self.embedding(tokens) + self.text_positions[: tokens.shape[1]]
        for block in self.decoder:
            x = block(x, memory)
        return self.decoder_norm(x) @ self.embedding.weight.T


class Translator(nn.Module):
    """A Transformer with 2 + 2 layers and one vocabulary for both languages; 5 million weights."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        width = WIDTH
        self.embedding = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        self.register_buffer("positions", sinusoids(512, width))
        self.encoder = nn.ModuleList(_translator_block(decoder=False) for _ in range(TRANSLATOR_LAYERS))
        self.encoder_norm = nn.LayerNorm(width)
        self.decoder = nn.ModuleList(_translator_block(decoder=True) for _ in range(TRANSLATOR_LAYERS))
        self.decoder_norm = nn.LayerNorm(width)

    def encode(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """`mask` is true where a source token is, [batch, 1, 1, tokens]."""
        x = self._embedded(tokens)
        for block in self.encoder:
            x = block(x, mask=mask)
        return self.encoder_norm(x)

    def decode(self, tokens: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        x = self._embedded(tokens)
        for block in self.decoder:
            x = block(x, memory, mask)
        return self.decoder_norm(x) @ self.embedding.weight.T

    def _embedded(self, tokens: Tensor) -> Tensor:
        return self.embedding(tokens) * WIDTH**0.5 + self.positions[: tokens.shape[1]]


def _translator_block(*, decoder: bool) -> Block:
    return Block(WIDTH, decoder=decoder, key_bias=True, relu=True, dropout=0.1)


def weights(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
