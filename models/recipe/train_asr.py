"""Trains the recogniser: `python -m models.recipe.train_asr WORK [SECONDS]`; about three hours on two cores.

The windows grow from 3 to 30 s; a last stage mixes all lengths, so that the model bears short windows. Continues from
WORK/asr.pt if it is there. With jemalloc preloaded (MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1,thp:always) a
step takes 1.4 times less.
"""

import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.multiprocessing
from torch.nn import functional

from models.recipe.batches import IGNORED, PROCESSES, Batch, Blackboard, Lesson, teach
from models.recipe.corpus import Corpus
from models.recipe.network import Whisper, weights
from models.recipe.tokenizer import Tokens, train
from models.recipe.windows import PHONE_CLASSES

TRAINING_SECONDS, MIXING_SECONDS = 10_800.0, 540.0

_GROWING = ((0.05, 3, 48), (0.40, 6, 32), (0.51, 12, 16), (1.01, 30, 7))
"""Until this part of the time: window seconds, windows a batch."""
_MIXED = ((4, 48), (6, 32), (9, 21), (13, 15), (20, 10), (30, 7), (30, 7))
_RATE, _MIXING_RATE, _WARM_UP_STEPS = 1.5e-3, 2e-4, 200
_SAVED_EVERY = 200

Plan = Callable[[float], Lesson]
"""The lesson when such a part of the time has passed, 0 to 1."""


def growing(part: float) -> Lesson:
    seconds, size = next((seconds, size) for until, seconds, size in _GROWING if part <= until)
    return Lesson(seconds, size, hard=max(0.0, min(0.8, (part - 0.05) * 2)))


def mixed(part: float) -> Lesson:
    seconds, size = random.choice(_MIXED)
    return Lesson(seconds, size, hard=0.8)


def growing_rate(part: float, step: int) -> float:
    return _RATE * min(1, (step + 1) / _WARM_UP_STEPS) * (_cosine(part) * 0.98 + 0.02)


def mixing_rate(part: float, step: int) -> float:
    return _MIXING_RATE * min(1, part * 20) * _cosine(part) + 2e-6


def _cosine(part: float) -> float:
    """From 1 to 0."""
    return 0.5 * (1 + math.cos(math.pi * min(1, part)))


def make_tokenizer(path: Path, lines: int = 20_000) -> None:
    """From so many samples of the corpus, and its sentences thrice."""
    corpus, rng = Corpus(), random.Random(1)
    composed = [" " + corpus.sample(rng).fr for _ in range(lines)]
    train(composed + [" " + pair.fr for pair in corpus.trained] * 3).save(str(path))


class Training:
    """The network, its optimiser and how far it is; `asr.pt` in the work folder is the same on disk."""

    def __init__(self, work: Path) -> None:
        tokens = Tokens(work / "tokenizer.json")
        self.network = Whisper(tokens.size, PHONE_CLASSES)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=_RATE, betas=(0.9, 0.98), weight_decay=0.05)
        self.step, self.seconds = 0, 0.0
        self._path = work / "asr.pt"
        if self._path.exists():
            saved = torch.load(self._path)
            self.network.load_state_dict(saved["network"])
            self.optimiser.load_state_dict(saved["optimiser"])
            self.step, self.seconds = saved["step"], saved["seconds"]

    def save(self) -> None:
        state = {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict()}
        part = self._path.with_suffix(".part")
        torch.save({**state, "step": self.step, "seconds": self.seconds}, part)
        part.replace(self._path)

    def learn(self, batch: Batch, rate: float, phone_weight: float) -> tuple[float, float]:
        """One step; (loss, part of the tokens guessed right)."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        mel = batch.mel.float()
        if random.random() < 0.5:  # SpecAugment, light
            band = random.randrange(60)
            mel[:, band : band + random.randrange(1, 14)] = mel.mean()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            memory = self.network.encode(mel)
            logits = self.network.decode(batch.tokens, memory)
            phones = self.network.phones(memory)
        loss = functional.cross_entropy(
            logits.float().flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORED, label_smoothing=0.05
        )
        phone_loss = functional.cross_entropy(phones.float().flatten(0, 1), batch.phones.flatten())
        (loss + phone_weight * phone_loss).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        counted = batch.targets >= 0
        right = ((logits.argmax(-1) == batch.targets) & counted).sum() / counted.sum()
        return loss.item(), right.item()


def train_growing(work: Path, seconds: float = TRAINING_SECONDS) -> None:
    """The main course; a run that was broken off goes on where it last saved."""
    training = Training(work)
    began = training.seconds
    _run(work, training, growing, growing_rate, began=began, seconds=seconds)


def train_mixed(work: Path, seconds: float = MIXING_SECONDS) -> None:
    """The last stage, with windows of every length."""
    training = Training(work)
    training.seconds = 0.0
    _run(work, training, mixed, mixing_rate, began=0.0, seconds=seconds)


def _run(
    work: Path,
    training: Training,
    plan: Plan,
    rate: Callable[[float, int], float],
    *,
    began: float,
    seconds: float,
) -> None:
    board = Blackboard(plan(began / seconds))
    start = time.monotonic() - began
    print(f"{weights(training.network) / 1e6:.1f} million weights")
    with _batches(work / "tokenizer.json", training.step, board) as next_batch:
        while (part := (time.monotonic() - start) / seconds) < 1:
            board.write(plan(part))
            batch = next_batch()
            loss, right = training.learn(batch, rate(part, training.step), 1.0 if part < 0.35 else 0.3)
            training.seconds = part * seconds
            if training.step % 20 == 0:
                window = batch.lesson.seconds
                print(
                    f"{part:4.0%} step {training.step} window {window} s loss {loss:.3f} right {right:.3f}", flush=True
                )
            if training.step % _SAVED_EVERY == 0:
                training.save()
    training.save()


@contextmanager
def _batches(tokenizer: Path, seed: int, board: Blackboard) -> Iterator[Callable[[], Batch]]:
    queue = PROCESSES.Queue(6)
    teacher = PROCESSES.Process(target=teach, args=(seed, tokenizer, board, queue), daemon=True)
    teacher.start()
    try:
        yield queue.get
    finally:
        teacher.terminate()
        teacher.join()


def main(work: Path, seconds: float = TRAINING_SECONDS) -> None:
    torch.set_num_threads(2)
    torch.manual_seed(0)
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "tokenizer.json").exists():
        make_tokenizer(work / "tokenizer.json")
    train_growing(work, seconds)
    train_mixed(work, seconds * MIXING_SECONDS / TRAINING_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(float(argument) for argument in sys.argv[2:]))
