"""The pages of a hostile evening: who gets in, who may do what, and what never leaves the folder."""

import ast
import inspect
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.errors import SettingsError
from pipeline.web import access, server
from pipeline.web.access import Access, with_tokens
from pipeline.web.app import Served
from pipeline.web.phones import code
from tests.servers import files, free_port
from tests.waiting import until
from tests.web.asking import ask, raw
from tests.web.conftest import Forked, Server, needs_hls
from tests.web.sessions import cue, finished
from tests.web.shows import archive

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECRET = "rtmp://example.org/key-of-the-studio"
MARKUP = '<img src=x onerror="window.struck=1"><script>window.struck=1</script>'
WHO_WROTE_IT: dict[str, object] = {"kind": "warning", "text": "cannot write /srv/tonight"}
HOW_IT_ENDED: dict[str, object] = {"kind": "end", "reason": "aborted", "stream": 60.0, "error": "cannot write /srv/a"}
WHO_TYPED_IT: dict[str, object] = {"kind": "action", "id": "a1", "do": "name", "text": "/srv/names of the technician"}


def _session(folder: Path, ffmpeg: str) -> Path:
    finished(folder, [cue(0, MARKUP, seconds=50.0), cue(0, MARKUP, "fr", seconds=50.0)])
    with (folder / "journal.jsonl").open("a") as journal:
        for number, event in enumerate((WHO_WROTE_IT, HOW_IT_ENDED, WHO_TYPED_IT), 9):
            journal.write(json.dumps({"seq": number, "at": 1.0} | event) + "\n")
    (folder / "private.toml").write_text(f'source = "{SECRET}"\n')
    archive(ffmpeg, folder, (0, 2, 0.0))
    return folder


