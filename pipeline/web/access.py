"""Who may see and who may control: a pure ASGI middleware in front of every address.

On loopback everybody on this machine may do everything, but no web page of somebody else's may (its origin is another,
and a name that was made to point here is not one of ours). Beyond loopback a token is asked for: in the address once,
then in a cookie.
"""

import secrets
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Literal, get_args
from urllib.parse import urlencode

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.events import Value

Role = Literal["view", "screen", "control"]
"""What one may do: see; also say what the wall shows; all. Each may what those before it may."""

_ROLES: tuple[Role, ...] = get_args(Role)
COOKIE = "livesubs"
_KEPT = 7 * 86_400
"""Seconds that a browser stays let in."""
_SEEN = ("/read", "/overlay", "/screen", "/room.m3u8", "/api/session", "/api/cues", "/api/phones")
_SEEN_BELOW = ("/pages/", "/vendor/", "/media/")
"""Addresses for whoever may look; all else is for whoever may control."""
_REPORTS = "/api/screens"
"""Where a screen says what it shows: a phone in the room could mislead the technician there."""
_HEADERS = {
    # OBS puts what is typed as a browser source's own CSS into a <style>.
    "content-security-policy": "default-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; "
    "img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'self'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Access(Value, frozen=True):
    """The names that the server goes by, and the tokens where it listens beyond loopback."""

    hosts: tuple[str, ...] = ("localhost",)
    view: str = ""
    screen: str = ""
    control: str = ""

    @property
    def open(self) -> bool:
        """Nobody needs a token."""
        return not (self.view or self.screen or self.control)

    def role(self, token: str) -> Role | None:
        """What a token lets one do; compared in constant time."""
        if self.open:
            return "control"
        found: Role | None = None
        for role in _ROLES:
            if secrets.compare_digest(token.encode(), getattr(self, role).encode()):
                found = role
        return found

    def is_ours(self, host: str) -> bool:
        """Whether a Host header, without its port, means this server. A name can be made to point here by whoever owns
        it; an address cannot, so that any will do, of those that this server can be reached at."""
        try:
            address = ip_address(host.removeprefix("[").removesuffix("]"))
        except ValueError:
            return host in self.hosts
        return address.is_loopback or not self.open


def with_tokens(hosts: Iterable[str]) -> Access:
    """Access beyond loopback, under these names too, with new tokens."""
    view, screen, control = (secrets.token_urlsafe(length) for length in (12, 15, 18))
    return Access(hosts=(*Access().hosts, *hosts), view=view, screen=screen, control=control)


class Guarded:
    """The application behind `access`; notes the role in the scope as `role`."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await (self._refusal(scope) or self._app)(scope, receive, _with_headers(send))
        elif scope["type"] == "lifespan":  # nothing else is served, such as a WebSocket
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        """What is answered in place of the application, if anything; notes the role."""
        headers, query = Headers(scope=scope), QueryParams(scope["query_string"])
        host, port = _parts(headers.get("host", ""))
        if not self._access.is_ours(host):
            return PlainTextResponse("This server does not go by that name.", 421)
        if _foreign(headers):
            return PlainTextResponse("Not from another site.", 403)
        cookie = f"{COOKIE}-{port}"  # browsers do not tell the ports of a machine apart, and two sessions have two
        role = self._access.role(HTTPConnection(scope).cookies.get(cookie, ""))
        if "token" in query:
            return self._let_in(scope["path"], query, cookie, role)
        if role is None:
            return PlainTextResponse("Open the address with the token that the terminal shows.", 401)
        if role != "control" and not _granted(scope, role):
            return PlainTextResponse("This token is for viewing only.", 403)
        scope["role"] = role
        return None

    def _let_in(self, path: str, query: QueryParams, cookie: str, now: Role | None) -> ASGIApp:
        """Puts the token into a cookie and out of the address, where it would be seen on the wall. Who may do more
        already keeps that: a link to look at something takes the console from nobody."""
        role = self._access.role(query["token"])
        if role is None:
            return PlainTextResponse("That is not the token that the terminal shows.", 401)
        rest = urlencode([(key, value) for key, value in query.multi_items() if key != "token"])
        # One slash: two would be another machine's address.
        answer = RedirectResponse("/" + path.lstrip("/") + (f"?{rest}" if rest else ""), 303)
        answer.headers["cache-control"] = "no-store"
        if now is None or _ROLES.index(now) < _ROLES.index(role):
            # Lax: strictly, a link in a mail would not be let in, since the mail's page sent it.
            answer.set_cookie(cookie, query["token"], httponly=True, samesite="lax", max_age=_KEPT)
        return answer


def _granted(scope: Scope, role: Role) -> bool:
    """Whether who may not control may ask that."""
    path = scope["path"]
    if scope["method"] in ("GET", "HEAD"):
        return path == "/" or path in _SEEN or path.startswith(_SEEN_BELOW)
    return role == "screen" and path == _REPORTS


def _foreign(headers: Headers) -> bool:
    """Whether a page of somebody else's asks, unless it is a link to one of ours that was followed."""
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != headers["host"].lower():
        return True
    followed = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
    return headers.get("sec-fetch-site") in ("cross-site", "same-site") and not followed


def _parts(host: str) -> tuple[str, str]:
    """A Host header's name or address, and its port."""
    name, colon, port = host.lower().rpartition(":")
    return (name, port) if colon and port.isdecimal() else (host.lower(), "80")


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return sent
