"""What a run is measured by in tests: word error rate, BLEU by sentence, in-time errors."""

import json
import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import jiwer
import sacrebleu
import srt

SAMPLES = Path(__file__).parent.parent / "samples"


def cues(path: Path) -> list[srt.Subtitle]:
    return list(srt.parse(path.read_text(encoding="utf-8")))


def plain(text: str) -> str:
    """Lower-cased, without punctuation."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", text.lower()).split())


def wer(reference: Path, found: Path) -> float:
    """Word error rate of one SRT against another, 0 to 1 and more."""
    said, heard = (plain(" ".join(cue.content for cue in cues(path))) for path in (reference, found))
    return float(jiwer.wer(said, heard))


def bleu(reference: Path, found: Path) -> float:
    """Corpus BLEU (0 to 100) of the sentences: every cue counts for the reference sentence that it overlaps most."""
    sentences = cues(reference)
    texts: list[list[str]] = [[] for _ in sentences]
    for cue in cues(found):
        shared = [min(cue.end, s.end) - max(cue.start, s.start) for s in sentences]
        texts[shared.index(max(shared))].append(" ".join(cue.content.split()))
    return float(sacrebleu.corpus_bleu([" ".join(t) for t in texts], [[s.content for s in sentences]]).score)


def in_time_errors(words: Path, found: Path) -> list[float]:
    """Seconds by which each cue's start misses the start of its first word, for the cues whose words were found."""
    true: list[dict[str, Any]] = json.loads(words.read_text(encoding="utf-8"))
    said = [(plain(w["text"]), float(w["start"])) for w in true]
    said = [(part, start) for text, start in said for part in text.split()[:1]]
    heard: list[tuple[str, float | None]] = []
    for cue in cues(found):
        for position, word in enumerate(cue.content.split()):
            for part in plain(word).split()[:1]:
                heard.append((part, cue.start.total_seconds() if position == 0 else None))
    errors = []
    for block in SequenceMatcher(
        None, [w for w, _ in said], [w for w, _ in heard], autojunk=False
    ).get_matching_blocks():
        for k in range(block.size):
            start = heard[block.b + k][1]
            if start is not None:
                errors.append(abs(start - said[block.a + k][1]))
    return errors
