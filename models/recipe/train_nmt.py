"""Trains the translator: `python -m models.recipe.train_nmt WORK [SECONDS]`; about 20 minutes on two cores."""

import math
import random
import sys
import time
from pathlib import Path

import sentencepiece
import torch
from torch import Tensor
from torch.nn import functional

from models.recipe.batches import IGNORED
from models.recipe.corpus import Corpus, Pair, joined
from models.recipe.network import Translator, weights

TRAINING_SECONDS = 1_200.0
PAD, BOS, EOS, UNKNOWN = 3, 1, 2, 0
"""Ids of sentencepiece's special pieces; a translation starts with PAD, as in OPUS-MT models."""

_BATCH, _RATE, _WARM_UP_STEPS = 112, 1.5e-3, 250


def make_pieces(work: Path, lines: int = 30_000, size: int = 5_000) -> None:
    """Writes source.spm and target.spm, the same vocabulary for both languages."""
    corpus, rng = Corpus(), random.Random(5)
    text = work / "pieces.txt"
    text.write_text("".join(f"{pair.fr}\n{pair.en}\n" for pair in (corpus.sample(rng) for _ in range(lines))), "utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(work / "pieces"),
        vocab_size=size,
        character_coverage=1.0,
        pad_id=PAD,
        bos_id=BOS,
        eos_id=EOS,
        unk_id=UNKNOWN,
        minloglevel=2,
    )
    for name in ("source.spm", "target.spm"):
        (work / name).write_bytes((work / "pieces.model").read_bytes())


def as_recognised(pair: Pair, rng: random.Random) -> Pair:
    """The French as a recogniser may give it: now and then without its stop or its capital."""
    fr = pair.fr
    if rng.random() < 0.15:
        fr = fr.rstrip(".!?")
    if rng.random() < 0.12:
        fr = fr[0].lower() + fr[1:]
    return Pair(fr, pair.en)


def _pair(corpus: Corpus, rng: random.Random) -> Pair:
    pair = corpus.sample(rng)
    if rng.random() < 0.2:
        pair = joined(pair, corpus.sample(rng))
    return as_recognised(pair, rng)


def _padded(rows: list[list[int]]) -> Tensor:
    longest = max(len(row) for row in rows)
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])


def _loss(network: Translator, sources: Tensor, targets: Tensor) -> Tensor:
    mask = (sources != PAD)[:, None, None, :]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network.decode(targets[:, :-1], network.encode(sources, mask), mask)
    wanted = targets[:, 1:].masked_fill(targets[:, 1:] == PAD, IGNORED)
    return functional.cross_entropy(
        logits.float().flatten(0, 1), wanted.flatten(), ignore_index=IGNORED, label_smoothing=0.1
    )


def train(work: Path, seconds: float = TRAINING_SECONDS) -> None:
    """Writes WORK/nmt.pt."""
    corpus, rng = Corpus(), random.Random(6)
    pieces = sentencepiece.SentencePieceProcessor(str(work / "source.spm"))
    network = Translator(pieces.get_piece_size())
    print(f"{weights(network) / 1e6:.1f} million weights")
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    start, step = time.monotonic(), 0
    while (part := (time.monotonic() - start) / seconds) < 1:
        rate = _RATE * min(1, (step + 1) / _WARM_UP_STEPS) * (0.5 * (1 + math.cos(math.pi * part)) * 0.98 + 0.02)
        for group in optimiser.param_groups:
            group["lr"] = rate
        pairs = [_pair(corpus, rng) for _ in range(_BATCH)]
        sources = _padded([[*pieces.encode(pair.fr), EOS] for pair in pairs])
        targets = _padded([[PAD, *pieces.encode(pair.en), EOS] for pair in pairs])
        loss = _loss(network, sources, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        if step % 50 == 0:
            print(f"{part:4.0%} step {step} loss {loss.item():.3f}", flush=True)
    torch.save(network.state_dict(), work / "nmt.pt")


def main(work: Path, seconds: float = TRAINING_SECONDS) -> None:
    torch.set_num_threads(2)
    torch.manual_seed(0)
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "source.spm").exists():
        make_pieces(work)
    train(work, seconds)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(float(argument) for argument in sys.argv[2:]))
