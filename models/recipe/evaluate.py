"""What the demo models make of the samples and of new takes: `python -m models.recipe.evaluate [MODELS] [--takes N]`.

Prints one line a clip and way: French word error rate, English BLEU over aligned sentences, CPU cost; then the
translator's BLEU by itself. Takes are a minute of new combinations each, spoilt as in training; they need espeak-ng.
"""

import argparse
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.recipe.clips import Clip, fresh_take, load_sample
from models.recipe.corpus import Corpus
from models.recipe.utterance import SAMPLE_RATE, Audio, TimedWord

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "models" / "demo"
SAMPLES = ("rally.mp4", "noisy.m4a")

_SENTENCE_END = (".", "!", "?")
_MARGIN = 0.2
"""Around an utterance that is recognised alone, seconds."""


@dataclass(frozen=True, slots=True)
class Score:
    """WER in per cent; BLEU over the sentences; seconds of processor time for a minute of audio."""

    wer: float
    bleu: float
    cpu: float
    start_error: float
    """Median distance of a sentence's first word from the truth, seconds."""


class Models:
    """The two demo models of a folder, on the processor."""

    def __init__(self, folder: Path) -> None:
        import ctranslate2
        import faster_whisper
        import sentencepiece

        recogniser, translator = folder / "whisper-demo-fr", folder / "nmt-demo-fr-en"
        self._whisper: Any = faster_whisper.WhisperModel(
            str(recogniser), device="cpu", compute_type="int8", cpu_threads=2
        )
        self._nmt: Any = ctranslate2.Translator(str(translator), device="cpu", intra_threads=1)
        self._pieces: Any = sentencepiece.SentencePieceProcessor(str(translator / "source.spm"))

    def hear(self, audio: Audio, **options: Any) -> list[TimedWord]:
        """Words with the space before them, so that joined they are the text."""
        segments, _ = self._whisper.transcribe(audio, language="fr", beam_size=5, word_timestamps=True, **options)
        return [TimedWord(w.word, w.start, w.end) for segment in segments for w in segment.words]

    def translate(self, sentences: Sequence[str]) -> list[str]:
        pieces = [[*self._pieces.encode(text, out_type=str), "</s>"] for text in sentences]
        results = self._nmt.translate_batch(pieces, beam_size=4, max_batch_size=16)
        return [self._pieces.decode(result.hypotheses[0]) for result in results]


Way = Callable[[Models, Clip], list[TimedWord]]
"""How a whole clip is recognised."""


def offline(**options: Any) -> Way:
    """faster-whisper's own `transcribe`, in windows of 30 s."""
    return lambda models, clip: models.hear(clip.audio, **options)


def alone(models: Models, clip: Clip) -> list[TimedWord]:
    """Each true utterance for itself, with a margin."""
    heard = []
    for sentence in clip.sentences:
        first = max(0.0, sentence.start - _MARGIN)
        part = clip.audio[round(first * SAMPLE_RATE) : round((sentence.end + _MARGIN) * SAMPLE_RATE)]
        heard += [word.moved(first) for word in models.hear(part)]
    return heard


WAYS: dict[str, Way] = {
    "offline": offline(),
    "offline, vad": offline(vad_filter=True),
    "offline, no context": offline(condition_on_previous_text=False),
    "offline, vad, no context": offline(condition_on_previous_text=False, vad_filter=True),
    "utterances alone": alone,
}


def score(models: Models, clip: Clip, way: Way) -> Score:
    import jiwer
    import sacrebleu

    began = time.process_time()
    heard = way(models, clip)
    cpu = time.process_time() - began
    reference = " ".join(sentence.fr for sentence in clip.sentences)
    wer = jiwer.wer(_normal(reference), _normal(_text(heard)))
    found = _sentences(heard)
    english = _aligned(clip, found, models.translate([_text(words) for words in found]))
    bleu = sacrebleu.corpus_bleu(english, [[sentence.en for sentence in clip.sentences]]).score
    starts = np.array([words[0].start for words in found] or [np.inf])
    errors = [np.abs(starts - sentence.start).min() for sentence in clip.sentences]
    return Score(100 * wer, bleu, cpu / clip.seconds * 60, float(np.median(errors)))


def _text(words: Sequence[TimedWord]) -> str:
    return "".join(word.text for word in words).strip()


def _normal(text: str) -> str:
    """Lower case, without punctuation; an elided article is a word."""
    return " ".join(re.sub(r"[^\w' ]", " ", text.lower()).replace("'", " ' ").split())


def _sentences(words: Sequence[TimedWord]) -> list[list[TimedWord]]:
    """Split after closing punctuation, as the program does."""
    sentences: list[list[TimedWord]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if word.text.endswith(_SENTENCE_END):
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _aligned(clip: Clip, found: Sequence[Sequence[TimedWord]], english: Sequence[str]) -> list[str]:
    """For each true sentence the English of the found ones that overlap it most."""
    texts: list[list[str]] = [[] for _ in clip.sentences]
    for words, text in zip(found, english, strict=True):
        overlaps = [min(words[-1].end, s.end) - max(words[0].start, s.start) for s in clip.sentences]
        texts[int(np.argmax(overlaps))].append(text)
    return [" ".join(parts) for parts in texts]


def smoke(folder: Path) -> None:
    """Loads both models and runs each once on a sentence, whatever they make of it."""
    models = Models(folder)
    clip = load_sample(ROOT / "samples" / SAMPLES[0])
    first = clip.sentences[0]
    audio = clip.audio[round(first.start * SAMPLE_RATE) : round(first.end * SAMPLE_RATE)]
    heard = _text(models.hear(audio, temperature=0.0, max_new_tokens=20))
    print(f"{first.fr!r} was heard as {heard!r} and translated as {models.translate([first.fr])[0]!r}")


def translation_scores(models: Models) -> dict[str, float]:
    """BLEU of the translator on true French: new combinations, sentences it was trained on, and others."""
    import sacrebleu

    corpus, rng = Corpus(), random.Random(99)
    sets = {
        "new combinations": [corpus.composed(rng) for _ in range(200)],
        "corpus sentences": rng.sample(corpus.trained, 100),
        "held-out sentences": corpus.held_out,
    }
    return {
        name: sacrebleu.corpus_bleu(models.translate([p.fr for p in pairs]), [[p.en for p in pairs]]).score
        for name, pairs in sets.items()
    }


def main(folder: Path = DEMO, takes: int = 0) -> None:
    models = Models(folder)
    clips = [load_sample(ROOT / "samples" / name) for name in SAMPLES]
    for clip in (*clips, *(fresh_take(seed) for seed in range(takes))):
        for label, way in WAYS.items():
            s = score(models, clip, way)
            print(
                f"{clip.name:10} {label:24} WER {s.wer:5.1f} %  BLEU {s.bleu:5.1f}  "
                f"first word {s.start_error:.2f} s  CPU {s.cpu:.1f} s/min"
            )
    for label, bleu in translation_scores(models).items():
        print(f"translator, {label}: BLEU {bleu:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m models.recipe.evaluate", description="Measure the demo models.")
    parser.add_argument("models", nargs="?", type=Path, default=DEMO, help="folder with the two models")
    parser.add_argument("--takes", type=int, default=0, help="how many new takes besides the samples")
    options = parser.parse_args()
    main(options.models, options.takes)
