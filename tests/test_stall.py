"""A dead stream and a long pause do not look alike."""

from pathlib import Path

from pipeline.audio import AudioFile
from pipeline.events import Warned
from pipeline.stall import PATIENCE, StallWatch


class HandClock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    up = now

    def boot(self) -> str:
        return ""

    def wait(self, seconds: float) -> None:
        self.time += seconds


def test_a_stream_that_sends_nothing_is_told_once_and_its_return_too(tmp_path: Path) -> None:
    path, clock, told = tmp_path / "audio.s16", HandClock(), list[Warned]()
    watch = StallWatch(AudioFile(path), lambda: True, told.append, clock)
    size = 0
    for second in range(60):
        if not 20 <= second < 45:
            size += 32_000
            path.write_bytes(bytes(size))
        clock.wait(1.0)
        watch.look()
        assert (watch.quiet > 0) == (20 + PATIENCE < second + 1 <= 45)
    assert [warned.text.split(";")[0] for warned in told] == [
        "nothing has come from the stream for 10 s",
        "the stream is back after 26 s",
    ]
    assert [warned.good for warned in told] == [False, True]


def test_after_the_end_nothing_is_missed(tmp_path: Path) -> None:
    clock, told = HandClock(), list[Warned]()
    watch = StallWatch(AudioFile(tmp_path / "audio.s16"), lambda: False, told.append, clock)
    for _ in range(60):
        clock.wait(1.0)
        watch.look()
    assert not told
