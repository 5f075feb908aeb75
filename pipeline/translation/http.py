"""Requests to translation services: the one place for time limits, refusals, and what a verdict says of them.

No verdict quotes an address or a header: there may be a key in them.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pipeline.http import connect, here, retry_after
from pipeline.translation.engine import TranslationFailed

if TYPE_CHECKING:
    import httpx2

PATIENCE = 15.0
"""Seconds after which a request is given up, so that one that hangs does not hang for ever; chains give up before."""

_BREATHER = 30.0
"""Seconds for which a service is left alone that had too many requests and does not say for how long."""


class Refused(TranslationFailed):
    """The service answered, with an error status."""

    def __init__(self, verdict: str, status: int, *, spare: float) -> None:
        super().__init__(verdict, spare=spare)
        self.status = status


def ask(
    method: str,
    url: str,
    *,
    params: dict[str, Any] | None = None,
    seconds: float = PATIENCE,
    explain: Callable[["httpx2.Response"], str] = lambda response: "",
    **body: Any,
) -> "httpx2.Response":
    """What the service answers; Refused for an error status, TranslationFailed for no answer.

    `explain` finds the service's own words in a refusal. `body` is what httpx takes: `headers`, `data`, `json`.
    """
    import httpx2

    follow = method == "GET" and not here(url)  # elsewhere a redirection would carry off a text, or a key
    try:
        address = httpx2.URL(url).copy_merge_params(params or {})
        response = connect(url).request(method, address, timeout=seconds, follow_redirects=follow, **body)
    except httpx2.TimeoutException:
        raise TranslationFailed("no answer in time") from None
    except Exception as error:  # of the network, of a proxy, of a key that is no text for a header
        raise TranslationFailed(f"no connection ({type(error).__name__})") from None
    if not response.is_success:
        words = explain(response) or response.reason_phrase
        raise refusal(response.status_code, words, response.headers.get("Retry-After", ""))
    return response


def refusal(status: int, words: str = "", header: str = "") -> Refused:
    """The verdict on an error status; `words` are the service's own, `header` is its Retry-After."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Refused("too many requests", status, spare=retry_after(header) or _BREATHER)
    return Refused(f"the service refused ({f'{status} {words}'.strip()})", status, spare=retry_after(header))