@pytest.fixture(scope="module")
def open_here(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Iterator[Server]:
    """Pages on loopback, where nobody needs a token."""
    started = Forked(_session(tmp_path_factory.mktemp("here"), ffmpeg))
    started.start()
    yield started
    started.kill()


class Beyond(Server):
    """Pages for others too; what the server says is kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "auto", "--listen", "0.0.0.0")
        (folder / "pages.toml").touch(mode=0o644)  # of a server that died while it wrote it
        self.said = folder.with_name("said")
        self.cookie = f"livesubs-{self.port}"

    def start(self) -> None:
        with self.said.open("wb") as said:
            command = [sys.executable, "-m", "pipeline", *self._words]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        until(self.answers, 60)
        self.view, self.screen, self.control = (self._token(page) for page in ("read", "screen", "console"))

    def _token(self, page: str) -> str:
        found = re.search(rf"^{page} .*\?token=(\S+)", self.said.read_text(), re.M)
        assert found
        return found[1]


@pytest.fixture(scope="module")
def beyond(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Iterator[Beyond]:
    started = Beyond(_session(tmp_path_factory.mktemp("beyond"), ffmpeg))
    started.start()
    yield started
    started.kill()


PATHS = [
    "/media/../private.toml",
    "/media/..%2fprivate.toml",
    "/media/%2e%2e/private.toml",
    "/media/%2e%2e%2fprivate.toml",
    "/media/%252e%252e%252fprivate.toml",
    "/media/..%5cprivate.toml",
    "/media/....//private.toml",
    "/media//private.toml",
    "/media/0001-00000.ts%00.toml",
    "/media/..%2f..%2fjournal.jsonl%00.ts",
    "/private.toml",
    "//private.toml",
    "/pages/../server.py",
    "/pages/%2e%2e/server.py",
    "/pages/..%2f..%2fevents.py",
    "/pages/..%5cserver.py",
    "/pages//etc/passwd",
    "/pages/%2fetc%2fpasswd",
    "/vendor/../app.py",
    "/vendor/..%2fapp.py",
    "http://127.0.0.1/../private.toml",
]


def test_no_path_leads_out_of_the_pages_and_the_segments(open_here: Server) -> None:
    for path in PATHS:
        answer = raw(open_here.port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert re.match(r"HTTP/1.1 (400|404|405|421)", answer), (path, answer)
        for word in (SECRET, "def ", "root:"):
            assert word not in answer, path
    segment = open_here.folder / "archive" / "0001-00000.ts"
    assert ask(open_here.port, "/media/0001-00000.ts").body == segment.read_bytes()


def test_links_out_of_the_session_are_not_followed(open_here: Server, tmp_path: Path) -> None:
    recorded = open_here.folder / "archive"
    (tmp_path / "elsewhere.ts").write_text(SECRET)
    (recorded / "0009-00000.ts").symlink_to(tmp_path / "elsewhere.ts")
    (recorded / "0009-00001.ts").symlink_to("../private.toml")
    (recorded / "0009-00002.ts").symlink_to(tmp_path)
    assert ask(open_here.port, "/media/0009-00000.ts").status == 404
    assert ask(open_here.port, "/media/0009-00001.ts").status == 404
    assert ask(open_here.port, "/media/0009-00002.ts").status == 404
    recorded.rename(tmp_path / "archive")
    recorded.symlink_to(tmp_path / "archive")
    assert ask(open_here.port, "/media/0001-00000.ts").status == 404
    recorded.unlink()
    (tmp_path / "archive").rename(recorded)
    assert ask(open_here.port, "/media/0001-00000.ts").status == 200


@pytest.mark.parametrize("name", ["overlay?play=1", "read", "console", pytest.param("screen", marks=needs_hls)])
def test_markup_in_the_stream_is_text_on_every_page(name: str, open_here: Server, page: "Page") -> None:
    answer = page.goto(f"{open_here.address}/{name}")
    assert answer
    assert "unsafe-inline" not in re.sub("style-src[^;]*", "", answer.headers["content-security-policy"])
    page.get_by_text("onerror").first.wait_for()
    assert page.evaluate("window.struck") is None
    assert page.locator("img[onerror]").count() == 0


def test_another_site_can_ask_and_do_nothing(open_here: Server, page: "Page", tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>somebody else's</title>")
    with files(tmp_path) as elsewhere:
        page.goto(elsewhere)
        outcome = page.evaluate(
            """async (ours) => {
                const tried = (asked) => asked.then((answer) => answer.type + answer.status, () => "refused");
                const action = { method: "POST", mode: "no-cors", body: '{"id":"x","do":"blank","value":1}' };
                const ended = (what) => new Promise((done) => {
                    what.onload = what.onopen = () => done("open");
                    what.onerror = () => done("refused");
                });
                const stream = new EventSource(`${ours}/api/cues`);
                const script = document.createElement("script");
                script.src = `${ours}/api/session`;
                const outcomes = [ended(stream), ended(script)];
                document.head.append(script);
                return [
                    await tried(fetch(`${ours}/api/session`)),
                    await tried(fetch(`${ours}/api/session`, { credentials: "include" })),
                    await tried(fetch(`${ours}/api/actions`, { ...action, mode: "cors", headers: { "x-a": "b" } })),
                    await tried(fetch(`${ours}/api/actions`, action)),
                    ...(await Promise.all(outcomes)),
                ];
            }""",
            open_here.address,
        )
        assert outcome == ["refused"] * 6
        with page.expect_response(f"{open_here.address}/read") as framed:
            page.set_content(f'<iframe src="{open_here.address}/read"></iframe>')
        assert framed.value.status == 403
    assert not (open_here.folder / "actions.jsonl").exists()


def test_nothing_is_answered_to_another_origin(open_here: Server) -> None:
    for path in ("/api/session", "/api/cues", "/media/index.m3u8", "/read"):
        for headers in (
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": f"http://localhost:{open_here.port + 1}"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "video"},
        ):
            answer = ask(open_here.port, path, headers=headers)
            assert answer.status == 403
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert ask(open_here.port, "/read", headers=followed).status == 200  # a link in a mail
    assert ask(open_here.port, "/api/session", headers={"Origin": open_here.address}).status == 200


def test_a_name_that_was_made_to_point_here_is_refused(open_here: Server) -> None:
    own = f"localhost:{open_here.port}"
    for host in ("evil.example", f"evil.example:{open_here.port}", f"{own}.evil.example", "evil@localhost", "0.0.0.0"):
        assert ask(open_here.port, "/api/session", headers={"Host": host}).status == 421, host
        assert ask(open_here.port, "/api/actions", "{}", headers={"Host": host}).status == 421, host
    for host in ("localhost", own, "127.0.0.1", "[::1]:80", "LOCALHOST"):
        assert ask(open_here.port, "/api/session", headers={"Host": host}).status == 200, host
    assert "421" in raw(open_here.port, "GET /api/session HTTP/1.0\r\n\r\n")
    twice = "GET /api/session HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    assert "400" in raw(open_here.port, twice)


def test_tokens_are_compared_in_constant_time() -> None:
    """Read from the source: no timing would show it on a busy machine. Every token is compared, whichever it is."""
    of_role = inspect.getsource(Access.role)
    [loop] = [node for node in ast.walk(ast.parse(textwrap.dedent(of_role))) if isinstance(node, ast.For)]
    assert ast.unparse(loop.body[0]).startswith("if secrets.compare_digest(")
    assert not [node for node in ast.walk(loop) if isinstance(node, ast.Return | ast.Break)]
    for module in (access, server):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq | ast.In) for op in node.ops):
                assert not re.search(r"\.(view|screen|control)\b|token\b(?!')", ast.unparse(node)), ast.unparse(node)


def test_a_token_lets_one_do_what_it_is_for() -> None:
    who = with_tokens(["hall"])
    roles = [who.role(token) for token in (who.view, who.screen, who.control, "", who.view[:-1], "é")]
    assert roles == ["view", "screen", "control", None, None, None]


def test_beyond_loopback_nothing_is_seen_without_a_token(beyond: Beyond) -> None:
    for path in (
        "/",
        "/read",
        "/overlay",
        "/console",
        "/api/session",
        "/api/cues",
        "/media/index.m3u8",
        "/pages/feed.js",
    ):
        assert ask(beyond.port, path).status == 401
        assert ask(beyond.port, path, headers={"Cookie": f"{beyond.cookie}="}).status == 401
        assert ask(beyond.port, path, headers={"Cookie": f"{beyond.cookie}={beyond.view[:-1]}"}).status == 401
        assert ask(beyond.port, f"{path}?token=", headers={}).status == 401


def test_no_server_listens_beyond_loopback_without_tokens(tmp_path: Path) -> None:
    for listen in ("0.0.0.0", "", "192.0.2.7", "hall.example", "::"):
        (tmp_path / "pages.toml").write_text('hosts = ["localhost"]\nview = ""\ncontrol = ""\n')
        assert not server.access(tmp_path, listen).open
    with server.bind("0.0.0.0", free_port()) as listening, pytest.raises(SettingsError, match="tokens"):
        server.serve(tmp_path, listening, Access(), Served(None))


def test_who_may_view_cannot_control(beyond: Beyond) -> None:
    view, control = ({"Cookie": f"{beyond.cookie}={token}"} for token in (beyond.view, beyond.control))
    blank = '{"id": "b1", "do": "blank", "value": 0}'
    for path in ("/console", "/%63onsole", "/console/", "/api/actions", "/api/health", "/api/of-tomorrow", "/settings"):
        assert ask(beyond.port, path, headers=view).status == 403, path
    for path in ("/api/actions", "/api/actions/", "/api/%61ctions", "/api/session", "/read"):
        assert ask(beyond.port, path, blank, headers=view).status == 403, path
    assert not (beyond.folder / "actions.jsonl").exists()
    assert ask(beyond.port, "/read", headers=view).status == 200
    report = '{"id": "s", "state": "playing", "stream": 1.0}'  # of a screen, which the console goes by
    screen = {"Cookie": f"{beyond.cookie}={beyond.screen}"}
    asked = [ask(beyond.port, "/api/screens", report, headers=who).status for who in (view, screen, control)]
    assert asked == [403, 204, 204]
    assert ask(beyond.port, "/api/actions", blank, headers=screen).status == 403
    assert ask(beyond.port, "/api/actions", blank, headers=control).status == 200


def test_the_code_on_the_wall_lets_phones_look_and_no_more(beyond: Beyond) -> None:
    facts = ask(beyond.port, "/api/session", headers={"Cookie": f"{beyond.cookie}={beyond.screen}"}).body.decode()
    address = json.loads(facts)["phones"]
    assert address.endswith(f":{beyond.port}/read?token={beyond.view}")
    assert not any(token in facts for token in (beyond.screen, beyond.control))
    shown = ask(beyond.port, "/api/phones", headers={"Cookie": f"{beyond.cookie}={beyond.screen}"})
    assert shown.headers["Content-Type"].startswith("image/svg")
    assert shown.body == code(address)
    assert ask(beyond.port, "/api/phones").status == 401


def test_the_desk_is_for_whoever_may_control(beyond: Beyond) -> None:
    view, screen, control = (
        {"Cookie": f"{beyond.cookie}={token}"} for token in (beyond.view, beyond.screen, beyond.control)
    )
    edit = '{"id": "x1", "did": "insert", "after": [{"id": "e-x1.1", "lang": "en", "start": 1, "end": 2, "text": "!"}]}'
    draft = '{"lang": "en", "text": "secret", "start": 1, "end": 2, "rev": 1}'
    gone = ("/review", "/api/review", "/api/words?from=0&to=9", "/api/faults?lang=en", "/api/drafts/a")
    for who in (view, screen):
        assert {ask(beyond.port, path, headers=who).status for path in gone} == {403}
        assert ask(beyond.port, "/api/edits", edit, headers=who).status == 403
        assert ask(beyond.port, "/api/drafts/a", draft, method="PUT", headers=who).status == 403
    foreign = {"Origin": "http://evil.example"}
    assert ask(beyond.port, "/api/edits", edit, headers=control | foreign).status == 403
    assert not (beyond.folder / "edits.jsonl").exists()
    assert ask(beyond.port, "/api/drafts/a", draft, method="PUT", headers=control).status == 204
    told = [_told(beyond, token, "desk=1") for token in (beyond.control, beyond.screen, beyond.view)]
    assert ["secret" in one for one in told] == [True, False, False]


def test_who_may_view_is_told_nothing_of_the_machine(beyond: Beyond) -> None:
    told = _told(beyond, beyond.view, "lang=en")
    assert "onerror" in told
    assert "/srv/" not in told


def _told(beyond: Beyond, token: str, query: str) -> str:
    who = f"Host: localhost:{beyond.port}\r\nCookie: {beyond.cookie}={token}\r\n"
    request = f"GET /api/cues?{query} HTTP/1.1\r\n{who}Last-Event-ID: 1\r\n\r\n"
    return raw(beyond.port, request, until=b"event: ready")


def test_the_token_goes_from_the_address_into_a_cookie_for_the_server_alone(beyond: Beyond, page: "Page") -> None:
    answer = ask(beyond.port, f"/read?lang=en&token={beyond.view}&x=%2F")
    assert (answer.status, answer.headers["location"]) == (303, "/read?lang=en&x=%2F")
    kept = answer.headers["set-cookie"].lower()
    assert kept.startswith(f"{beyond.cookie}={beyond.view.lower()};")
    assert "httponly" in kept
    assert "samesite=lax" in kept
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert ask(beyond.port, f"//evil.example/?token={beyond.view}").headers["location"] == "/evil.example/"
    page.goto(f"{beyond.address}/read?token={beyond.view}")
    page.get_by_text("onerror").first.wait_for()
    assert page.url == f"{beyond.address}/read"
    assert page.evaluate("document.cookie") == ""
    assert beyond.view not in page.content()


def test_two_sessions_on_one_machine_have_cookies_of_their_own(beyond: Beyond) -> None:
    other = ask(beyond.port, f"/read?token={beyond.view}", headers={"Host": "127.0.0.1:9999"}).headers["set-cookie"]
    assert other.startswith("livesubs-9999=")
    both = {"Cookie": f"livesubs-9999=of-the-other; {beyond.cookie}={beyond.view}"}
    assert ask(beyond.port, "/read", headers=both).status == 200


def test_a_link_to_look_takes_the_console_from_nobody(beyond: Beyond) -> None:
    control = {"Cookie": f"other=a=b; x; {beyond.cookie}={beyond.control}"}
    assert "set-cookie" not in ask(beyond.port, f"/read?token={beyond.view}", headers=control).headers
    view = {"Cookie": f"{beyond.cookie}={beyond.view}"}
    assert beyond.control in ask(beyond.port, f"/console?token={beyond.control}", headers=view).headers["set-cookie"]


def test_tokens_are_in_one_file_for_its_owner_alone(beyond: Beyond) -> None:
    from pipeline.report.folder import write

    ask(beyond.port, f"/nowhere?token={beyond.control}")
    ask(beyond.port, "/api/actions", "{", headers={"Cookie": f"{beyond.cookie}={beyond.control}"})
    raw(beyond.port, f"GET /read?token={beyond.control} nonsense\r\n\r\n")
    write(beyond.folder)
    kept = beyond.folder / "pages.toml"
    assert kept.stat().st_mode & 0o777 == 0o600
    for file in beyond.folder.rglob("*"):
        if file.is_file() and file != kept:
            assert not re.search(f"{beyond.view}|{beyond.screen}|{beyond.control}", file.read_text(errors="replace")), (
                file
            )
    said = beyond.said.read_text().partition("Ctrl-C")[2]
    assert not re.search(f"{beyond.view}|{beyond.screen}|{beyond.control}", said)
