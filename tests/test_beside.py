"""What runs beside a session: kept with it, started again with it, and what it says comes as the session's warnings."""

import socket
import stat
import sys
from pathlib import Path

import pytest

from pipeline import cli, folder, followed, notes
from pipeline.beside import Beside
from pipeline.commands import beside
from pipeline.errors import SettingsError
from pipeline.events import Ended, Warned
from pipeline.flow import SystemClock
from pipeline.followed import Followed
from pipeline.journal import Journal, lock, read
from pipeline.session import Session
from pipeline.settings import Settings, override
from pipeline.supervision import Supervised
from tests.measures import SAMPLES
from tests.reported import begun
from tests.servers import free_port
from tests.test_session_waiting import Deaf, Nobody
from tests.test_supervision import Children, own_signals  # noqa: F401  # a fixture

SECRET = "http://upload.youtube.example/closedcaption?cid=secret"


@pytest.fixture
def evening(tmp_path: Path) -> Beside:
    """A session in `s` of which everything died, with much beside it."""
    ran = Beside(serve=True, port=free_port(), delay="20", publish=str(tmp_path / "www"), youtube_captions=SECRET)
    write(tmp_path / "s", ran)
    return ran


def write(path: Path, ran: Beside, reason: str = "") -> None:
    path.mkdir(exist_ok=True)
    folder.write_settings(path, Settings(), folder.Begun(source="https://example.org/live.m3u8", beside=ran))
    with Journal(path, SystemClock()) as journal:
        journal.append(begun("en"))
        if reason:
            journal.append(Ended(reason=reason, stream=60.0))  # type: ignore[arg-type]


def resume(monkeypatch: pytest.MonkeyPatch, path: Path, *more: str) -> dict[str, list[str]]:
    """What is started when somebody types that, by its first word."""
    typed = ["run", "--resume", str(path), "--no-refine", *more]
    children = Children(monkeypatch, "")
    cli.app(typed, obj=typed, standalone_mode=False)
    return {words[0]: [*words[1:]] for words in children.words}


@pytest.mark.usefixtures("own_signals")
def test_a_session_that_is_resumed_has_all_that_ran_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], evening: Beside
) -> None:
    path = tmp_path / "s"
    assert stat.S_IMODE((path / "private.toml").stat().st_mode) == 0o600
    assert "secret" not in (path / "settings.toml").read_text()
    with monkeypatch.context() as patched:
        patched.setenv("LIVESUBS_YOUTUBE_CAPTIONS", "")
        words = resume(patched, path)
    pages = ["--port", str(evening.port), "--listen", "127.0.0.1", "--delay", "20"]
    assert words["screen"] == [str(path), *pages]
    assert words["publish"] == [str(path), evening.publish, "--delay", "20"]
    assert words["captions"] == [str(path)]
    said = capfd.readouterr()
    assert f"livesubs: beside the session: the pages (port {evening.port}), --publish {evening.publish}," in said.err
    assert "secret" not in said.err + said.out
    assert f"console  http://127.0.0.1:{evening.port}/console" in said.out


@pytest.mark.usefixtures("own_signals", "evening")
def test_what_is_typed_with_resume_wins_and_alone_leaves_out_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVESUBS_YOUTUBE_CAPTIONS", "")  # and it is as it was afterwards, whatever is handed down here
    words = resume(monkeypatch, tmp_path / "s", "--alone", "--serve", "--port", str(port := free_port()))
    assert set(words) == {"screen", "run"}
    assert words["screen"][2] == str(port)


@pytest.mark.usefixtures("own_signals")
def test_what_is_remembered_and_not_possible_today_stops_no_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(beside, "_HANDOVER", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        write(tmp_path / "s", Beside(serve=True, port=taken.getsockname()[1]))
        assert set(resume(monkeypatch, tmp_path / "s")) == {"run"}
    assert "the session goes on without the page server" in capfd.readouterr().err


@pytest.mark.usefixtures("own_signals")
def test_a_session_that_was_stopped_needs_no_pages_unless_it_records_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "s", Beside(serve=True, port=free_port()), "stopped")
    assert set(resume(monkeypatch, tmp_path / "s")) == {"run"}
    assert set(resume(monkeypatch, tmp_path / "s", "--go-on")) == {"screen", "run"}


