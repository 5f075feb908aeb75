"""A session before its first sample: waiting for an announced stream, and stopped before there is anything."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Self

import pytest

from pipeline.errors import NotLiveYet, SourceMissing, SourceUnreachable
from pipeline.events import SessionStarted
from pipeline.journal import Entry, Journal
from pipeline.session import Session
from pipeline.settings import Settings, SpeechSettings
from pipeline.source import announced
from pipeline.speech.messages import Heard, Language
from tests.servers import free_port

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    """Time that passes only by waiting."""

    def __init__(self, now: float) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    up = now

    def boot(self) -> str:
        return ""

    def wait(self, seconds: float) -> None:
        self.time += seconds


class Deaf:
    """A recogniser that hears nothing; `loading` is what happens while its model is loaded."""

    compute = 0.0

    def __init__(self, loading: Callable[[], None]) -> None:
        self.loading = loading

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        self.loading()
        return "deaf"

    def hear(self, start: float, end: float) -> Heard:
        return Heard((), 0.0)

    recognise = hear

    def language(self, start: float, end: float) -> Language:
        return Language("fr", 1.0)

    def assume(self, lang: str) -> None: ...

    def degrade(self, level: int) -> None: ...

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return ()

    def finish(self) -> Heard:
        return Heard((), 0.0)

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None: ...


class Nobody:
    def show(self, entry: Entry) -> None: ...

    def announce(self, starts_at: datetime | None) -> None: ...


def test_a_late_stream_is_looked_for_now_and_then_also_through_a_network_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(NOON.timestamp() - 90)
    answers: Iterator[Exception] = iter(
        [
            *[NotLiveYet("not yet", NOON)] * 3,
            SourceUnreachable("no network"),
            *[NotLiveYet("late", NOON)] * 60,
            SourceMissing("the end of the test"),
        ]
    )
    asked: list[float] = []

    def resolve(*_: object) -> None:
        asked.append(clock.now() - NOON.timestamp())
        raise next(answers)

    monkeypatch.setattr(announced, "resolve", resolve)
    with pytest.raises(SourceMissing):
        Session("https://page", tmp_path / "s", Settings(), Deaf(lambda: None), {}, clock).run(Nobody())
    assert asked[:3] == [-90, -30, 1]
    assert all(later - earlier >= 10 for earlier, later in pairwise(asked))


def test_a_page_that_stays_unreachable_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[Exception] = iter([NotLiveYet("not yet", None), *[SourceUnreachable("no network")] * 100])

    def resolve(*_: object) -> None:
        raise next(answers)

    monkeypatch.setattr(announced, "resolve", resolve)
    with pytest.raises(SourceUnreachable):
        Session("https://page", tmp_path / "s", Settings(), Deaf(lambda: None), {}, Clock(0.0)).run(Nobody())


def test_a_file_that_is_gone_is_not_waited_for_when_its_session_is_resumed(tmp_path: Path) -> None:
    began = SessionStarted(
        version="", source="", src_lang="fr", tgt_langs=(), recogniser="", engines=(), began_at=NOON.timestamp()
    )
    with Journal(tmp_path, Clock(0.0)) as journal:
        journal.append(began)
    source = str(tmp_path / "rally.mp4")
    with pytest.raises(SourceMissing):
        Session(source, tmp_path, Settings(), Deaf(lambda: None), {}, Clock(0.0), resume=True).run(Nobody())


@pytest.mark.timeout(20)
def test_stopped_while_the_model_loads_it_waits_for_nobody(tmp_path: Path) -> None:
    """An address that listens for a publisher would wait for a day."""
    source = f"rtmp://127.0.0.1:{free_port()}/live/room?listen=1"
    stopped = Session(source, tmp_path / "s", Settings(), Deaf(lambda: stopped.stop()), {}, Clock(0.0))
    state = stopped.run(Nobody())
    assert state.ended
    assert state.ended.reason == "stopped"
