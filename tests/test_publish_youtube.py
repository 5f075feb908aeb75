"""Subtitles for a YouTube broadcast: a server that holds every byte against the documented format, and fails."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.asked import keep
from pipeline.events import Action, Cue, Progress
from pipeline.followed import Followed
from pipeline.journal import Journal
from pipeline.opened import leave
from pipeline.publish.youtube import KEPT, Captions
from tests import published
from tests.servers import web
from tests.test_session_waiting import Clock

SECRET = "abcd-efgh-1234"
BEGAN = 1_795_000_000.25
AHEAD = 2.0
"""Seconds that the server's clock is ahead."""

_POST = re.compile(rb"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\n[^\n]+\n)+")


class YouTube:
    """What has come, POST by POST; `fails` are what it does with the next ones."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.fails: list[int] = []
        self.posts: list[tuple[int, bytes]] = []
        """What it took: number and body."""
        self.tries: list[tuple[int, bytes]] = []

    def take(self, target: str, kind: str, data: bytes) -> int:
        """The status for a POST; AssertionError for one that is not as documented."""
        asked = parse_qs(urlsplit(target).query)
        assert urlsplit(target).path == "/closedcaption"
        assert asked["cid"] == [SECRET]
        assert kind == "text/plain"
        assert _POST.fullmatch(data), data
        [number] = asked["seq"]
        self.tries.append((int(number), data))
        status = self.fails.pop(0) if self.fails else 200
        if status in (200, 0) and (int(number), data) not in self.posts:
            assert int(number) == len(self.posts) + 1, "a number was left out, or is one of other lines"
            self.posts.append((int(number), data))
        return status

    @contextmanager
    def serving(self) -> Iterator[str]:
        youtube = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                status = youtube.take(self.path, self.headers["Content-Type"], data)
                if status == 0:  # it has come, and that is not told
                    self.connection.close()
                    return
                self.send_response(status)
                self.end_headers()
                time = datetime.fromtimestamp(youtube.clock.now() + AHEAD, UTC)
                self.wfile.write(time.replace(tzinfo=None).isoformat(timespec="milliseconds").encode())

            def log_message(self, format: str, *args: object) -> None: ...

        with web(Handler) as address:
            yield f"{address}/closedcaption?cid={SECRET}"


class Evening:
    """A session that is at moments of its stream, and what sends its lines."""

    def __init__(self, folder: Path, address: str, clock: Clock) -> None:
        self.folder, self.clock, self._address = folder, clock, address
        self.say(published.started())
        self.begin()

    def begin(self) -> None:
        self.made = Captions(Followed(self.folder), self._address, self.folder / KEPT, self.clock)

    def say(self, *events: object) -> None:
        with Journal(self.folder, self.clock) as journal:
            for event in events:
                journal.append(event)  # type: ignore[arg-type]

    def step(self, at: float) -> str:
        self.clock.time = BEGAN + at
        told = Progress(recorded=at, heard=at, compute=0.0, up=self.clock.up(), origin=BEGAN, origin_at=BEGAN)
        self.say(told)
        return self.made.step()


@pytest.fixture
def clock() -> Clock:
    return Clock(BEGAN)


@pytest.fixture
def youtube(clock: Clock) -> YouTube:
    return YouTube(clock)


@pytest.fixture
def evening(tmp_path: Path, youtube: YouTube, clock: Clock) -> Iterator[Evening]:
    with youtube.serving() as address:
        yield Evening(tmp_path, address, clock)


def line(number: int, start: float, text: str) -> Cue:
    return Cue(id=f"c{number}", lang="en", start=start, end=start + 2, text=text, sentences=())


def test_each_line_arrives_once_with_the_time_of_its_picture(evening: Evening, youtube: YouTube) -> None:
    evening.say(line(1, 1.0, "Good evening,\neveryone."), line(2, 4.5, "Élu à l'unanimité."))
    assert evening.step(8.5) == ""
    assert youtube.posts == []  # it can still be corrected
    evening.say(line(1, 1.0, "Good evening,\nto all."))
    keep(evening.folder, Action(id="k", do="kill", cue="c2"))
    evening.step(9.1)
    evening.say(line(3, 5.0, "We begin."))
    evening.step(14.0)
    evening.step(15.0)
    assert youtube.posts == [
        (1, b"2026-11-18T11:06:41.250\nGood evening,<br>to all.\n"),
        (2, b"2026-11-18T11:06:47.250\nWe begin.\n"),  # by the server's clock, which it has told since
    ]


@pytest.mark.parametrize("how", [500, 503, 403, 0])
def test_what_fails_is_tried_again_under_the_same_number(evening: Evening, youtube: YouTube, how: int) -> None:
    evening.say(line(1, 1.0, "One."))
    youtube.fails = [how, how]
    said = [evening.step(9.5), evening.step(10.0)]
    assert all("YouTube" in text and SECRET not in text for text in said)
    evening.say(line(2, 2.0, "Two."))
    evening.begin()  # killed, and started anew
    assert evening.step(11.0) == evening.step(11.5) == ""
    assert [number for number, _ in youtube.tries] == [1, 1, 1, 2]
    assert len({data for number, data in youtube.tries if number == 1}) == 1
    assert [data.split(b"\n")[1] for _, data in youtube.posts] == [b"One.", b"Two."]


def test_lines_that_are_too_old_or_refused_hold_up_nothing(evening: Evening, youtube: YouTube) -> None:
    evening.say(line(1, 1.0, "Old."), line(2, 30.0, "Refused."))
    youtube.fails = [400]
    assert "400" in evening.step(70.0)
    evening.say(line(3, 61.0, "New."))
    evening.step(71.0)
    assert [(number, data.split(b"\n")[1]) for number, data in youtube.tries] == [(1, b"Refused."), (1, b"New.")]


def test_a_line_that_is_held_goes_out_once_it_is_sent_in_time(evening: Evening, youtube: YouTube) -> None:
    evening.say(line(1, 1.0, "Sent."), line(2, 2.0, "Held for good."))
    for cue in ("c1", "c2"):
        keep(evening.folder, Action(id=f"h{cue}", do="hold", cue=cue))
    evening.step(12.0)
    assert youtube.posts == []
    keep(evening.folder, Action(id="s1", do="send", cue="c1"))
    leave(evening.folder, ["c1"])  # it is open in the editor now
    evening.step(19.0)
    assert youtube.posts == []
    leave(evening.folder, [])
    evening.step(20.0)
    evening.step(60.0)
    keep(evening.folder, Action(id="s2", do="send", cue="c2"))  # too late
    evening.step(61.0)
    assert [data.split(b"\n")[1] for _, data in youtube.posts] == [b"Sent."]


def test_what_was_kept_and_lost_with_the_power_stops_nothing(evening: Evening, youtube: YouTube) -> None:
    (evening.folder / KEPT).touch()
    evening.begin()
    evening.say(line(1, 1.0, "On."))
    assert evening.step(12.0) == ""
    assert [data.split(b"\n")[1] for _, data in youtube.posts] == [b"On."]
