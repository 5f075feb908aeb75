"""Sound and references for tests of the speech stage."""

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline import assets, windows
from pipeline.events import Chunk, Event, Hypothesis, Word
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.messages import Heard
from tests.measures import SAMPLES

DEMO_WINDOW = windows.shortest(assets.demo_recogniser(), Path())
DEMO = SpeechSettings(model=str(assets.demo_recogniser()), window=DEMO_WINDOW, threads=2)
STREAM = msgspec.structs.replace(DEMO, policy="stream")


def sound(name: str) -> NDArray[np.int16]:
    """A sample as the capture writes it."""
    path = next(p for p in SAMPLES.glob(f"{name}.*") if p.suffix in {".mp4", ".m4a"})
    resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE)
    with av.open(str(path)) as container:
        parts = [f.to_ndarray()[0] for frame in container.decode(audio=0) for f in resampler.resample(frame)]
    return np.concatenate(parts)


def recorded(folder: Path, samples: NDArray[np.int16]) -> Path:
    path = folder / "audio.s16"
    samples.astype("<i2").tofile(path)
    return path


def true_words(name: str) -> list[dict[str, Any]]:
    """`start`, `end`, `text`, `sentence` of every word that is spoken."""
    words: list[dict[str, Any]] = json.loads((SAMPLES / f"{name}.words.json").read_text(encoding="utf-8"))
    return words


def chunks(seconds: float, step: float) -> list[Chunk]:
    edges = [*np.arange(0, seconds, step).tolist(), seconds]
    return [Chunk(start=s, end=e) for s, e in pairwise(edges)]


def words(events: Iterable[Event]) -> list[Word]:
    return [word for event in events if isinstance(event, Hypothesis) for word in event.committed]


def text(heard: Heard | Iterable[Event]) -> str:
    events = heard.events if isinstance(heard, Heard) else heard
    return "".join(word.text for word in words(events)).strip()
