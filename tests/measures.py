"""What a run is measured by in tests: `pipeline.scores` on files."""

from pathlib import Path

import msgspec
import srt

from pipeline.events import Cue
from pipeline.scores import translation, words
from pipeline.scores.track import read_srt

SAMPLES = Path(__file__).parent.parent / "samples"
PATIENT = Path(__file__).parent / "patient.toml"


def cues(path: Path) -> list[srt.Subtitle]:
    return list(srt.parse(path.read_text(encoding="utf-8")))


def wer(reference: Path, found: Path) -> float:
    """Word error rate of one SRT against another, 0 to 1 and more."""
    return words.wer(_track(reference), _track(found))


def bleu(reference: Path, found: Path) -> float:
    """Corpus BLEU of the sentences, 0 to 100."""
    return translation.bleu(_track(reference), _track(found)) or 0.0


def in_time_errors(said: Path, found: Path) -> list[float]:
    """Seconds by which each cue's start misses the start of its first word, for the cues whose words were found."""
    spoken = msgspec.json.decode(said.read_bytes(), type=list[words.Spoken])
    return words.in_time_errors(spoken, _track(found))


def _track(path: Path) -> list[Cue]:
    return read_srt(path.read_text(encoding="utf-8"), path.name, "")
