"""A small byte-level BPE with Whisper's special tokens, of which only `<|fr|><|transcribe|>` is trained."""

from collections.abc import Iterable
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

LANGUAGES = ("en", "fr", "es", "de", "it", "pt")
_TASKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")
_TIMESTAMPS = 1501
"""0 to 30 s in steps of 0.02 s."""


def special_tokens() -> list[str]:
    """In Whisper's order, which faster-whisper relies on: timestamps come last and together."""
    names = ["endoftext", "startoftranscript", *LANGUAGES, *_TASKS]
    times = [f"{number * 0.02:.2f}" for number in range(_TIMESTAMPS)]
    return [f"<|{name}|>" for name in (*names, *times)]


def train(lines: Iterable[str], size: int = 1600) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special_tokens()])
    return tokenizer


class Tokens:
    """A trained tokenizer with the ids that training needs."""

    def __init__(self, path: Path) -> None:
        self.tokenizer = tokenizers.Tokenizer.from_file(str(path))
        self.start = self.id("startoftranscript")
        self.end = self.id("endoftext")
        self.french = self.id("fr")
        self.transcribe = self.id("transcribe")
        self.no_timestamps = self.id("notimestamps")
        self.previous = self.id("startofprev")
        self.no_speech = self.id("nospeech")

    @property
    def size(self) -> int:
        """With one slot more, for the empty token."""
        return int(self.tokenizer.get_vocab_size()) + 1

    def id(self, name: str) -> int:
        found = self.tokenizer.token_to_id(f"<|{name}|>")
        assert found is not None, name
        return int(found)

    def text(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(" " + text, add_special_tokens=False).ids)

    def timestamp(self, seconds: float) -> int:
        return self.no_timestamps + 1 + min(_TIMESTAMPS - 1, max(0, round(seconds / 0.02)))

    def vocabulary(self) -> list[str]:
        by_id = {number: token for token, number in self.tokenizer.get_vocab().items()}
        return [by_id[number] for number in range(len(by_id))] + [""]
