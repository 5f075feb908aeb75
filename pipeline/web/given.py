"""Addresses that give JSON, and what they say where something cannot be done."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import LivesubsError, Unwritable
from pipeline.events import SessionStarted
from pipeline.web.bodies import Unfit


def address(path: str, found: Callable[[Request], Awaitable[object]], *methods: str) -> Route:
    """What `found` gives, as JSON; what it refuses is told in a sentence. Without `methods`, GET."""

    async def answer(request: Request) -> Response:
        try:
            made = await found(request)
        except Unfit:
            raise
        except LivesubsError as error:
            said = str(error)
            status = 507 if isinstance(error, Unwritable) else 409
            raise Unfit(f"{said[:1].upper()}{said[1:]}.", status) from error
        return made if isinstance(made, Response) else given(made)

    return Route(path, answer, methods=methods or ("GET",))


def given(found: object, then: BackgroundTask | None = None) -> Response:
    """JSON, and what is done once it is sent."""
    return Response(msgspec.json.encode(found), media_type="application/json", background=then)


def for_this(request: Request, session: SessionStarted | None) -> None:
    """Unfit where a page says of another session that it is for that one: they are served one after the other at one
    address, and all of them call their lines alike."""
    said = request.query_params.get("session")
    if said is not None and (session is None or not _is(said, session.began_at)):
        raise Unfit("This is of another session than the one that is served here now.", 412)


def _is(said: str, number: float) -> bool:
    try:
        return float(said) == number
    except ValueError:
        return False