@pytest.mark.parametrize(("reason", "over"), [("", False), ("failed", False), ("stopped", True), ("aborted", True)])
def test_what_runs_beside_a_session_stays_until_it_does_not_come_back(tmp_path: Path, reason: str, over: bool) -> None:
    write(tmp_path / "s", Beside(), reason)
    session = Followed(tmp_path / "s")
    session.look()
    assert session.over == over


def test_what_runs_beside_a_session_that_is_to_go_on_waits_for_it(tmp_path: Path) -> None:
    write(tmp_path / "s", Beside(), "stopped")
    session = Followed(tmp_path / "s", coming=True)
    session.look()
    assert not session.over
    with lock(tmp_path / "s"):
        assert not session.over
    assert session.over


def test_what_runs_beside_a_session_that_died_before_its_first_line_does_not_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Followed(tmp_path, coming=True)
    monkeypatch.setattr(followed, "GONE", -1.0)
    assert not session.over  # it has yet to begin
    with lock(tmp_path), Journal(tmp_path, SystemClock()):
        assert not session.over
    assert session.over


def test_flags_that_only_the_pages_need_have_them_served() -> None:
    typed = {"serve": False, "publish": None}
    for flag in ({"show": 2}, {"listen": "0.0.0.0"}, {"port": 9000}, {"delay": "20"}, {"mpv": True}, {"title": "x"}):
        assert beside.chosen(typed | flag, None).serve
    assert not beside.chosen(typed | {"publish": Path("www"), "delay": "20"}, None).serve


@pytest.mark.parametrize("delay", ["soon", "-3", "0"])
def test_a_delay_that_is_none_is_named(delay: str) -> None:
    with pytest.raises(SettingsError, match=rf"--delay {delay} makes no sense; write seconds .* such as 30, or auto"):
        beside.chosen({"delay": delay}, None)


def test_a_run_line_may_be_pasted_after_check() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        [row] = beside.rows(beside.chosen({"port": port}, None), None)
    assert not row.ok
    assert f"port {port} is taken" in row.say
    [row] = beside.rows(beside.chosen({"port": free_port()}, None), None)
    assert row.ok
    wrong, right = (
        beside.rows(Beside(restream=f"{scheme}://example.org/live/key"), None) for scheme in ("ftp", "rtmp")
    )
    assert [row.ok for row in (*wrong, *right)] == [False, True]


CHATTERS = (
    "import sys; sys.stderr.write('ALSA lib: chatter\\n' + 'livesubs: the disk is full\\n' * 3 + "
    "'livesubs (well again): it is written\\n'); sys.exit(2)"
)


@pytest.mark.usefixtures("own_signals")
@pytest.mark.skipif(sys.platform == "win32", reason="there it is written to the terminal")
def test_what_is_said_beside_a_session_is_told_to_it_and_chatter_goes_into_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    waits = f"import os, time\nwhile not os.path.exists({str(tmp_path / notes.NOTES)!r}): time.sleep(0.02)"
    Children(monkeypatch, CHATTERS, waits, "")
    told: list[str] = []
    outbox = notes.Outbox(tmp_path)
    Supervised(["run"], ["again"], lambda: True, lambda: False, {"mpv": ["x"]}, outbox=outbox).run(told.append)
    assert told[0] == "the disk is full"  # the session ended without it: so the terminal has it
    assert told[1] == "it is written"
    assert told[2:3] in ([], ["mpv died (exit code 2); it is being started again"])
    assert "mpv: ALSA lib: chatter" in (tmp_path / notes.LOG).read_text()
    assert not (tmp_path / notes.NOTES).exists()
    assert capfd.readouterr().err == ""


def test_a_session_journals_what_was_told_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "s"
    out.mkdir()
    outbox = notes.Outbox(out)
    outbox.put("the publisher died; it is being started again")
    outbox.put("the publisher runs again", good=True)
    outbox.deliver()
    assert not folder.held(out)  # it may have been told before the session began
    settings = override(Settings(), source={"end": 1.0})
    Session(str(SAMPLES / "rally.mp4"), out, settings, Deaf(lambda: None), {}, SystemClock()).run(Nobody())
    warned = [entry.event for entry in read(out / "journal.jsonl") if isinstance(entry.event, Warned)]
    assert [(event.text, event.good) for event in warned[:2]] == [
        ("the publisher died; it is being started again", False),
        ("the publisher runs again", True),
    ]
