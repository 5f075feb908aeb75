"""`make bench` measures what it says; how fast anything is, is not tested."""

import os
from pathlib import Path

import pytest

from bench import floor, results, session
from pipeline import assets
from tests.measures import SAMPLES, wer


def test_a_session_and_the_floor_are_measured_and_make_a_table(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text("[speech]\nthreads = 1\n")
    run = session.measured(SAMPLES / "noisy.m4a", tmp_path / "s", "max", settings)
    assert run.scores.wer == wer(SAMPLES / "noisy.fr.srt", tmp_path / "s" / "subtitles.fr.srt")
    assert 42 < run.seconds < 43
    assert 0 < run.worker < run.program - run.load
    assert run.memory > 50e6
    least = floor.measured(SAMPLES / "noisy.m4a", assets.demo_recogniser(), 1, dict(os.environ))
    assert min(least.load, least.decode, least.transcribe) > 0
    found = results.sample([run], [run], [least], [least])
    assert found.ratio_live == pytest.approx(run.worker / least.transcribe)
    assert found.latency_p95 is None
    head, rule, *rows = results.table({"noisy": found})
    assert head == "| synthetic speech, closed domain | noisy, 43 s |"
    assert {line.count("|") for line in (rule, *rows)} == {3}
