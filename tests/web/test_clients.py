"""Clients that dawdle, drown, vanish or ask for nonsense, and that nobody else notices them."""

import asyncio
import json
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from starlette.requests import Request

from pipeline.beside import Beside
from pipeline.events import Cue
from pipeline.flow import SystemClock
from pipeline.folder import Begun, write_settings
from pipeline.followed import Followed
from pipeline.journal import Entry, Journal
from pipeline.settings import Settings
from pipeline.web.feed import feed
from pipeline.web.health import Health
from pipeline.web.show import Show
from pipeline.web.told import Watcher
from tests.waiting import until
from tests.web.asking import ask, raw
from tests.web.conftest import Forked, Server
from tests.web.sessions import STARTED, cue, finished

FEW = 64
"""Open files that the server is started with: fewer than it has clients."""


class Stream:
    """One that follows /api/cues."""

    def __init__(self, port: int, query: str = "lang=en") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.sendall(f"GET /api/cues?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self.got = b""

    def read_until(self, words: bytes) -> None:
        while words not in self.got:
            part = self._socket.recv(65_536)
            assert part, "the server has left"
            self.got += part

    def close(self) -> None:
        self._socket.close()


class Small(Server):
    """Started by somebody whose system allows few open files, unless one asks."""

    def start(self) -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        few = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({FEW}, {hard}))"
        command = [sys.executable, "-c", f"{few}\nfrom pipeline.cli import main; main()", *self._words]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until(self.answers, 60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("session")
    finished(folder, [])
    started = Small(folder)
    started.start()
    yield started
    started.kill()


def test_each_of_many_is_told_whatever_the_others_do(server: Server) -> None:
    with ExitStack() as open_, Journal(server.folder, SystemClock()) as journal:
        journal.append(STARTED)
        streams = [Stream(server.port) for _ in range(2 * FEW)]
        for stream in streams:
            open_.callback(stream.close)
            stream.read_until(b"event: ready")
        for vanished in streams[:5]:
            vanished.close()
        for number in range(600):  # the next five read nothing any more, and more than fits between is told
            journal.append(cue(number, "x" * 400))
        journal.append(cue(600, "the last words"))
        for stream in streams[10:]:
            stream.read_until(b"the last words")


def test_whoever_has_left_is_no_viewer_any_more(server: Server) -> None:
    def viewers() -> int:
        return int(json.loads(ask(server.port, "/api/health").body)["viewers"])

    until(lambda: viewers() == 0, 20)
    streams = [Stream(server.port), Stream(server.port, "screens=1")]
    until(lambda: viewers() == 1, 20)  # the other one is a console
    raw(server.port, "HEAD /api/cues HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    for stream in streams:
        stream.close()
    until(lambda: viewers() == 0, 20)


def test_the_console_has_its_place_however_many_look_on(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show._watchers = {Watcher("en", screens=False, counted=True) for _ in range(2000)}

    def asked(role: str) -> int:
        return feed(show, Request({"type": "http", "role": role, "query_string": b"", "headers": []})).status_code

    assert [asked("view"), asked("screen"), asked("control")] == [503, 200, 200]


def test_who_connects_anew_is_told_also_that_no_screen_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Show(tmp_path)

    def told() -> list[bytes]:
        return [message.wire for message in show._known(0) if message.kind == "screens"]

    show.screens.look()
    assert told() == []  # screens that are there have had no time to say so
    monkeypatch.setattr("pipeline.web.screens._GONE", 0.0)
    show.screens.look()
    assert told() == [b"event: screens\r\ndata: []\r\n\r\n"]


def test_a_fault_that_stays_in_the_session_leaves_the_screens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(self: Followed) -> None:
        raise KeyError("stays")

    async def known() -> bool:
        show = Show(tmp_path)
        following = asyncio.create_task(show.follow())
        async with asyncio.timeout(20):
            while show.screens.known is None:
                await asyncio.sleep(0)
        following.cancel()
        return show.screens.known == b"[]"

    monkeypatch.setattr(Followed, "look", look)
    monkeypatch.setattr("pipeline.web.screens._GONE", 0.0)
    with ThreadPoolExecutor(1) as beside:  # in this thread Playwright has a loop of its own
        assert beside.submit(lambda: asyncio.run(known())).result()


def test_a_fault_of_ours_costs_the_pages_one_line_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def note(self: Health, entry: Entry) -> None:
        if isinstance(entry.event, Cue) and entry.event.text == "two":
            raise KeyError(entry.event.id)

    async def told() -> str:
        show = Show(tmp_path)
        following = asyncio.create_task(show.follow())
        got = b""
        async with asyncio.timeout(20):
            async for batch in show.watch("en"):
                got += b"".join(message.wire for message in batch)
                if b'"three"' in got:
                    break
        following.cancel()
        return got.decode()

    monkeypatch.setattr(Health, "note", note)
    finished(tmp_path, [cue(1, "one"), cue(2, "two"), cue(3, "three")])
    with ThreadPoolExecutor(1) as beside:  # in this thread Playwright has a loop of its own
        got = beside.submit(lambda: asyncio.run(told())).result()
    assert '"one"' in got
    said = capfd.readouterr().err
    assert said.count("livesubs: the page server has a fault of ours (KeyError)") == 1
    assert "Traceback" in said


def test_a_track_is_told_to_whoever_asked_for_it(server: Server) -> None:
    stream = Stream(server.port, "lang=fr")
    with Journal(server.folder, SystemClock()) as journal:
        stream.read_until(b"event: ready")
        journal.append(cue(1000, "not for them", "en"))
        journal.append(cue(1000, "pour eux", "fr"))
    stream.read_until(b"pour eux")
    stream.close()
    assert b"not for them" not in stream.got


def test_a_page_that_was_cut_off_is_told_what_it_missed(tmp_path: Path, serve: Callable[..., Server]) -> None:
    finished(tmp_path, [cue(1, "one"), cue(2, "two"), cue(3, "three")])
    server = serve(tmp_path)

    def told(since: int) -> str:
        request = f"GET /api/cues?lang=en HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {since}\r\n\r\n"
        return raw(server.port, request, until=b"event: ready")

    assert '"one"' not in told(3)
    assert told(3).index('"two"') < told(3).index('"three"')
    assert '"one"' in told(900)  # of another session, which was longer


def test_the_pages_are_served_the_next_morning_as_they_were_on_the_night(tmp_path: Path) -> None:
    server = Forked(finished(tmp_path, []))
    ran = Beside(serve=True, port=server.port, title="Rally, Paris", delay="20")
    write_settings(tmp_path, Settings(), Begun(source="rally.m3u8", beside=ran))
    for typed, title in (([], "Rally, Paris"), (["--title", "Rally, Lyon"], "Rally, Lyon")):
        server._words = ["screen", str(tmp_path), *typed]
        server.start()
        told = json.loads(ask(server.port, "/api/session").body)
        server.kill()
        assert (told["title"], told["delay"]) == (title, 20.0)


def test_half_a_request_is_left_and_the_others_are_served(server: Server) -> None:
    halves = [
        "",
        "GET /api/session HTT",
        "GET / HTTP/1.1\r\nHost: local",
        "POST /api/actions HTTP/1.1\r\nHost: localhost\r\n",
    ]
    with ExitStack() as open_:
        waiting = [open_.enter_context(socket.create_connection(("127.0.0.1", server.port), 60)) for _ in halves]
        for client, half in zip(waiting, halves, strict=True):
            client.sendall(half.encode())
        body = open_.enter_context(socket.create_connection(("127.0.0.1", server.port), 60))
        body.sendall(b"POST /api/actions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        assert ask(server.port, "/api/session").status == 200
        for client in waiting:
            assert _rest(client) == b""
        assert body.recv(100).startswith(b"HTTP/1.1 408")


def _rest(client: socket.socket) -> bytes:
    try:
        return client.recv(100)
    except ConnectionResetError:
        return b""


def test_whoever_leaves_in_the_middle_of_a_request_is_no_news_for_the_technician(tmp_path: Path) -> None:
    finished(tmp_path, [])
    server = Server(tmp_path)
    with (tmp_path / "terminal").open("wb") as server.terminal:
        server.start()
    assert server.process
    try:
        for path in ("actions", "screens", "open", "edits"):
            with socket.create_connection(("127.0.0.1", server.port), 60) as client:
                client.sendall(f"POST /api/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{{".encode())
            assert ask(server.port, "/api/session").status == 200
        server.process.terminate()
        server.process.wait()
    finally:
        server.kill()
    assert "Traceback" not in (tmp_path / "terminal").read_text()


def test_nonsense_is_refused_in_words(server: Server) -> None:
    assert ask(server.port, "/api/actions", "x" * 2_000_000).status == 413
    assert ask(server.port, "/api/actions", '{"a":' * 300).status == 400
    assert ask(server.port, "/api/actions", '{"id": "1", "do": "format"}').status == 400
    assert ask(server.port, "/api/actions", '{"id": "", "do": "blank", "value": 1}').status == 400
    assert ask(server.port, "/api/actions", '{"id": "1", "do": "place", "text": "left"}').status == 409
    assert ask(server.port, "/api/cues", headers={"Last-Event-ID": "9" * 5000}).status == 200
    endless = raw(server.port, f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 100_000}")
    assert endless.startswith("HTTP/1.1 400")
    upgrade = (
        "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
    )
    assert (
        "101"
        not in raw(server.port, f"GET /api/cues HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n", until=b"ready")[:20]
    )
    head = raw(server.port, "HEAD /api/cues HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert "event-stream" in head
    assert "405" in raw(server.port, "OPTIONS /api/actions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


def test_the_server_asks_for_as_many_files_as_it_needs(server: Server) -> None:
    assert server.process
    limit, _ = psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE)
    assert limit > 10 * FEW
