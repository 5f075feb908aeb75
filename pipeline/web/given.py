"""Addresses that give JSON, and what they say where something cannot be done."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import LivesubsError
from pipeline.web.bodies import Unfit


def address(path: str, found: Callable[[Request], Awaitable[object]], method: str = "GET") -> Route:
    """What `found` gives, as JSON; what it refuses is told in a sentence."""

    async def answer(request: Request) -> Response:
        try:
            made = await found(request)
        except Unfit:
            raise
        except LivesubsError as error:
            said = str(error)
            raise Unfit(f"{said[:1].upper()}{said[1:]}.", 409) from error
        return made if isinstance(made, Response) else given(made)

    return Route(path, answer, methods=[method])


def given(found: object, then: BackgroundTask | None = None) -> Response:
    """JSON, and what is done once it is sent."""
    return Response(msgspec.json.encode(found), media_type="application/json", background=then)
