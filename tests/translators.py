"""Translation services on loopback: each answers in the form of the real one, well or badly."""

import html
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs, urlsplit

from pipeline.translation.engine import NOTHING, Context, Engine

KEY = "s3cret-0123456789"
"""The only key that a service takes which takes keys."""

ERROR_PAGE = "<!DOCTYPE html><html><title>Error 500 (Server Error)!!1</title><p>That's an error.</p></html>"


def plainly(engine: Engine) -> Callable[..., str | None]:
    """The texts of its translations."""

    def translate(text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> str | None:
        answer = engine.translate(text, src_lang, tgt_lang, context)
        return answer.text if answer else None

    return translate


class Asked(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    params: dict[str, str]
    """Of the address and of a form."""
    headers: dict[str, str]
    body: Any
    """JSON, if it was."""


class Service(ThreadingHTTPServer):
    """Answers by its `mood`: right, page (of an error, with status 200), busy (429), refuses (500), moved (307), empty,
    null, hangs.

    It hangs until the test lets it go; `held` has the languages for which it does so in any mood.
    """

    daemon_threads = True
    block_on_close = False
    path = ""
    """Of its address."""

    def __init__(self, translate: Callable[[str, str, str], str | None] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.translate = translate or (lambda text, src_lang, tgt_lang: "Good evening, everyone.")
        self.mood = "right"
        self.headers: dict[str, str] = {}
        """Of an answer, beside what it needs."""
        self.held: set[str] = set()
        self.release = threading.Event()
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{self.path}"

    def question(self, asked: Asked) -> tuple[str, str, str]:
        """Text, source language and target language; a LookupError is a bad request."""
        raise NotImplementedError

    def answer(self, text: str | None) -> object:
        """The body in which the service gives `text`: JSON, or text of a page."""
        raise NotImplementedError

    def refuses(self, asked: Asked) -> int:
        """The status for a request without the right key; 0 when it is fine."""
        return 0

    def reply(self, asked: Asked) -> tuple[int, object]:
        """Status and body for a request."""
        if status := self.refuses(asked):
            return status, {"error": {"message": f"Incorrect API key provided: {asked.headers} {asked.params}"}}
        text, src_lang, tgt_lang = self.question(asked)
        if self.mood == "hangs" or tgt_lang in self.held:
            self.release.wait(60)
        match self.mood:
            case "page":
                return 200, ERROR_PAGE
            case "busy":
                return 429, {"message": "Too many requests"}
            case "refuses" | "moved":
                return 500 if self.mood == "refuses" else 307, ERROR_PAGE
            case "empty" | "null":
                return 200, self.answer("" if self.mood == "empty" else None)
        return 200, self.answer(self.translate(text, src_lang, tgt_lang))


class _Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        is_json = "json" in self.headers.get("Content-Type", "")
        fields = parse_qs(address.query) | ({} if is_json else parse_qs(content))
        params = {name: values[0] for name, values in fields.items()}
        body = json.loads(content) if is_json else None
        asked = Asked(self.command, address.path, params, dict(self.headers), body)
        self.server.asked.append(asked)
        try:
            self._send(*self.server.reply(asked))
        except LookupError as error:
            self._send(400, {"error": f"bad request: {error}"})
        except OSError:  # nobody waits any more
            self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def _send(self, status: int, body: object) -> None:
        page = isinstance(body, str)
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8" if page else "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None: ...


AnyService = TypeVar("AnyService", bound=Service)


@contextmanager
def serving(service: AnyService) -> Iterator[AnyService]:
    """A service that answers, until the test is over."""
    with service:
        thread = threading.Thread(target=service.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            service.release.set()
            service.shutdown()
            thread.join()


class Google(Service):
    path = "/m"

    def question(self, asked: Asked) -> tuple[str, str, str]:
        return asked.params["q"], asked.params["sl"], asked.params["tl"]

    def answer(self, text: str | None) -> object:
        result = "" if text is None else f'<div class="result-container">{html.escape(text)}</div>'
        return f"<html><body><form>…</form>{result}</body></html>"


class DeepL(Service):
    """As since January 2026: no GET, and the key in a header only."""

    path = "/v2/"

    def refuses(self, asked: Asked) -> int:
        right = asked.headers.get("Authorization") == f"DeepL-Auth-Key {KEY}"
        return 0 if right and asked.method == "POST" and "auth_key" not in asked.params else 403

    def question(self, asked: Asked) -> tuple[str, str, str]:
        return asked.params["text"], asked.params["source_lang"], asked.params["target_lang"]

    def answer(self, text: str | None) -> object:
        return {"translations": [{"detected_source_language": "FR", "text": text}]}


class Microsoft(Service):
    path = "/translate?api-version=3.0"

    def refuses(self, asked: Asked) -> int:
        return 0 if asked.headers.get("Ocp-Apim-Subscription-Key") == KEY else 401

    def question(self, asked: Asked) -> tuple[str, str, str]:
        assert asked.params["api-version"] == "3.0"
        return asked.body[0]["text"], asked.params["from"], asked.params["to"]

    def answer(self, text: str | None) -> object:
        return [{"translations": [{"text": text, "to": "en"}]}]


class MyMemory(Service):
    """Also in the mood `quota`: its words where a translation should be, with status 200."""

    path = "/get"

    def question(self, asked: Asked) -> tuple[str, str, str]:
        src_lang, tgt_lang = asked.params["langpair"].split("|")
        return asked.params["q"], src_lang, tgt_lang

    def answer(self, text: str | None) -> object:
        return self._answer(text, 200)

    def reply(self, asked: Asked) -> tuple[int, object]:
        if self.mood == "quota":
            words = "MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY. NEXT AVAILABLE IN 13 HOURS"
            return 200, self._answer(words, 429)
        if self.mood == "pair":
            return 200, self._answer("'XX' IS AN INVALID TARGET LANGUAGE . EXAMPLE: LANGPAIR=EN|IT", "403")
        return super().reply(asked)

    def _answer(self, text: str | None, status: int | str) -> object:
        inner = {"translatedText": text, "match": 0.85}
        return {"responseData": inner, "quotaFinished": None, "responseStatus": status, "matches": []}


class Libre(Service):
    """A LibreTranslate of one's own: it needs no key, and refuses a wrong one."""

    path = "/"

    def refuses(self, asked: Asked) -> int:
        return 0 if asked.params.get("api_key", KEY) == KEY else 403

    def question(self, asked: Asked) -> tuple[str, str, str]:
        assert (asked.path, asked.params["format"]) == ("/translate", "text")
        return asked.params["q"], asked.params["source"], asked.params["target"]

    def answer(self, text: str | None) -> object:
        return {"translatedText": text}


class OpenAI(Service):
    """vLLM, or llama.cpp in its own shape; without `keyed` it looks at no key."""

    def __init__(self, translate: Callable[[str, str, str], str | None] | None = None, *, keyed: bool = False) -> None:
        super().__init__(translate)
        self.keyed = keyed
        self.models = ["demo"]
        self.finish = "stop"
        self.message: dict[str, object] = {}
        """What a message has beside its role and content, or instead of them."""
        self.error: tuple[int, object] | None = None
        """Status and body instead of an answer."""

    def refuses(self, asked: Asked) -> int:
        return 401 if self.keyed and asked.headers.get("Authorization") != f"Bearer {KEY}" else 0

    def reply(self, asked: Asked) -> tuple[int, object]:
        if asked.path == "/v1/models" and not self.refuses(asked):
            return 200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
        return self.error or super().reply(asked)

    def question(self, asked: Asked) -> tuple[str, str, str]:
        assert asked.path == "/v1/chat/completions"
        return asked.body["messages"][-1]["content"], "", ""

    def answer(self, text: str | None) -> object:
        message = {"role": "assistant", "content": text} | self.message
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish}
        usage = {"prompt_tokens": 60, "completion_tokens": 6, "total_tokens": 66}
        return {"id": "chatcmpl-1", "object": "chat.completion", "model": "demo", "choices": [choice], "usage": usage}
