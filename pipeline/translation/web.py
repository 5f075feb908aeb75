"""A translation service on the web, through deep-translator (imported when an engine is made).

The library makes its requests without a time limit and hides what the service answered: no status, no Retry-After, and
in one class not even that there was no connection. It takes no session; so the name `requests` in each of its modules
is given something that asks through `http`, and the library is left with what it knows: parameters and answers. Its
objects are not safe to share between threads: one for every call.
"""

import sys
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pipeline.http import connect, here
from pipeline.translation.engine import NOTHING, Answer, Context, TranslationFailed
from pipeline.translation.http import Refused, ask, refusal
from pipeline.translation.services import MYMEMORY, SERVICES, Service, address

if TYPE_CHECKING:
    import httpx2


class WebEngine:
    """One of `SERVICES`. `keys` are by environment variable; `url` is another server that answers like it."""

    parallel = 4
    """Requests without an answer that may be left behind before the engine is spared for a while."""

    def __init__(self, service: Service, keys: Mapping[str, str], url: str = "") -> None:
        self.name = service.name
        self._service, self._keys = service, keys
        self._url = address(service, keys, url)
        self.leaves_machine = not here(self._url)
        self.signature = f"{service.name} {self._url}" if self.leaves_machine else ""
        self._class = _class(service.name)
        connect(self._url)

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        return {src_lang, tgt_lang} <= self._service.languages

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        if len(text.encode()) > self._service.longest:
            raise TranslationFailed(f"longer than {self._service.longest} bytes", failure=False)
        try:
            answer: str | None = self._library(src_lang, tgt_lang).translate(text)
        except Refused as refused:
            if refused.status in (401, 403) and self._service.key:
                raise TranslationFailed(f"{refused}; check {self._service.key}") from None
            raise
        except TranslationFailed:
            raise
        except Exception as error:  # a parser's: what came is no answer of this service
            raise TranslationFailed(f"an answer that cannot be read ({type(error).__name__})") from None
        return None if answer is None else Answer(answer)

    def _library(self, src_lang: str, tgt_lang: str) -> Any:
        """A fresh object of the library, told where to ask and in whose codes."""
        service = self._service
        made = self._class(source="auto", target="auto", **self._options())
        made._base_url = self._url  # its constructors know their own addresses and languages only
        made.source = service.codes.get(src_lang, src_lang)
        made.target = service.targets.get(tgt_lang) or service.codes.get(tgt_lang, tgt_lang)
        if service.key and service.key not in self._keys:
            made.api_key = ""
        return made

    def _options(self) -> dict[str, str]:
        service = self._service
        options = {name: self._keys[key] for name, key in service.options.items() if key in self._keys}
        # The library insists on a key even where none is needed; `_library` takes it away again.
        return options | ({"api_key": self._keys.get(service.key, "none")} if service.key else {})


@cache
def _class(name: str) -> Any:
    """The library's class of that service, which from now on asks through `_Requests`."""
    import deep_translator

    made = getattr(deep_translator, SERVICES[name].library)
    vars(sys.modules[made.__module__])["requests"] = _Requests(SERVICES[name])
    if hasattr(made, "_get_supported_languages"):  # Microsoft's asks for them each time that it is made
        made._get_supported_languages = lambda self: {}
    return made


class _Requests:
    """What the library uses of `requests`."""

    class exceptions:  # noqa: N801 - the library's name for it
        class RequestException(Exception):
            """Never raised: the library would swallow it."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def get(self, url: str, params: dict[str, Any], **_: Any) -> "httpx2.Response":
        if self._service.form:
            return self.post(url, params)
        response = ask("GET", url, params=params)
        if self._service is MYMEMORY:
            _look_inside(response.json())
        return response

    def post(self, url: str, params: dict[str, Any], proxies: object = None, **body: Any) -> "httpx2.Response":
        if not self._service.form:
            return ask("POST", url, params=params, **body)
        key = params.pop("auth_key", "")  # DeepL refuses a GET, and a key that is no header, since January 2026
        return ask("POST", url, data=params, headers={"Authorization": f"DeepL-Auth-Key {key}"} if key else {})


def _look_inside(answer: dict[str, Any]) -> None:
    """MyMemory answers 200 and says within what it was; the text of its refusals looks like a translation."""
    status = int(answer["responseStatus"])
    if str(answer["responseData"]["translatedText"]).startswith("MYMEMORY WARNING"):
        status = HTTPStatus.TOO_MANY_REQUESTS
    if status != HTTPStatus.OK:
        raise refusal(status)
