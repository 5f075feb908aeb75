"""Single rows of the check, where no server and no model is needed."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.catalogue import WHISPER
from pipeline.check.delay import recommend
from pipeline.check.machine import ytdlp
from pipeline.check.model import judged, other_size
from pipeline.check.rows import Plan
from pipeline.commands.rows import Step
from pipeline.settings import Settings, SpeechSettings


def test_youtube_needs_a_javascript_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from yt_dlp.version import __version__

    year, month, day = (int(part) for part in __version__.split(".")[:3])
    monkeypatch.setenv("PATH", str(tmp_path))
    row = ytdlp("https://www.youtube.com/watch?v=x", date(year, month, day))
    assert not row.ok
    assert "Deno" in row.say
    assert ytdlp("https://video.example/x", date(year, month, day)).ok
    (tmp_path / "deno").touch(0o755)
    assert ytdlp("https://www.youtube.com/watch?v=x", date(year, month, day)).ok


def test_a_step_counts_down_and_says_how_long_it_takes_once_that_is_longer_than_thought() -> None:
    step = Step("listening to 20 s of the stream", 20.0)
    assert str(step) == "listening to 20 s of the stream: about 20 s"
    step.began -= 13.0
    assert str(step) == "listening to 20 s of the stream: about 7 s"
    step.began -= 13.0
    assert str(step) == "listening to 20 s of the stream: 26 s so far"
    assert str(Step("looking at the machine", 0.0)) == "looking at the machine"


def test_which_other_model_would_hold() -> None:
    memory = 16 * 10**9
    smaller, larger = other_size("small", 1.2, memory), other_size("base", 30.0, memory)
    assert smaller
    assert smaller[0] == "base"
    assert smaller[1] == pytest.approx(1.2 / WHISPER["base"].cost)
    assert larger
    assert 2.0 <= larger[1] < 30.0
    assert other_size("base", 2.1, memory) is None
    assert other_size("base", 30.0, WHISPER["tiny"].memory) is None
    assert other_size("my-own-model", 1.0, memory) is None


def test_a_model_that_is_too_slow_fails_its_row() -> None:
    settings = Settings(speech=SpeechSettings(model="/models/small"))
    plan = Plan(source="", settings=settings, keys={}, out=None, doing=lambda what, seconds=0.0: None)
    slow = judged(plan, "small on cpu", 1.0, 1.9)
    assert not slow.ok
    assert "at least 2 is needed" in slow.say
    assert judged(plan, "small on cpu", 1.0, 2.0).ok


def test_the_delay_grows_with_what_is_slow_and_says_what_it_is_made_of() -> None:
    usual = recommend(Settings(), 10.0, 0.3, 2.0)
    assert usual.say.startswith("30 s: ")
    assert usual.say.endswith("together 28; a sentence that long needs 30")
    assert "guess" not in usual.say
    assert recommend(Settings(), None, None, 2.0).say.count("a guess") == 2
    served = Settings(speech=SpeechSettings(asr_url="http://127.0.0.1:8000"))
    assert recommend(served, 10.0, 0.3, 2.0).say.startswith("35 s: ")
    short = recommend(Settings(), 10.0, 0.3, 2.0, 10.0)
    assert not short.ok
    assert short.say.startswith("--delay 10 is short, choose 30: ")
    assert recommend(Settings(), 10.0, 0.3, 2.0, 45.0).ok
    assert recommend(Settings(), 10.0, 0.3, 6.0).say.startswith("40 s: ")  # three segments of 6 s
    assert recommend(Settings(), 1.0, 0.3, 2.0).say.startswith("40 s: ")  # ten seconds of work for ten of speech
