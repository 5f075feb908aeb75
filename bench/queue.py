"""`python -m bench.queue FOLDER`: learns what the editor's queue goes by, and says how well it finds faults.

Six evenings of twelve minutes teach, three others are asked; about ten minutes on two cores. Writes
`pipeline/review/heard.toml`. FOLDER keeps the sessions.
"""

import sys
from collections.abc import Sequence
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.takes import Evening, Said, evening, wrong
from pipeline.events import Cue, Sentence
from pipeline.review.heard import SIGNALS, signals
from pipeline.review.loud import Loud, levels
from pipeline.review.queue import queue
from pipeline.review.unsure import unsure

TAUGHT = (1, 2, 3, 4, 5, 6)
ASKED = (201, 202, 203)
"""Seeds: what is learnt and what is asked share no take; the phrases and the voices are of the same lists."""
FIRST = 0.2
"""Of the queue."""
WEIGHTS = Path(__file__).parents[1] / "pipeline" / "review" / "heard.toml"
_ROUNDS, _RIDGE = 50, 1.0

Table = NDArray[np.float64]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    taught = [examples(evening(folder, seed)) for seed in TAUGHT]
    weights = learnt(np.concatenate([rows for rows, _ in taught]), np.concatenate([bad for _, bad in taught]))
    table = dict(zip(("bias", *SIGNALS), weights.tolist(), strict=True))
    WEIGHTS.write_text("".join(f"{name} = {weight:.2f}\n" for name, weight in table.items()))
    for lang in ("fr", "en"):
        told = [asked(evening(folder, seed), lang) for seed in ASKED]
        for line in (*told, sum(told, Found())):
            say(f"{lang}: {line}")


def examples(of: Evening) -> tuple[Table, Table]:
    """The signals of every word that was heard, and whether it is wrong or has lost one beside it."""
    sentences = _by_time(of)
    words = [word for sentence in sentences for word in sentence.words]
    found = [Said(word.text, word.start, word.end) for word in words]
    bad = wrong(of.fr, found)
    rows = signals(sentences, Loud(levels(of.folder / "audio.s16"), words), unsure(of.record))
    return np.array(rows), np.array([float(at in bad) for at in range(len(words))])


def _by_time(of: Evening) -> list[Sentence]:
    return sorted(of.record.state.sentences.values(), key=lambda one: one.start)


def learnt(rows: Table, bad: Table) -> Table:
    """The weights of a logistic regression, that of nothing first: Newton's method, a little held back."""
    table = np.column_stack((np.ones(len(rows)), rows))
    held = _RIDGE * np.diag([0.0, *np.ones(rows.shape[1])])
    weights = np.zeros(table.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (chance - bad) + held @ weights
        bend = (table * (chance * (1 - chance))[:, None]).T @ table + held
        weights -= np.linalg.solve(bend, slope)
    return weights


class Found:
    """How many cues there are, how many have a fault, and how many of those come first; what the queue says of it."""

    def __init__(self, cues: int = 0, bad: int = 0, first: int = 0, expected: float = 0.0, stop: int = 0, met: int = 0):
        self.counts = np.array([cues, bad, first, expected, stop, met])

    def __add__(self, other: "Found") -> "Found":
        return Found(*(self.counts + other.counts).tolist())

    def __str__(self) -> str:
        cues, bad, first, expected, stop, met = self.counts.tolist()
        held = f"{first / bad:.0%} of them in the first {FIRST:.0%}, {met / bad:.0%} until one may stop"
        return (
            f"{cues:.0f} cues, {bad:.0f} with a wrong word ({bad / cues:.0%}; expected {expected:.0f}): "
            f"{held} ({stop / cues:.0%} of the cues)"
        )


def asked(of: Evening, lang: str) -> Found:
    """How the faults of a track lie in its queue."""
    record = of.record
    cues = record.state.track(lang)
    bad = {cues[at].id for at in wrong(of.fr if lang == "fr" else of.en, _shown(cues))}
    made = queue(record, lang, levels(of.folder / "audio.s16"))
    ids = [one.cue for one in made.problems]
    first = ids[: ceil(FIRST * len(ids))]
    expected = sum(one.score for one in made.problems)
    return Found(len(ids), len(bad), len(bad & {*first}), round(expected), made.stop, len(bad & {*ids[: made.stop]}))


def _shown(cues: Sequence[Cue]) -> list[Said]:
    return [Said(cue.text, cue.start, cue.end) for cue in cues]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
