"""The bilingual demo corpus: sentences written for this project, and sentences composed from phrase lists."""

import hashlib
import random
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
SENTENCES = ("full_rally", "full_stage", "full_general")
PHRASES = ("np_pl", "vp_pl", "vt_pl", "vt_nous", "np_obj", "vp_nous", "adv", "intro")

JOINTS = (
    (", et ", ", and "),
    (", mais ", ", but "),
    (", parce que ", ", because "),
    (", car ", ", for "),
)


class Pair(NamedTuple):
    """The same thing in French and in English."""

    fr: str
    en: str


def load(name: str) -> list[Pair]:
    """The pairs of one list; lines that are no pair raise ValueError with their number."""
    lines = (FOLDER / f"{name}.tsv").read_text("utf-8").splitlines()
    pairs = []
    for number, line in enumerate(lines, 1):
        fr, _tab, en = (part.strip() for part in line.partition("\t"))
        if not (fr and en) or "\t" in en:
            raise ValueError(f"{name}.tsv, line {number}: not French, a tab, English")
        pairs.append(Pair(fr, en))
    return pairs


def is_held_out(fr: str) -> bool:
    """One sentence in forty is never trained on; which ones depends on the text alone."""
    return int(hashlib.md5(fr.encode()).hexdigest(), 16) % 40 == 0


def joined(*parts: Pair) -> Pair:
    return Pair(" ".join(part.fr for part in parts), " ".join(part.en for part in parts))


def finished(clause: Pair, stop: str) -> Pair:
    """A sentence: with a capital and a full stop."""
    fr, en = (text[0].upper() + text[1:] + stop for text in clause)
    return Pair(fr, en)


class Corpus:
    """All lists; `sample` is what the models are trained on, half sentences as written, half composed ones."""

    def __init__(self) -> None:
        self.phrases = {name: load(name) for name in PHRASES}
        sentences = [pair for name in SENTENCES for pair in load(name)]
        self.trained = [pair for pair in sentences if not is_held_out(pair.fr)]
        self.held_out = [pair for pair in sentences if is_held_out(pair.fr)]

    def sample(self, rng: random.Random) -> Pair:
        return rng.choice(self.trained) if rng.random() < 0.5 else self.composed(rng)

    def composed(self, rng: random.Random) -> Pair:
        """A new sentence of one or two clauses, perhaps with an adverb or an opening."""
        return finished(self._extended(self.clause(rng), rng), rng.choices(".!", [0.8, 0.2])[0])

    def clause(self, rng: random.Random) -> Pair:
        draw = rng.random()
        if draw < 0.25:
            return self._joined("np_pl", "vp_pl", rng=rng)
        if draw < 0.45:
            return self._joined("np_pl", "vt_pl", "np_obj", rng=rng)
        if draw < 0.75:
            return self._joined("vp_nous", rng=rng)
        return self._joined("vt_nous", "np_obj", rng=rng)

    def _joined(self, *names: str, rng: random.Random) -> Pair:
        return joined(*(rng.choice(self.phrases[name]) for name in names))

    def _extended(self, clause: Pair, rng: random.Random) -> Pair:
        draw = rng.random()
        if draw < 0.15:
            return joined(rng.choice(self.phrases["intro"]), clause)
        if draw < 0.3:
            adverb = rng.choice(self.phrases["adv"])
            return Pair(f"{adverb.fr}, {clause.fr}", f"{adverb.en}, {clause.en}")
        if draw < 0.5:
            return joined(clause, rng.choice(self.phrases["adv"]))
        if draw < 0.6:
            return _coordinated(clause, self.clause(rng), rng.choice(JOINTS))
        return clause


def _coordinated(first: Pair, second: Pair, joint: tuple[str, str]) -> Pair:
    if joint[0].endswith("que ") and second.fr[0] in "aeiouyéèh":
        joint = JOINTS[0]  # "que" would have to lose its vowel
    return Pair(first.fr + joint[0] + second.fr, first.en + joint[1] + second.en)
