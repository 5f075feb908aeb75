"""Training batches for the recogniser, made by a process of their own while the network learns."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.multiprocessing
from numpy.typing import NDArray
from torch import Tensor

from models.recipe.corpus import Corpus
from models.recipe.noise import noise
from models.recipe.tokenizer import Tokens
from models.recipe.utterance import SAMPLE_RATE
from models.recipe.windows import LABELS_A_SECOND, Window, windows

HOP = 160
"""Samples between two mel frames."""

PROCESSES = torch.multiprocessing.get_context("spawn")

IGNORED = -100
"""A target that costs nothing."""

_NOISE_ONLY, _WITHOUT_TIMES, _WITH_PREVIOUS, _ZEROED = 0.03, 0.5, 0.4, 0.7


class Lesson(NamedTuple):
    """What to practise now: window length in seconds, windows a batch, probability of spoilt audio."""

    seconds: float
    size: int
    hard: float


class Batch(NamedTuple):
    mel: Tensor
    """[size, 80, 100 * seconds], half precision"""
    tokens: Tensor
    targets: Tensor
    """The tokens moved by one, IGNORED where nothing is to be learnt"""
    phones: Tensor
    """[size, 50 * seconds], phone classes"""
    lesson: Lesson


class Blackboard:
    """The lesson of the hour, shared between the processes."""

    def __init__(self, lesson: Lesson) -> None:
        self._seconds = PROCESSES.Value("d", lesson.seconds)
        self._size = PROCESSES.Value("i", lesson.size)
        self._hard = PROCESSES.Value("d", lesson.hard)

    def write(self, lesson: Lesson) -> None:
        self._seconds.value, self._size.value, self._hard.value = lesson

    def read(self) -> Lesson:
        return Lesson(self._seconds.value, self._size.value, self._hard.value)


class Teacher:
    """Makes batches; deterministic for a seed."""

    def __init__(self, seed: int, tokens: Tokens) -> None:
        from faster_whisper.feature_extractor import FeatureExtractor

        self._rng = random.Random(seed)
        self._tokens = tokens
        self._corpus = Corpus()
        self._filters = torch.tensor(FeatureExtractor().mel_filters)
        self._hann = torch.hann_window(400)

    def batch(self, lesson: Lesson) -> Batch:
        cut = [self._window(window, lesson) for window in self._windows(lesson)]
        length = int(lesson.seconds * SAMPLE_RATE)
        audio = np.zeros((lesson.size, length), np.float32)
        phones = np.zeros((lesson.size, int(lesson.seconds * LABELS_A_SECOND)), np.int64)
        for row, window in enumerate(cut):
            heard = window.audio[:length]
            audio[row, : len(heard)] = heard
            phones[row, : len(window.labels)] = window.labels
            phones[row, int(len(window.audio) / SAMPLE_RATE * LABELS_A_SECOND) :] = 0
        mel = self._log_mel(torch.from_numpy(audio))
        for row, window in enumerate(cut):
            frames = min(length, len(window.audio)) // HOP
            if frames < mel.shape[2] and self._rng.random() < _ZEROED:
                mel[row, :, frames:] = 0  # faster-whisper pads the features, not the audio, with zeros
        tokens, targets = self._sequences(cut, lesson)
        return Batch(mel.half(), torch.from_numpy(tokens), torch.from_numpy(targets), torch.from_numpy(phones), lesson)

    def _windows(self, lesson: Lesson) -> list[Window]:
        together = max(1, int(60 // lesson.seconds))
        made: list[Window] = []
        while len(made) < lesson.size:
            count = min(together, lesson.size - len(made))
            whole = lesson.seconds < 5
            made += windows(self._corpus, self._rng, lesson.seconds, count, whole=whole, hard=lesson.hard)
        return made

    def _window(self, window: Window, lesson: Lesson) -> Window:
        """The window, or now and then one with nothing but noise."""
        if self._rng.random() >= _NOISE_ONLY:
            return window
        kind = self._rng.choice(["white", "pink", "crowd"])
        audio = noise(int(lesson.seconds * SAMPLE_RATE), self._rng, kind) * 10 ** self._rng.uniform(-4, -1)
        return Window(audio.astype(np.float32), (), (), window.labels * 0)

    def _sequences(self, cut: Sequence[Window], lesson: Lesson) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        sequences = [self._sequence(window, lesson) for window in cut]
        longest = max(len(sequence) for sequence, _ in sequences) - 1
        tokens = np.full((len(cut), longest), self._tokens.end, np.int64)
        targets = np.full((len(cut), longest), IGNORED, np.int64)
        for row, (sequence, prompt) in enumerate(sequences):
            tokens[row, : len(sequence) - 1] = sequence[:-1]
            targets[row, : len(sequence) - 1] = sequence[1:]
            # the prompt and the task are given; only the place of the language is learnt: French, or silence
            targets[row, : prompt + 2] = IGNORED
            spoken = len(sequence) - prompt > 5
            targets[row, prompt] = self._tokens.french if spoken else self._tokens.no_speech
        return tokens, targets

    def _sequence(self, window: Window, lesson: Lesson) -> tuple[list[int], int]:
        """(the tokens to write for a window, how many of them are the text before it)."""
        t = self._tokens
        task = [t.start, t.french, t.transcribe]
        prompt: list[int] = []
        if window.previous and lesson.seconds > 5 and self._rng.random() < _WITH_PREVIOUS:
            before = window.previous[-self._rng.randint(3, 20) :]
            prompt = [t.previous, *t.text(" ".join(before))]
        return [*prompt, *task, *self._body(window), t.end], len(prompt)

    def _body(self, window: Window) -> list[int]:
        t = self._tokens
        texts = [" ".join(word.text for word in words) for words in window.segments]
        if not texts:
            return [t.no_timestamps]
        if self._rng.random() < _WITHOUT_TIMES:
            return [t.no_timestamps, *t.text(" ".join(texts))]
        body: list[int] = []
        for text, words in zip(texts, window.segments, strict=True):
            body += [t.timestamp(words[0].start), *t.text(text), t.timestamp(words[-1].end)]
        return body

    def _log_mel(self, audio: Tensor) -> Tensor:
        """Whisper's features: [size, samples] to [size, 80, samples / 160]."""
        spectrum = torch.stft(audio, 400, HOP, window=self._hann, return_complex=True)[..., :-1].abs() ** 2
        bands = torch.clamp(self._filters @ spectrum, min=1e-10).log10()
        return (torch.maximum(bands, bands.amax((1, 2), keepdim=True) - 8.0) + 4) / 4


def teach(seed: int, tokenizer: Path, board: Blackboard, queue: "torch.multiprocessing.Queue[Batch]") -> None:
    """The process that fills `queue` with what the board asks for, for ever."""
    torch.set_num_threads(1)
    teacher = Teacher(seed, Tokens(tokenizer))
    while True:
        queue.put(teacher.batch(board.read()))
