"""How short a window a model bears: the same sound through every window, as a session hears it, against a reference.

Whisper pads every stretch to 30 s and pays for it. CTranslate2 encodes less where it is given less; under which
length a model mishears is its own, so it is measured.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pipeline.audio import Samples, decode
from pipeline.errors import NotMedia, SettingsError, SourceMissing
from pipeline.events import Hypothesis
from pipeline.scores.track import read_srt
from pipeline.scores.words import plain, text_wer
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.utterance import UtterancePolicy
from pipeline.speech.vad import Silero
from pipeline.speech.whisper import LONGEST, Whisper
from pipeline.windows import Trial

WINDOWS = (LONGEST, 20.0, 12.0, 8.0, 5.0, 3.0, 2.0, 1.0, 0.5)
"""Candidates, seconds, from the one that Whisper was trained on down. A stretch longer than a window has its own length
and half a second, so under `SpeechSettings.longest` a window still pads most stretches, above it all alike."""
OTHERS = 3
"""What all the other windows take together, in times of the first: half of that with the demo models; what no window
makes shorter, decoding, is more of the work in larger ones."""
TOLERANCE = 0.005
"""A safe window's word error rate is at most so much above that of the full one: half a point."""
_NAMES = ("Ysoline Brachemont", "Aldéric Montsavoie", "Vaubringhem", "Port-Gavelin", "Nauvalis", "Union Solidéa")
"""Nobody's: what is told to a model to see whether it bears being told names."""
MOST = 600
"""Seconds of a recording that are used: enough for a thousand words, and a whole rally would take all night."""


def trials(settings: SpeechSettings, samples: Samples, reference: str | None) -> Iterator[Trial]:
    """Every window in turn, the full one first; without a reference what that one heard stands in for it.

    ModelError or SettingsError if the model cannot be loaded.
    """
    whisper = Whisper(settings)
    whisper.recognise(samples[: round(LONGEST * SAMPLE_RATE)])  # the first time costs more, which is no window's fault
    for window in WINDOWS:
        heard, compute = _hear(whisper.padding_to(window), settings, samples)
        reference = heard if reference is None else reference
        if not plain(reference):
            raise NotMedia("the model heard nobody speak in it; name another recording with --on")
        yield Trial(window=window, wer=text_wer(reference, heard), compute=compute * 60 * SAMPLE_RATE / len(samples))


def bears_names(settings: SpeechSettings, samples: Samples, reference: str | None) -> bool:
    """Whether it hears as well when it is told names beforehand, none of which is said; `settings` have the window.

    Without a reference what it hears without names stands in for it.
    """
    whisper = Whisper(msgspec.structs.replace(settings, hotwords=True))
    heard, _ = _hear(whisper, settings, samples)
    said = heard if reference is None else reference
    whisper.expect(_NAMES)
    with_names, _ = _hear(whisper, settings, samples)
    return text_wer(said, with_names) <= text_wer(said, heard) + TOLERANCE


def shortest_safe(tried: Iterable[Trial]) -> float:
    """The shortest window that is safe; one below a window that is not was right by chance and does not count."""
    full, *shorter = sorted(tried, key=lambda trial: -trial.window)
    safe = full.window
    for trial in shorter:
        if trial.wer > full.wer + TOLERANCE:
            break
        safe = trial.window
    return safe


def sound(path: Path) -> Samples:
    """The first sound track of a file, mono, at most its first MOST seconds; SourceError if there is none."""
    import av

    if not path.is_file():
        raise SourceMissing(f"there is no file {path}; check the path")
    try:
        samples = decode(path, MOST)
    except (av.FFmpegError, IndexError) as error:  # IndexError: media without a sound track
        raise NotMedia(f"{path} has no sound that can be read; name a recording of speech with --on") from error
    if len(samples) < SAMPLE_RATE:
        raise NotMedia(f"{path} has less than a second of sound; name a recording of speech with --on")
    return samples


def text(path: Path, seconds: float) -> str:
    """What an SRT says up to `seconds`; SettingsError if it cannot be read or says nothing."""
    try:
        cues = read_srt(path.read_text("utf-8-sig"), str(path), "")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read {path} ({error}); check the path") from error
    said = " ".join(cue.text for cue in cues if cue.start < seconds)
    if not plain(said):
        raise SettingsError(f"{path} says nothing in the first {seconds:.0f} s; choose the reference of this recording")
    return said


def _hear(whisper: Whisper, settings: SpeechSettings, samples: Samples) -> tuple[str, float]:
    """What a session would hear, and the processor seconds it took."""
    policy = UtterancePolicy(Silero(), whisper, settings)
    began = time.process_time()
    said = [*policy.hear(samples, 0.0), *policy.finish()]
    words = (word.text for event in said if isinstance(event, Hypothesis) for word in event.committed)
    return "".join(words), time.process_time() - began
