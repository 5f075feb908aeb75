"""What the demo models are measured on: a sample with its reference, or a new take."""

import json
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from models.recipe.corpus import Corpus, Pair
from models.recipe.noise import degraded
from models.recipe.utterance import SAMPLE_RATE, Audio, TimedWord
from models.recipe.windows import take


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was really said, and what it means."""

    words: tuple[TimedWord, ...]
    en: str

    @property
    def fr(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return self.words[-1].end


@dataclass(frozen=True, slots=True)
class Clip:
    """Audio at 16 kHz with its reference."""

    name: str
    audio: Audio
    sentences: tuple[Sentence, ...]

    @property
    def seconds(self) -> float:
        return len(self.audio) / SAMPLE_RATE


def load_sample(path: Path) -> Clip:
    """A sample with its references."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(path)]
    output = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-"]
    pcm = subprocess.run([*command, *output], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
    audio = (np.frombuffer(pcm, "<i2") / 32768).astype(np.float32)
    words = json.loads(path.with_suffix(".words.json").read_text("utf-8"))
    blocks = path.with_suffix(".en.srt").read_text("utf-8").strip().split("\n\n")
    sentences = [
        Sentence(
            tuple(TimedWord(w["text"], w["start"], w["end"]) for w in words if w["sentence"] == number),
            " ".join(block.split("\n")[2:]),
        )
        for number, block in enumerate(blocks, 1)
    ]
    return Clip(path.name, audio, tuple(sentences))


def fresh_take(seed: int) -> Clip:
    """A minute of composed sentences that no training saw."""
    rng = random.Random(seed)
    made = take(_Composed(Corpus()), rng, 60)
    sentences = tuple(Sentence(words, pair.en) for pair, words in made.sentences)
    return Clip(f"take {seed}", degraded(made.audio, rng), sentences)


class _Composed:
    """The corpus' combinations alone."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def sample(self, rng: random.Random) -> Pair:
        return self._corpus.composed(rng)
