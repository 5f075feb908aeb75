"""Who may see and who may control: a pure ASGI middleware in front of every address.

On loopback everybody on this machine may do everything, but no web page of somebody else's may (its origin is another,
and a name that was made to point here is not one of ours). Beyond loopback a token is asked for: in the address once,
then in a cookie.
"""

import secrets
from collections.abc import Iterable
from http.cookies import SimpleCookie
from typing import Literal

from starlette.datastructures import Headers, QueryParams
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.events import Value

Role = Literal["view", "control"]

COOKIE = "livesubs"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_CONTROLS = ("/console", "/api/actions", "/api/health")
"""Addresses for whoever may control."""
_POLICY = (
    "default-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)


class Access(Value, frozen=True):
    """The names that the server goes by, and the tokens where it listens beyond loopback."""

    hosts: tuple[str, ...] = LOOPBACK
    view: str = ""
    control: str = ""

    @property
    def open(self) -> bool:
        """Nobody needs a token."""
        return not (self.view or self.control)

    def role(self, token: str) -> Role | None:
        """What a token lets one do; compared in constant time."""
        if self.open:
            return "control"
        controls = secrets.compare_digest(token.encode(), self.control.encode())
        views = secrets.compare_digest(token.encode(), self.view.encode())
        return "control" if controls else "view" if views else None


def with_tokens(hosts: Iterable[str]) -> Access:
    """Access beyond loopback, under these names too, with new tokens."""
    return Access(hosts=(*LOOPBACK, *hosts), view=secrets.token_urlsafe(12), control=secrets.token_urlsafe(18))


class Guarded:
    """The application behind `access`; notes the role in the scope as `role`."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._refusal(scope)
        if answer:
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, _with_policy(send))

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        """What is answered in place of the application, if anything; notes the role."""
        headers, query = Headers(scope=scope), QueryParams(scope["query_string"])
        host = headers.get("host", "")
        if _name(host) not in self._access.hosts:
            return PlainTextResponse("This server does not go by that name.", 421)
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return PlainTextResponse("Not from another site.", 403)
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and scope["method"] != "GET":
            return PlainTextResponse("Not from another site.", 403)
        if "token" in query:
            return self._let_in(scope, query["token"])
        role = self._access.role(_cookie(headers))
        if role is None:
            return PlainTextResponse("Open the address with the token that the terminal shows.", 401)
        if role == "view" and scope["path"].startswith(_CONTROLS):
            return PlainTextResponse("This token is for viewing only.", 403)
        scope["role"] = role
        return None

    def _let_in(self, scope: Scope, token: str) -> ASGIApp:
        """Puts the token into a cookie and out of the address, where it would be seen on the wall."""
        if self._access.role(token) is None:
            return PlainTextResponse("That is not the token that the terminal shows.", 401)
        answer = RedirectResponse(scope["path"], 303)
        answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", max_age=7 * 86_400)
        return answer


def _with_policy(send: Send) -> Send:
    async def sent(message):  # type: ignore[no-untyped-def]
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message.get("headers", []),
                (b"content-security-policy", _POLICY.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"no-referrer"),
            ]
        await send(message)

    return sent


def _name(host: str) -> str:
    """A Host header without its port."""
    bare = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return bare.lower()


def _cookie(headers: Headers) -> str:
    cookie = SimpleCookie(headers.get("cookie", ""))
    return cookie[COOKIE].value if COOKIE in cookie else ""
