"""The samples' references are exact and hang together."""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import srt
from numpy.typing import NDArray

from samples.clock import FPS, read_clock

SAMPLES = Path(__file__).parents[1] / "samples"
SPOKEN = ("rally.mp4", "noisy.m4a")
SILENT = ("silence.m4a", "applause.m4a")


def words_of(name: str) -> list[dict[str, Any]]:
    words: list[dict[str, Any]] = json.loads((SAMPLES / name).with_suffix(".words.json").read_text("utf-8"))
    return words


def cues_of(name: str, language: str) -> list[srt.Subtitle]:
    return list(srt.parse((SAMPLES / name).with_suffix(f".{language}.srt").read_text("utf-8")))


def seconds_of(name: str) -> float:
    with av.open(str(SAMPLES / name)) as container:
        assert container.duration
        return container.duration / av.time_base


@cache
def audio_of(name: str) -> NDArray[np.float32]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)
    with av.open(str(SAMPLES / name)) as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)


def loudness(name: str, start: float, end: float) -> float:
    """Root mean square of a stretch."""
    return float(np.sqrt((audio_of(name)[round(start * 16_000) : round(end * 16_000)] ** 2).mean()))


@pytest.mark.parametrize("name", SPOKEN)
def test_words_are_ordered_and_lie_inside_their_sentence(name: str) -> None:
    words = words_of(name)
    assert all(word["start"] < word["end"] for word in words)
    assert all(first["end"] <= second["start"] + 1e-9 for first, second in pairwise(words))
    for number, cue in enumerate(cues_of(name, "fr"), 1):
        inside = [word for word in words if word["sentence"] == number]
        assert cue.content == " ".join(word["text"] for word in inside)
        assert cue.start.total_seconds() == pytest.approx(inside[0]["start"], abs=0.0011)
        assert cue.end.total_seconds() == pytest.approx(inside[-1]["end"], abs=0.0011)


@pytest.mark.parametrize("name", SPOKEN)
def test_both_languages_have_the_same_cues_inside_the_clip(name: str) -> None:
    french, english = cues_of(name, "fr"), cues_of(name, "en")
    assert [(cue.index, cue.start, cue.end) for cue in french] == [(cue.index, cue.start, cue.end) for cue in english]
    assert all(a.content != b.content for a, b in zip(french, english, strict=True))
    assert all(first.end < second.start for first, second in pairwise(french))
    assert french[-1].end.total_seconds() < seconds_of(name)


@pytest.mark.parametrize("name", SILENT)
def test_nothing_is_said_where_nothing_is_said(name: str) -> None:
    assert words_of(name) == cues_of(name, "fr") == cues_of(name, "en") == []
    assert seconds_of(name) >= 29.9


def test_the_rally_is_heard_when_its_references_say_so() -> None:
    cues = cues_of("rally.mp4", "fr")
    longest = max(pairwise(cues), key=lambda pair: pair[1].start - pair[0].end)
    pauses = [(a.end.total_seconds(), b.start.total_seconds()) for a, b in pairwise(cues)]
    silent = [pause for pause in pauses if pause[1] - pause[0] > 4 and loudness("rally.mp4", *pause) < 0.001]
    assert silent, "the pause is silent"
    assert loudness("rally.mp4", longest[0].end.total_seconds(), longest[1].start.total_seconds()) > 0.01, "applause"
    for cue in cues:
        start = cue.start.total_seconds()
        assert loudness("rally.mp4", start, start + 0.15) > 10 * loudness("rally.mp4", start - 0.15, start - 0.05)


def test_the_rally_is_short_enough_for_the_demo_and_shows_its_clock() -> None:
    assert 70 <= seconds_of("rally.mp4") <= 85
    with av.open(str(SAMPLES / "rally.mp4")) as container:
        stream = container.streams.video[0]
        for frame in container.decode(stream):
            assert frame.time is not None
            if round(frame.time * FPS) % 97 == 0:
                assert read_clock(frame.to_ndarray(format="rgb24")) == pytest.approx(frame.time, abs=0.0011)
