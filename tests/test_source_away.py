"""A source that is away: its backup, the tries, who calls and leaves; real servers."""

import socket
from pathlib import Path

import psutil
import pytest

from pipeline.audio import AudioFile
from pipeline.errors import SourceError, SourceUnreachable
from pipeline.events import Event, Warned
from pipeline.flow import SystemClock, spawn
from pipeline.settings import SourceSettings
from pipeline.source.address import resolve
from pipeline.source.recording import Before, Recording
from tests.radio import Station
from tests.servers import free_port, listens, running
from tests.test_source_recording import recording, states
from tests.waiting import until

pytestmark = pytest.mark.slow


def test_a_backup_takes_over_and_who_never_comes_back_is_given_up(noise: Path, tmp_path: Path) -> None:
    told: list[Event] = []
    audio = AudioFile(tmp_path / "audio.s16")
    with (
        Station(noise).on_air() as station,
        Station(noise).on_air() as backup,
        recording(station.address, tmp_path, told, backup=(backup.address,), give_up=15.0) as made,
    ):
        until(lambda: audio.recorded > 3, 20)
        station.gone.set()
        until(lambda: any(isinstance(e, Warned) and "the backup" in e.text for e in told), 20)
        recorded = audio.recorded
        until(lambda: audio.recorded > recorded + 4, 20)
        backup.gone.set()
        assert made.outcome.state == "lost"
    assert isinstance(made.outcome.error, SourceUnreachable)
    assert "livesubs run --resume" in str(made.outcome.error)


def test_a_source_that_is_gone_at_the_start_is_refused_unless_a_backup_is_there(noise: Path, tmp_path: Path) -> None:
    told: list[Event] = []
    with Station(noise).on_air() as station:
        gone = Station(noise)
        with gone.on_air():
            first = resolve(gone.address, SourceSettings())
        made = Recording((gone.address, station.address), SourceSettings(), tmp_path, SystemClock(), told.append)
        made.start(first)
        until(lambda: AudioFile(tmp_path / "audio.s16").recorded > 1, 20)
        made.close()
    assert any(isinstance(e, Warned) and "backup" in e.text for e in told)
    refused = Recording((gone.address,), SourceSettings(), tmp_path / "other", SystemClock(), told.append)
    with pytest.raises(SourceUnreachable):
        refused.start(first)


def test_a_session_that_goes_on_while_its_source_is_away_is_tried_like_one_that_lost_it(
    noise: Path, tmp_path: Path
) -> None:
    with Station(noise).on_air() as station:
        address = resolve(station.address, SourceSettings())
    had, told = Before(origin=None, gaps=()), list[Event]()
    settings = SourceSettings(give_up=1.0)
    alone = Recording((station.address,), settings, tmp_path, SystemClock(), told.append, had)
    alone.start(address)
    assert alone.outcome.state == "lost"
    assert "was gone for 1 s" in str(alone.outcome.error)
    assert f"livesubs run --resume {tmp_path}" in str(alone.outcome.error)
    fetched = tmp_path / "incoming"
    fetched.mkdir()
    stopped = Recording((station.address,), SourceSettings(), tmp_path, SystemClock(), told.append, had)
    stopped.start(address)
    stopped.stop()
    assert stopped.outcome.state == "stopped"
    assert states(told) == ["lost", "lost"]
    assert fetched.is_dir(), "what a mirror had fetched is recorded when the source is back"
    with Station(noise).on_air() as backup:
        sources = (station.address, backup.address)
        both = Recording(sources, SourceSettings(), tmp_path, SystemClock(), told.append, had)
        both.start(SourceUnreachable("no network; plug it in"))
        until(lambda: AudioFile(tmp_path / "audio.s16").recorded > 1, 20)
        both.close()
    assert states(told)[2:] == ["lost", "connected"]
    assert any(isinstance(e, Warned) and e.text.startswith("no network; it is tried again") for e in told)


@pytest.mark.parametrize(
    ("listened", "called"),
    [
        ("rtmp://127.0.0.1:{}/live/room?listen=1", ("-f", "flv", "rtmp://127.0.0.1:{}/live/room")),
        ("tcp://127.0.0.1:{}?listen=1", ("-f", "mpegts", "tcp://127.0.0.1:{}")),
    ],
    ids=["rtmp", "tcp"],
)
def test_a_caller_who_leaves_without_a_word_is_none(
    ffmpeg: str, noise: Path, tmp_path: Path, listened: str, called: tuple[str, ...]
) -> None:
    told: list[Event] = []
    port = free_port()
    made = Recording((listened.format(port),), SourceSettings(), tmp_path, SystemClock(), told.append)
    address = resolve(listened.format(port), SourceSettings())
    started = spawn((made.start(address) for _ in range(1)), bound=1, name="start")  # type: ignore[func-returns-value]
    try:
        listening(port)
        socket.create_connection(("127.0.0.1", port)).close()
        until(lambda: any(isinstance(e, Warned) and e.text.endswith("it listens again") for e in told), 10)
        listening(port)
        words = [word.format(port) for word in called]
        with running(ffmpeg, "-readrate", "4", "-i", str(noise), "-c:a", "aac", *words):
            assert list(started) == [None]
            until(lambda: AudioFile(tmp_path / "audio.s16").recorded > 1, 20)
    finally:
        made.close()


def listening(port: int) -> None:
    until(lambda: any(listens(child.pid, port) for child in psutil.Process().children(recursive=True)), 10)


def test_an_address_that_is_in_use_is_refused_however_a_session_begins(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = f"tcp://127.0.0.1:{server.getsockname()[1]}?listen=1"
        for had in (None, Before(origin=None, gaps=())):
            made = Recording((source,), SourceSettings(), tmp_path, SystemClock(), list[Event]().append, had)
            with pytest.raises(SourceError, match="is in use"):
                made.start(resolve(source, SourceSettings()))
