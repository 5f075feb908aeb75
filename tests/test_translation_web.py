"""The Google engine against a local server that answers as Google's mobile page does, well or badly."""

import html
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

from pipeline import assets
from pipeline.events import Sentence
from pipeline.translation.chain import OK, Chain
from pipeline.translation.engine import TranslationFailed
from pipeline.translation.google import GoogleEngine
from pipeline.translation.local import LocalEngine

SAID = Sentence(id="s1", lang="fr", start=0.0, end=2.0, text="Bonsoir à toutes et à tous.", words=())

ERROR_PAGE = "Error 500 (Server Error)!!1500.That's an error.That's all we know."


class Page(ThreadingHTTPServer):
    """Answers every request with `status` and `body`, or hangs until the test is over."""

    status = 200
    body = ""
    hangs = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.over = threading.Event()
        self.queries: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/m"

    def show(self, text: str, css: str = "result-container") -> None:
        self.body = f'<html><body><form>…</form><div class="{css}">{html.escape(text)}</div></body></html>'


class Answer(BaseHTTPRequestHandler):
    server: Page

    def do_GET(self) -> None:
        self.server.queries.append({key: value[0] for key, value in parse_qs(urlparse(self.path).query).items()})
        if self.server.hangs:
            self.server.over.wait(60)
            return
        body = self.server.body.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Page() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("css", ["result-container", "t0"])
def test_reads_the_translation_from_the_page(page: Page, css: str) -> None:
    page.show("Good evening, “everyone” & all.", css)
    assert GoogleEngine(page.url).translate(SAID.text, "fr", "en") == "Good evening, “everyone” & all."
    assert page.queries == [{"sl": "fr", "tl": "en", "q": SAID.text}]


@pytest.mark.parametrize(("lang", "code"), [("zh", "zh-CN"), ("he", "iw"), ("jv", "jw"), ("nb", "no"), ("es", "es")])
def test_asks_in_googles_own_codes(page: Page, lang: str, code: str) -> None:
    page.show("…")
    engine = GoogleEngine(page.url)
    assert engine.serves("fr", lang)
    engine.translate(SAID.text, "fr", lang)
    assert page.queries[0]["tl"] == code


def test_serves_what_google_does() -> None:
    assert not GoogleEngine().serves("fr", "oc")
    assert GoogleEngine().leaves_machine


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (429, "", "too many requests"),
        (500, ERROR_PAGE, "the service refused"),
        (403, "", "the service refused"),
        (200, "", "no translation on the page"),
        (200, f"<html><body><p>{ERROR_PAGE}</p></body></html>", "no translation on the page"),
        (200, f'<html><body><div class="result-container">{ERROR_PAGE}</div></body></html>', "error page"),
        (200, '<html><body><div class="result-container"></div></body></html>', "empty"),
    ],
)
def test_a_bad_page_is_a_verdict_and_never_a_text(page: Page, status: int, body: str, verdict: str) -> None:
    page.status, page.body = status, body
    rendering = Chain("en", [GoogleEngine(page.url)], deadline=20).render(SAID)
    assert [attempt.verdict for attempt in rendering.attempts] == [verdict]
    assert rendering.untranslated
    assert rendering.text == SAID.text


def test_no_server_is_a_verdict(page: Page) -> None:
    url = page.url
    page.shutdown()
    page.server_close()
    with pytest.raises(TranslationFailed, match=r"no connection \(ConnectionError\)"):
        GoogleEngine(url).translate(SAID.text, "fr", "en")


def test_a_text_that_is_too_long_is_not_sent(page: Page) -> None:
    with pytest.raises(TranslationFailed, match="longer than 4999 characters"):
        GoogleEngine(page.url).translate("a" * 5000, "fr", "en")
    assert page.queries == []


def test_a_page_that_hangs_leaves_time_for_the_next_engine(page: Page) -> None:
    page.hangs = True
    chain = Chain("en", [GoogleEngine(page.url), LocalEngine(assets.demo_translator())], deadline=3)
    rendering = chain.render(SAID)
    assert [(attempt.engine, attempt.attempt, attempt.verdict) for attempt in rendering.attempts] == [
        ("google", 1, "no answer in time"),
        ("local", 2, OK),
    ]
    assert rendering.text == "Good evening, everyone."
    assert 1.4 < rendering.attempts[0].elapsed < 2.5  # half of it, not all


def test_requests_that_hang_do_not_pile_up(page: Page) -> None:
    page.hangs = True
    chain = Chain("en", [GoogleEngine(page.url)], deadline=0.3)
    verdicts = [chain.render(SAID).attempts[0].verdict for _ in range(7)]
    assert verdicts == ["no answer in time"] * 4 + ["still busy with earlier sentences"] * 3
    assert len(page.queries) <= 4
