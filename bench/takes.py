"""Evenings for the editor's queue: sessions of the demo models over takes whose noise changes, and what was truly said.

A take is made by the recipe (`models.recipe`): combinations of the corpus' phrases that no training saw, in its voices,
with one noise after another behind them. Needs espeak-ng and soxr.
"""

import random
import subprocess
import sys
import wave
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import jiwer
import msgspec
import numpy as np

from models.recipe.corpus import Corpus, Pair
from models.recipe.noise import noise, with_noise
from models.recipe.utterance import SAMPLE_RATE, Audio
from models.recipe.windows import Source, Take, take
from pipeline.events import Cue
from pipeline.report.folder import open_record
from pipeline.report.record import Record
from pipeline.scores.words import plain
from pipeline.subtitles.formats import to_srt
from samples import sound

SECONDS = 90.0
"""Of one noise."""
NOISES = (
    ("none", 99.0), ("crowd", 12.0), ("crowd", 6.0), ("crowd", 3.0), ("crowd", 0.0), ("white", 6.0), ("pink", 3.0),
    ("applause", 9.0),
)  # fmt: skip
"""What is behind the speech, one after another, and by how many dB it is softer: `noisy.m4a` is crowd at 12."""


class Said(msgspec.Struct, frozen=True):
    """A word as it was truly said, or as it should have been translated."""

    text: str
    start: float
    end: float


class Evening(msgspec.Struct, frozen=True):
    """A session and the truth: French words with their own times, English ones spread evenly over their sentence."""

    folder: Path
    fr: tuple[Said, ...]
    en: tuple[Said, ...]

    @property
    def record(self) -> Record:
        return open_record(self.folder)


class Composed:
    """Sentences of two phrases and more, which no training saw."""

    def __init__(self) -> None:
        self._corpus = Corpus()

    def sample(self, rng: random.Random) -> Pair:
        return self._corpus.composed(rng)


def evening(
    folder: Path, seed: int, noises: Sequence[tuple[str, float]] = NOISES, source: Source | None = None
) -> Evening:
    """The session of that seed, run in `folder` unless it was before; what is said is of `source`, or composed."""
    truth, made = folder / f"{seed}.json", folder / str(seed)
    if not truth.exists():
        said = recorded(folder / f"{seed}.wav", seed, noises, source or Composed())
        options = ["--demo", "--pace", "max", "--out", str(made)]
        run = [sys.executable, "-m", "pipeline", "run", str(folder / f"{seed}.wav"), *options]
        subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
        truth.write_bytes(msgspec.json.encode(said))
    fr, en = msgspec.json.decode(truth.read_bytes(), type=tuple[tuple[Said, ...], tuple[Said, ...]])
    return Evening(made, fr, en)


def recorded(
    path: Path, seed: int, noises: Sequence[tuple[str, float]], source: Source, seconds: float = SECONDS
) -> tuple[list[Said], list[Said]]:
    """What is said in the take that it writes to `path`, in French and in English, `seconds` at least of each noise."""
    rng, generator = random.Random(seed), np.random.default_rng(seed)
    parts: list[Audio] = []
    fr: list[Said] = []
    en: list[Said] = []
    now = 0.0
    for kind, snr in noises:
        spoken = take(source, rng, seconds)
        parts.append(_spoilt(spoken, kind, snr, rng, generator))
        for pair, words in spoken.sentences:
            fr += [Said(word.text, now + word.start, now + word.end) for word in words]
            en += _spread(pair.en, now + words[0].start, now + words[-1].end)
        now += len(parts[-1]) / SAMPLE_RATE
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((32767 * np.concatenate(parts)).astype("<i2").tobytes())
    return fr, en


def refer(path: Path, fr: Sequence[Said], en: Sequence[Said]) -> None:
    """Writes beside a take what `livesubs score` asks for: what was said, its translation, the words' times."""
    for lang, words in (("fr", fr), ("en", en)):
        path.with_suffix(f".{lang}.srt").write_text(to_srt(sentences(words)), "utf-8")
    path.with_suffix(".words.json").write_bytes(msgspec.json.encode(fr))


def sentences(words: Sequence[Said]) -> list[Cue]:
    """A cue a sentence."""
    made: list[Cue] = []
    open: list[Said] = []
    for word in words:
        open.append(word)
        if word.text.endswith((".", "!", "?")):
            text = " ".join(one.text for one in open)
            made.append(Cue(id=str(len(made)), lang="", start=open[0].start, end=word.end, text=text, sentences=()))
            open = []
    return made


def _spoilt(spoken: Take, kind: str, snr: float, rng: random.Random, generator: np.random.Generator) -> Audio:
    """With noise behind all of it; people clap only while somebody speaks."""
    audio = spoken.audio.copy()
    for _, words in spoken.sentences if kind == "applause" else ():
        first, end = (round(at * SAMPLE_RATE) for at in (words[0].start, words[-1].end))
        clapping = _clapping((end - first) / SAMPLE_RATE, generator)[: end - first]
        audio[first : first + len(clapping)] = with_noise(audio[first : first + len(clapping)], clapping, snr)
    if kind not in ("applause", "none"):
        audio = with_noise(audio, noise(len(audio), rng, kind), snr)
    return np.asarray(0.4 * audio / np.abs(audio).max(), np.float32)


def _clapping(seconds: float, rng: np.random.Generator) -> Audio:
    import soxr

    clapping = sound.applause(seconds, int(rng.integers(5, 90)), rng)
    return np.asarray(soxr.resample(clapping, sound.RATE, SAMPLE_RATE), np.float32)


def _spread(text: str, start: float, end: float) -> list[Said]:
    words = text.split()
    edges = np.linspace(start, end, len(words) + 1).tolist()
    return [Said(word, *edge) for word, edge in zip(words, pairwise(edges), strict=True)]


def wrong(said: Sequence[Said], found: Sequence[Said]) -> set[int]:
    """The places in `found` (words, or cues with several) that have a word which was not said, or lack one that was.

    What was left out is missing in the one that is nearest in time.
    """
    true = [(word, at) for at, one in enumerate(said) for word in plain(one.text).split()]
    shown = [(word, at) for at, one in enumerate(found) for word in plain(one.text).split()]
    aligned = jiwer.process_words(" ".join(word for word, _ in true), " ".join(word for word, _ in shown))
    places: set[int] = set()
    for chunk in aligned.alignments[0]:
        if chunk.type == "delete":
            lost = (said[true[at][1]] for at in range(chunk.ref_start_idx, chunk.ref_end_idx))
            places |= {_nearest(found, (one.start + one.end) / 2) for one in lost}
        elif chunk.type != "equal":
            places |= {shown[at][1] for at in range(chunk.hyp_start_idx, chunk.hyp_end_idx)}
    return places


def _nearest(found: Sequence[Said], moment: float) -> int:
    at = bisect_left(found, moment, key=lambda one: one.start)
    near = range(max(0, at - 2), min(len(found), at + 2))
    return min(near, key=lambda n: max(found[n].start - moment, moment - found[n].end))
