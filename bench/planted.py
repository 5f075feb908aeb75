"""`python -m bench.planted FOLDER`: how many faults of translation lie first in the editor's queue.

Into the translations of a session over noise this plants negations lost and added, he for she, million for billion, and
words that stand for a homophone of what was said. It knows nothing of what the queue goes by; the gate judges the
planted answers as it would an engine's.
"""

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil
from pathlib import Path

from msgspec.structs import replace

from bench.queue import FIRST, say
from bench.takes import Composed, evening
from models.recipe.corpus import Corpus, Pair
from pipeline.events import Cue, Event, Translation
from pipeline.journal import Entry
from pipeline.report.record import Record
from pipeline.review.loud import Levels, levels
from pipeline.review.queue import queue
from pipeline.settings import Settings
from pipeline.translation.doubts import doubts
from pipeline.translation.gate import impossible
from pipeline.translation.verdicts import doubted, usable

SEED = 1002
NOISES = (("crowd", 12.0),) * 8
"""As behind `noisy.m4a`."""
EACH, DRAWS = 5, 40
"""Faults of a kind at once, so that they are few among the cues; and how often they are drawn anew."""

_SWAPPED = {
    "he/she": {"he": "she", "she": "he", "his": "her", "her": "his", "him": "her"},
    "million/billion": {"million": "billion", "millions": "billions", "hundred": "thousand", "thousand": "million"},
    "homophone": {
        "sea": "mother", "mother": "sea", "mayor": "mother", "voice": "way", "way": "voice", "bread": "pine",
        "end": "hunger", "hunger": "end", "time": "faith", "faith": "time", "account": "tale",
        "song": "field", "hall": "dirty", "wine": "twenty", "court": "run", "glass": "worm",
        "green": "worm", "father": "pair", "words": "evils", "weight": "pea",
    },
}  # fmt: skip
_NEGATED = (
    (r"\bcannot\b", "can"), (r"\b(?:do|does|did) not\s", ""), (r"\bno longer\b", "still"), (r"\bnever\s", ""),
    (r"\snot\b", ""), (r"\b(are|is|was|were|will|must|can|have|has)\b", r"\1 not"),
)  # fmt: skip
KINDS = ("negation", *_SWAPPED)


def spoilt(text: str, kind: str) -> str:
    """The text with one fault of the kind, or as it is."""
    if kind == "negation":
        made = (re.sub(pattern, by, text, count=1) for pattern, by in _NEGATED)
        return next((one for one in made if one != text), text)
    swapped = _SWAPPED[kind]
    return re.sub(rf"\b(?:{'|'.join(swapped)})\b", lambda found: swapped[found.group()], text, count=1)


class Prone:
    """Sentences into which faults can be planted, of each kind alike, among others."""

    def __init__(self) -> None:
        self._composed, written, rng = Composed(), Corpus().trained, random.Random(SEED)
        pairs = [*written, *(self._composed.sample(rng) for _ in range(3000))]
        self._prone = [[pair for pair in pairs if spoilt(pair.en, kind) != pair.en] for kind in KINDS]

    def sample(self, rng: random.Random) -> Pair:
        return rng.choice(rng.choice(self._prone)) if rng.random() < 0.6 else self._composed.sample(rng)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    of = evening(folder, SEED, NOISES, Prone())
    heard, sound = of.record, levels(of.folder / "audio.s16")
    first, all, without = Counter[str](), Counter[str](), Counter[str]()
    for draw in range(DRAWS):
        faults = drawn(heard, random.Random(draw))
        all.update(kind for kind, _ in faults.values())
        first.update(_first(planted(heard, faults), faults, sound))
        without.update(_first(heard, faults, sound))
    for kind in KINDS:
        found = f"{first[kind] / all[kind]:.0%} of {all[kind]} in the first {FIRST:.0%} of the queue"
        say(f"{kind}: {found}; of the same cues without the fault {without[kind] / all[kind]:.0%}")
    say(f"all: {sum(first.values()) / sum(all.values()):.0%} of {sum(all.values())}, in {DRAWS} draws")


def drawn(record: Record, rng: random.Random) -> Mapping[str, tuple[str, str]]:
    """By cue the kind of its fault and its sentence: `EACH` of a kind, where there is room for so many."""
    cues = [cue for cue in record.state.track("en") if _whole(record, cue)]
    faults: dict[str, tuple[str, str]] = {}
    for kind in sorted(KINDS, key=lambda kind: sum(spoilt(cue.text, kind) != cue.text for cue in cues)):
        prone = [cue for cue in cues if cue.id not in faults and spoilt(cue.text, kind) != cue.text]
        faults |= {cue.id: (kind, cue.sentences[0]) for cue in rng.sample(prone, min(EACH, len(prone)))}
    return faults


def _whole(record: Record, cue: Cue) -> bool:
    """Whether it shows one sentence, whole."""
    answer = record.answers["en"].get(cue.sentences[0]) if len(cue.sentences) == 1 else None
    return answer is not None and answer.text.split() == cue.text.split()


def planted(record: Record, faults: Mapping[str, tuple[str, str]]) -> Record:
    """The session as if its engine had answered so."""
    kinds = {sentence: kind for kind, sentence in faults.values()}
    return Record(
        [Entry(one.seq, one.at, _event(record, one.event, faults, kinds)) for one in record.entries], Settings()
    )


def _event(record: Record, event: Event, faults: Mapping[str, tuple[str, str]], kinds: Mapping[str, str]) -> Event:
    if isinstance(event, Translation) and event.sentence in kinds and usable(event.verdict):
        text = spoilt(event.text, kinds[event.sentence])
        return replace(event, text=text, verdict=_verdict(record, event.sentence, text))
    if isinstance(event, Cue) and event.id in faults:
        kind, sentence = faults[event.id]
        text = spoilt(event.text, kind)
        flags = {*event.flags} - {"doubtful"}
        doubt = _verdict(record, sentence, " ".join(text.split())) != "ok"
        return replace(event, text=text, flags=(*sorted(flags), "doubtful") if doubt else tuple(sorted(flags)))
    return event


def _verdict(record: Record, sentence: str, text: str) -> str:
    source = record.state.sentences[sentence].text
    return impossible(source, text, "en") or doubted(doubts(source, text, "fr", "en"))


def _first(record: Record, faults: Mapping[str, tuple[str, str]], sound: Levels) -> Iterator[str]:
    """The kinds of the faults that lie in the first part of the queue."""
    problems = queue(record, "en", sound).problems
    return (faults[one.cue][0] for one in problems[: ceil(FIRST * len(problems))] if one.cue in faults)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
