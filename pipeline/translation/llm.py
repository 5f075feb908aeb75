"""Any server that speaks OpenAI's protocol: vLLM, llama.cpp, Ollama, OpenAI itself."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipeline.http import connect, here
from pipeline.names.glossary import Term
from pipeline.translation.engine import NOTHING, Answer, Context, TranslationFailed
from pipeline.translation.http import ask
from pipeline.translation.services import GOOGLE

if TYPE_CHECKING:
    import httpx2

KEY = "OPENAI_API_KEY"

_ADDRESS = "https://api.openai.com/v1"

_TASK = """You translate the subtitles of a public speech from {source} to {target}, one sentence at a time.
Answer with the translation of the last sentence and nothing else: no notes, no quotation marks around it, no
alternatives. The sentences were recognised by a machine: what makes no sense was misheard. Translate a part of a
sentence as a part, and names and numbers as they are."""

_TERMS = "\nTranslate these terms so:\n"

_REASONING = re.compile(r"^.*</think>|<think>.*$", re.DOTALL)
"""Also where its beginning was in the prompt, or where it has no end."""

_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“", "`": "`"}

_QUOTED = 160
"""Characters of a server's own words in a verdict."""


class OpenAIEngine:
    name = "openai"
    parallel = 2
    """Requests without an answer that may be left behind before the engine is spared for a while."""
    signature = ""

    def __init__(
        self,
        url: str = "",
        model: str = "",
        key: str = "",
        *,
        terms: Callable[[str], Sequence[Term]] = lambda lang: (),
        seconds: float = 15.0,
    ) -> None:
        """`url` is the server's, with or without `/v1`; without a `model` the server's only one is taken.

        `terms` gives those of the glossary for a target language. A request is given up after `seconds`.
        """
        self._url = _base(url or _ADDRESS)
        self.leaves_machine = not here(self._url)
        connect(self._url)
        self._model, self._key = model, key
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._terms, self._seconds = terms, seconds
        self._names = _names()

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        return src_lang != tgt_lang

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        try:
            self._model = self._model or self._only_model()
            answer = self._ask("POST", "/chat/completions", json=self._request(text, src_lang, tgt_lang, context))
            return Answer(_bare(self._content(answer), text))
        except TranslationFailed:
            raise
        except Exception as error:  # a parser's: what came is no answer of such a server
            raise TranslationFailed(f"an answer that cannot be read ({type(error).__name__})") from None

    def _request(self, text: str, src_lang: str, tgt_lang: str, context: Context) -> dict[str, Any]:
        """The sentences before are given as if they had been asked for: the model goes on as it began."""
        messages = [{"role": "system", "content": self._task(src_lang, tgt_lang)}]
        for said, translation in context.sentences:
            messages += [{"role": "user", "content": said}, {"role": "assistant", "content": translation}]
        messages.append({"role": "user", "content": text})
        return {"model": self._model, "messages": messages, "temperature": 0, "stream": False}

    def _task(self, src_lang: str, tgt_lang: str) -> str:
        terms = self._terms(tgt_lang)
        lines = "\n".join(f"{term.source} = {term.target}" for term in terms)
        task = _TASK.format(source=self._language(src_lang), target=self._language(tgt_lang))
        return task + (_TERMS + lines if terms else "")

    def _language(self, code: str) -> str:
        return self._names.get(GOOGLE.codes.get(code, code), code)

    def _only_model(self) -> str:
        names = [str(model["id"]) for model in self._ask("GET", "/models")["data"]]
        if len(names) != 1:
            few = ", ".join(names[:5])
            raise TranslationFailed(f"the server has {len(names)} models ({few}); name one with --llm-model")
        return names[0]

    def _ask(self, method: str, path: str, **body: Any) -> Any:
        response = ask(
            method, self._url + path, headers=self._headers, seconds=self._seconds, explain=self._explain, **body
        )
        return response.json()

    def _explain(self, response: "httpx2.Response") -> str:
        """The server's own words, but for refused keys, which some servers quote."""
        try:
            return "" if response.status_code in (401, 403) else self._error(response.json())
        except ValueError:
            return ""

    def _error(self, answer: Any) -> str:
        """What an error object says; there are three forms of it. Empty for anything else."""
        if not isinstance(answer, dict):
            return ""
        error = answer.get("error") or (answer if answer.get("object") == "error" else "")
        message = error.get("message") if isinstance(error, dict) else error
        words = " ".join(message.split()) if isinstance(message, str) else ""
        return (words.replace(self._key, "***") if self._key else words)[:_QUOTED]

    def _content(self, answer: Any) -> str:
        if words := self._error(answer):
            raise TranslationFailed(f"the server says: {words}")
        [choice] = answer["choices"]
        if choice["message"].get("refusal") or choice.get("finish_reason") == "content_filter":
            raise TranslationFailed("the model declined", failure=False)
        if choice.get("finish_reason") == "length":
            raise TranslationFailed("the model's answer was cut off", failure=False)
        return choice["message"].get("content") or ""


def _base(url: str) -> str:
    """Where `/chat/completions` is added: a server's address, with its `/v1` or whatever path it was given."""
    return url.rstrip("/") + ("" if urlsplit(url).path.strip("/") else "/v1")


def _bare(answer: str, text: str) -> str:
    """The answer without its reasoning, and without quotation marks that the text does not have."""
    answer = _REASONING.sub("", answer).strip()
    while len(answer) > 1 and _QUOTES.get(answer[0]) == answer[-1] and answer[0] not in answer[1:-1]:
        if text[:1] in _QUOTES:
            break
        answer = answer[1:-1].strip()
    return answer


@cache
def _names() -> dict[str, str]:
    """Languages in English, which a model reads better than codes, by Google's code."""
    from deep_translator.constants import GOOGLE_LANGUAGES_TO_CODES

    return {code: name.title() for name, code in GOOGLE_LANGUAGES_TO_CODES.items()}
